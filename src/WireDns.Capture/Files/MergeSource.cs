using WireDns.Wire;

namespace WireDns.Capture;

/// <summary>One file of a merge: its batch, and where in it the next packet stands.</summary>
internal sealed class MergeSource : IDisposable
{
    private readonly CaptureFileReader _reader;
    private readonly PacketBatch _batch;
    private int _index;

    public MergeSource(CaptureFileReader reader, PacketBatch batch)
    {
        _reader = reader;
        _batch = batch;
    }

    /// <summary>
    /// What the current packet is ordered by, in nanoseconds since 1970: its time, or that of the packet in front of
    /// it.
    /// </summary>
    public long Time { get; private set; }

    /// <summary>The current packet.</summary>
    public Packet Current => _batch[_index];

    /// <summary>The interface of a packet of the current batch.</summary>
    public CaptureInterface InterfaceOf(in Packet packet) => _batch.InterfaceOf(in packet);

    /// <summary>Goes to the next packet.</summary>
    /// <exception cref="CaptureFormatException">The file is damaged here.</exception>
    public bool TryMoveNext()
    {
        if (++_index >= _batch.Count)
        {
            if (!_reader.TryReadBatch(_batch))
            {
                return false;
            }

            _index = 0;
        }

        var time = _batch[_index].Time;
        if (time.HasValue)
        {
            Time = time.Nanoseconds;
        }

        return true;
    }

    public void Dispose() => _reader.Dispose();
}
