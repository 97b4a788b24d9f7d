using WireDns.Capture.Files;
using WireDns.Detection.Messages;

namespace WireDns.Reading;

/// <summary>
/// A file as a source of packets, renewed when the file describes more interfaces. Not thread-safe; the sources that it gives are immutable.
/// </summary>
internal sealed class FileSource(string file)
{
    private IReadOnlyList<CaptureInterface> _interfaces = [];
    private PacketSource _source = PacketSource.OfFile(file);

    /// <summary>The source of packets that refer to these interfaces; the same object until the file describes another one.</summary>
    public PacketSource Of(IReadOnlyList<CaptureInterface> interfaces)
    {
        if (interfaces.Count != _interfaces.Count)
        {
            _interfaces = interfaces;
            _source = new PacketSource(file, [.. interfaces.Select(described => described.Name)]);
        }

        return _source;
    }
}
