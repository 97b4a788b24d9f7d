namespace WireDns.Detection.Messages;

/// <summary>Where packets come from: a file with its interfaces, or a live interface. Immutable.</summary>
/// <param name="File">The file as the user named it; null if the source is live.</param>
/// <param name="InterfaceNames">
/// The names of the interfaces, by the interface index of packets; null for one that the file does not name. The names may be hostile text.
/// </param>
public sealed record PacketSource(string? File, IReadOnlyList<string?> InterfaceNames)
{
    /// <summary>
    /// The source's position among the sources of a run that are read separately, from 0. Findings are reported in this order. Default: 0.
    /// </summary>
    public int Index { get; init; }

    /// <summary>A file whose interfaces are unknown.</summary>
    public static PacketSource OfFile(string file) => new(file, []);

    /// <summary>A live interface.</summary>
    public static PacketSource OfInterface(string name) => new(null, [name]);

    /// <summary>The name of the interface that a packet was captured on; null if it has none.</summary>
    public string? InterfaceName(int index) => (uint)index < (uint)InterfaceNames.Count ? InterfaceNames[index] : null;
}
