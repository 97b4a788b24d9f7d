namespace WireDns.Detection.Messages;

/// <summary>Where packets come from: a file with its interfaces, or a live interface. Immutable.</summary>
/// <param name="File">The file as the user named it; null if the source is live.</param>
/// <param name="InterfaceNames">
/// The names of the interfaces, by the index that packets have; null for one that the file does not name. They may be hostile text.
/// </param>
public sealed record PacketSource(string? File, IReadOnlyList<string?> InterfaceNames)
{
    /// <summary>The source's place among those of a run that are read apart, from 0: what is found in them is told in this order.</summary>
    public int Index { get; init; }

    /// <summary>The packets of a file whose interfaces are not known.</summary>
    public static PacketSource OfFile(string file) => new(file, []);

    /// <summary>The packets of a live interface.</summary>
    public static PacketSource OfInterface(string name) => new(null, [name]);

    /// <summary>The name of the interface that a packet was captured on; null if it has none.</summary>
    public string? InterfaceName(int index) => (uint)index < (uint)InterfaceNames.Count ? InterfaceNames[index] : null;
}
