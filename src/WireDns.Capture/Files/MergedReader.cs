using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// Reads several captures as one, in the order of time: what two taps saw, or the directions of a link captured apart.
/// Holds one batch per file and allocates nothing per packet. A capture whose own times run backwards keeps its order;
/// of packets with the same time those of the file that was given first come first; a packet without a time goes with
/// the packet in front of it. Not thread-safe.
/// </summary>
public sealed class MergedReader : IDisposable
{
    // Many files may be open at once, so each gets less than a reader by itself.
    private const int BufferSize = 64 * 1024;

    private readonly MergeSource[] _sources;

    // A binary heap of the sources that have a packet, the next one to be read on top.
    private readonly int[] _heap;
    private readonly List<CaptureFormatException> _damage = [];
    private int _count;
    private bool _started;

    /// <summary>Merges readers, which are disposed with this one.</summary>
    public MergedReader(IReadOnlyList<CaptureFileReader> readers)
    {
        ArgumentNullException.ThrowIfNull(readers);
        _sources = [.. readers.Select(reader => new MergeSource(reader, new PacketBatch(BufferSize)))];
        _heap = new int[_sources.Length];
    }

    /// <summary>
    /// The files that were found damaged so far. What stood before the damage was read, and the other files are.
    /// </summary>
    public IReadOnlyList<CaptureFormatException> Damage => _damage;

    /// <summary>Reads the next packet.</summary>
    /// <param name="packet">
    /// A view that is valid until the next call. Its number and interface are those of its own file.
    /// </param>
    /// <param name="source">Index of its file among the readers.</param>
    /// <returns>False when all files have ended.</returns>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public bool TryRead(out Packet packet, out int source)
    {
        Advance();
        if (_count == 0)
        {
            packet = default;
            source = -1;
            return false;
        }

        source = _heap[0];
        packet = _sources[source].Current;
        return true;
    }

    /// <summary>The interface that a packet was captured on.</summary>
    /// <param name="packet">The packet that was read last.</param>
    /// <param name="source">Where it came from.</param>
    public CaptureInterface InterfaceOf(in Packet packet, int source) => _sources[source].InterfaceOf(in packet);

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }
    }

    // The source on top has delivered its packet: it goes on, and to where its next one belongs.
    private void Advance()
    {
        if (!_started)
        {
            _started = true;
            for (var source = 0; source < _sources.Length; source++)
            {
                if (TryMove(source))
                {
                    _heap[_count++] = source;
                }
            }

            for (var position = (_count / 2) - 1; position >= 0; position--)
            {
                SiftDown(position);
            }
        }
        else if (_count > 0)
        {
            if (!TryMove(_heap[0]))
            {
                _heap[0] = _heap[--_count];
            }

            SiftDown(0);
        }
    }

    private bool TryMove(int source)
    {
        try
        {
            return _sources[source].TryMoveNext();
        }
        catch (CaptureFormatException exception)
        {
            _damage.Add(exception);
            return false;
        }
    }

    private void SiftDown(int position)
    {
        while (true)
        {
            var child = (2 * position) + 1;
            if (child >= _count)
            {
                return;
            }

            if (child + 1 < _count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }

            if (!IsBefore(_heap[child], _heap[position]))
            {
                return;
            }

            (_heap[child], _heap[position]) = (_heap[position], _heap[child]);
            position = child;
        }
    }

    private bool IsBefore(int left, int right)
    {
        var (leftTime, rightTime) = (_sources[left].Time, _sources[right].Time);
        return leftTime != rightTime ? leftTime < rightTime : left < right;
    }
}

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
