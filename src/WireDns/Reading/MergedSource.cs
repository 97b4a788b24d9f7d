using WireDns.Capture.Files;
using WireDns.Detection.Messages;
using WireDns.Wire;

namespace WireDns.Reading;

/// <summary>
/// Files that are read as one, as a source of packets. Their interfaces are numbered anew, in the order in which packets come from them, so
/// that the number tells the file too: what a packet of one file lets through may have waited since a packet of another. Not thread-safe.
/// </summary>
internal sealed class MergedSource
{
    private readonly IReadOnlyList<CaptureFileReader> _readers;
    private readonly Dictionary<(int File, int Interface), int> _numbers = [];
    private readonly List<string> _files = [];
    private readonly List<string?> _names = [];

    /// <summary>The source of the packets of these readers.</summary>
    public MergedSource(IReadOnlyList<CaptureFileReader> readers)
    {
        _readers = readers;
        Source = new PacketSource(null, _names) { Files = _files };
    }

    /// <summary>The source; it grows as <see cref="Renumber"/> meets interfaces.</summary>
    public PacketSource Source { get; }

    /// <summary>The packet with the number that its interface has in <see cref="Source"/>.</summary>
    /// <param name="packet">The packet, with the number that its interface has in its file.</param>
    /// <param name="file">The place of its file among the readers.</param>
    public Packet Renumber(in Packet packet, int file)
    {
        if (!_numbers.TryGetValue((file, packet.InterfaceIndex), out var number))
        {
            number = _names.Count;
            _numbers.Add((file, packet.InterfaceIndex), number);
            var interfaces = _readers[file].Interfaces;
            _files.Add(_readers[file].Name);
            _names.Add((uint)packet.InterfaceIndex < (uint)interfaces.Count ? interfaces[packet.InterfaceIndex].Name : null);
        }

        return new Packet
        {
            Data = packet.Data,
            OriginalLength = packet.OriginalLength,
            LinkType = packet.LinkType,
            Time = packet.Time,
            Number = packet.Number,
            InterfaceIndex = number,
        };
    }
}
