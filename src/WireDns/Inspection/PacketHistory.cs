namespace WireDns.Inspection;

/// <summary>
/// Packets that may hold part of a message that a later one completes: copies, in order, bounded in number and bytes. The oldest give way.
/// </summary>
internal sealed class PacketHistory
{
    private const int MaximumPackets = 4096;
    private const int MaximumBytes = 16 << 20;

    private readonly Queue<(long Number, byte[] Data)> _packets = new();
    private int _bytes;

    /// <summary>The packets before a given one, oldest first.</summary>
    public IEnumerable<(long Number, byte[] Data)> Before(long number) => _packets.Where(packet => packet.Number < number);

    /// <summary>Keeps a packet.</summary>
    public void Add(long number, byte[] data)
    {
        _packets.Enqueue((number, data));
        _bytes += data.Length;
        while (_packets.Count > MaximumPackets || _bytes > MaximumBytes)
        {
            _bytes -= _packets.Dequeue().Data.Length;
        }
    }
}
