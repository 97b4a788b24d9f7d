using WireDns.Capture.Files;
using WireDns.Detection.Messages;

namespace WireDns.Reading;

/// <summary>A file as a source of packets, renewed when the file describes more interfaces. Not thread-safe; its sources are immutable.</summary>
/// <param name="file">The file's name.</param>
/// <param name="index">Its place among the files that are read separately, from 0.</param>
internal sealed class FileSource(string file, int index = 0)
{
    private IReadOnlyList<CaptureInterface> _interfaces = [];
    private PacketSource _source = PacketSource.OfFile(file) with { Index = index };

    /// <summary>The source of packets that refer to these interfaces; the same object until the file describes another one.</summary>
    public PacketSource Of(IReadOnlyList<CaptureInterface> interfaces)
    {
        if (interfaces.Count != _interfaces.Count)
        {
            _interfaces = interfaces;
            _source = new PacketSource(file, [.. interfaces.Select(described => described.Name)]) { Index = index };
        }

        return _source;
    }
}
