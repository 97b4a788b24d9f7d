using WireDns.Capture.Files;

namespace WireDns;

/// <summary>Where the packets that are processed now come from: a file with its interfaces, or a live interface.</summary>
internal sealed class PacketSource
{
    private readonly CaptureFileReader? _reader;
    private readonly string? _interface;

    /// <summary>The packets of a file.</summary>
    public PacketSource(CaptureFileReader reader)
    {
        _reader = reader;
        File = reader.Name;
    }

    /// <summary>The packets of a live interface.</summary>
    public PacketSource(string interfaceName) => _interface = interfaceName;

    /// <summary>The file as the user named it; null where the source is live.</summary>
    public string? File { get; }

    /// <summary>The name of the interface that a packet was captured on; null where the file does not name it. May be hostile text.</summary>
    public string? InterfaceName(int index) =>
        _reader is null ? _interface : index < _reader.Interfaces.Count ? _reader.Interfaces[index].Name : null;
}
