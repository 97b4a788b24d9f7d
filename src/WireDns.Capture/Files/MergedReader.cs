using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// Reads several captures as one, in the order of time: those of two taps, or of the two directions of a link. Holds one batch per file and
/// allocates nothing per packet. A capture whose own times run backwards keeps its order. Of packets with the same time, those of the file
/// that was given first come first. A packet without a time stays after the packet before it. Not thread-safe.
/// </summary>
public sealed class MergedReader : IDisposable
{
    // Many files may be open at once, so each gets a smaller buffer than a single reader.
    private const int BufferSize = 64 * 1024;

    private readonly MergeSource[] _sources;

    // The sources that have a packet: first by its time, then in the order in which they were given.
    private readonly PriorityQueue<int, (long Time, int Source)> _next;
    private readonly List<CaptureFormatException> _damage = [];
    private bool _started;

    /// <summary>Merges readers, which are disposed with this one.</summary>
    public MergedReader(IReadOnlyList<CaptureFileReader> readers)
    {
        ArgumentNullException.ThrowIfNull(readers);
        _sources = [.. readers.Select(reader => new MergeSource(reader, new PacketBatch(BufferSize)))];
        _next = new PriorityQueue<int, (long Time, int Source)>(_sources.Length);
    }

    /// <summary>
    /// The files found damaged so far. Their packets before the damage were read, and so are the other files.
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
        if (!_next.TryPeek(out source, out _))
        {
            packet = default;
            source = -1;
            return false;
        }

        packet = _sources[source].Current;
        return true;
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (var source in _sources)
        {
            source.Dispose();
        }
    }

    private void Advance()
    {
        if (!_started)
        {
            _started = true;
            for (var source = 0; source < _sources.Length; source++)
            {
                if (TryMove(source))
                {
                    _next.Enqueue(source, (_sources[source].Time, source));
                }
            }
        }
        else if (_next.TryPeek(out var last, out _))
        {
            if (TryMove(last))
            {
                _next.DequeueEnqueue(last, (_sources[last].Time, last));
            }
            else
            {
                _next.Dequeue();
            }
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
}

/// <summary>One file of a merge: its batch, and the position of the current packet in it.</summary>
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
    /// The time that orders the current packet, in nanoseconds since 1970: its own, or that of the packet before it.
    /// </summary>
    public long Time { get; private set; }

    /// <summary>The current packet.</summary>
    public Packet Current => _batch[_index];

    /// <summary>Moves to the next packet.</summary>
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
