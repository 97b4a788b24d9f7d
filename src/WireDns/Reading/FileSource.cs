using WireDns.Capture.Files;
using WireDns.Detection.Messages;

namespace WireDns.Reading;

/// <summary>A file as a source of packets, renewed where the file describes more interfaces. Not thread-safe; what it gives is immutable.</summary>
internal sealed class FileSource(string file)
{
    private IReadOnlyList<CaptureInterface> _interfaces = [];
    private PacketSource _source = PacketSource.OfFile(file);

    /// <summary>Whether <see cref="Of"/> would give another source than the last time.</summary>
    public bool MustRenew(IReadOnlyList<CaptureInterface> interfaces) => interfaces.Count != _interfaces.Count;

    /// <summary>The source of packets that refer to these interfaces.</summary>
    public PacketSource Of(IReadOnlyList<CaptureInterface> interfaces)
    {
        if (MustRenew(interfaces))
        {
            _interfaces = interfaces;
            _source = new PacketSource(file, [.. interfaces.Select(described => described.Name)]);
        }

        return _source;
    }
}
