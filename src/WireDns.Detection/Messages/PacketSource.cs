namespace WireDns.Detection.Messages;

/// <summary>Where packets come from: a file with its interfaces, files that are read as one, or live interfaces. Immutable, but for its two lists, which may grow.</summary>
/// <param name="File">The file as the user named it; null if the source is live, or several files.</param>
/// <param name="InterfaceNames">
/// The names of the interfaces, by the interface index of packets; null for one that the file does not name. The names may be hostile text.
/// </param>
public sealed record PacketSource(string? File, IReadOnlyList<string?> InterfaceNames)
{
    /// <summary>
    /// The source's position among the sources of a run that are read separately, from 0. Findings are reported in this order. Default: 0.
    /// </summary>
    public int Index { get; init; }

    /// <summary>For files that are read as one: the file of each interface, by the interface index of packets. Null for any other source. Default: null.</summary>
    public IReadOnlyList<string>? Files { get; init; }

    /// <summary>A file whose interfaces are unknown.</summary>
    public static PacketSource OfFile(string file) => new(file, []);

    /// <summary>A live interface.</summary>
    public static PacketSource OfInterface(string name) => new(null, [name]);

    /// <summary>The file that a packet is in, as the user named it; null if the source is live.</summary>
    /// <param name="index">The packet's interface index.</param>
    public string? FileOf(int index) => Files is null ? File : (uint)index < (uint)Files.Count ? Files[index] : null;

    /// <summary>The name of the interface that a packet was captured on; null if it has none.</summary>
    public string? InterfaceName(int index) => (uint)index < (uint)InterfaceNames.Count ? InterfaceNames[index] : null;
}
