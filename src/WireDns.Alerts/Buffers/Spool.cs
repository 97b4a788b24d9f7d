using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Buffers;

/// <summary>
/// Keeps formatted messages on disk until they are settled, even after the process ends: a sequence of segments of checksummed records, and
/// a position. One thread writes, with <see cref="Send"/>; another reads and settles.
/// </summary>
/// <remarks>
/// Segments are named by a counter and hold at most 8 MiB or an eighth of the spool, so that room is freed before all is settled; each start begins a new one. The position is written after each settled batch:
/// if it is lost, messages are sent twice and none is left out. A settled segment is deleted.
/// </remarks>
public sealed class Spool : IMessageTransport
{
    /// <summary>The least that <see cref="SpoolOptions.MaximumSize"/> may be: several batches.</summary>
    public const int SmallestSize = 4 * BatchOctets;

    private const int SegmentOctets = 8 << 20;

    private const string OwnerFile = "owner";
    private const int BatchOctets = 65_536;
    private const int BatchMessages = 512;

    private readonly SpoolOptions _options;
    private readonly Lock _turn = new();
    private readonly AutoResetEvent _added = new(false);
    private readonly SortedList<long, SpoolSegment> _segments = [];
    private readonly ArrayBufferWriter<byte> _records = new(65_536);
    private readonly FileStream _lock;
    private readonly SafeFileHandle _position;
    private SpoolSegment? _written; // the segment that new messages go to
    private (long Segment, long Offset) _read; // where the next message is read
    private readonly List<(long Segment, long End)> _unsettled = []; // where each message that was read ends
    private long _size;
    private bool _isCompleted;

    private Spool(SpoolOptions options, FileStream locked)
    {
        _options = options;
        _lock = locked;
        _position = PrivateFiles.Open(Path.Combine(options.Folder, "position"), FileMode.OpenOrCreate);
    }

    /// <summary>Messages that are not settled.</summary>
    public long Waiting { get; private set; }

    /// <summary>Messages left by an earlier process.</summary>
    public long Recovered { get; private set; }

    /// <summary>Messages that were dropped, oldest first, because the spool was full.</summary>
    public long Dropped { get; private set; }

    /// <summary>Segments of an earlier process with a broken record, after which they could not be read.</summary>
    public int Damaged { get; private set; }

    /// <summary>Messages that this process wrote or found, and could not read back: their file was damaged meanwhile.</summary>
    public long Unreadable { get; private set; }

    /// <summary>Opens a spool, and finds the messages that an earlier process left.</summary>
    /// <exception cref="IOException">The folder cannot be made or written, belongs to another process, or was filled for another sink.</exception>
    public static Spool Open(SpoolOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaximumSize, SmallestSize);
        try
        {
            PrivateFiles.MakeFolder(options.Folder);
            var spool = new Spool(options, PrivateFiles.Lock(Path.Combine(options.Folder, "lock")));
            try
            {
                spool.CheckOwner();
                spool.Recover();
                return spool;
            }
            catch (Exception)
            {
                spool.Dispose();
                throw;
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException($"cannot write the spool {options.Folder}: {SystemErrors.Words(exception)}", exception);
        }
    }

    /// <summary>
    /// The folder of a target's spool within the folder of all spools: the target's name with unusual characters replaced, and a checksum of it.
    /// </summary>
    public static string FolderOf(string folder, string target)
    {
        ArgumentException.ThrowIfNullOrEmpty(target);
        var name = string.Concat(target.Select(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' ? character : '_'));
        return Path.Combine(folder, $"{name[..Math.Min(name.Length, 100)]}_{SpoolSegment.Checksum(Encoding.UTF8.GetBytes(target)):x8}");
    }

    /// <summary>The owners of the spools in a folder that hold messages but are not open.</summary>
    public static IReadOnlyList<string> LeftIn(string folder, IEnumerable<Spool> open)
    {
        var taken = open.Select(spool => Path.GetFullPath(spool._options.Folder)).ToHashSet(StringComparer.Ordinal);
        return !Directory.Exists(folder) ? [] : [.. Directory.EnumerateDirectories(folder)
            .Where(other => !taken.Contains(Path.GetFullPath(other)))
            .Where(other => Directory.EnumerateFiles(other, SpoolSegment.Pattern).Any() && File.Exists(Path.Combine(other, OwnerFile)))
            .Select(other => File.ReadAllText(Path.Combine(other, OwnerFile)))];
    }

    /// <summary>Takes messages. They are settled once they are written to the system, or to the disk if the options say so.</summary>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_turn)
        {
            _records.ResetWrittenCount();
            var count = 0;
            for (; count < batch.Count && _records.WrittenCount < SegmentOctets; count++)
            {
                SpoolSegment.WriteRecord(_records, batch.Id(count), batch[count].Span);
            }

            while (_size + _records.WrittenCount > _options.MaximumSize)
            {
                if (!_options.DropsOldest || !TryDropOldest())
                {
                    return new(SendFailure.ReceiverBusy, "the spool is full");
                }
            }

            try
            {
                Append(count);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return SystemErrors.OutcomeOf(exception, "the spool");
            }

            batch.SettleFirst(count);
        }

        _added.Set();
        return SendOutcome.Done;
    }

    /// <summary>Reads the next messages into an empty batch; waits until there is one.</summary>
    /// <returns>How many; 0 once the spool is completed and everything is read.</returns>
    public int Read(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (; ; )
        {
            lock (_turn)
            {
                while (batch.Count < BatchMessages && batch.Octets < BatchOctets && TryReadNext(batch))
                {
                }

                if (batch.Count > 0 || _isCompleted)
                {
                    return batch.Count;
                }
            }

            _added.WaitOne();
        }
    }

    /// <summary>Settles everything that was read, and frees its room.</summary>
    public void Settle() => Settle(int.MaxValue, 0);

    /// <summary>Settles the first of the messages that were read, and frees their room.</summary>
    /// <param name="first">How many, from the oldest on.</param>
    /// <param name="others">
    /// How many of those after them are settled too. They wait no more; but they stand between others, so the next process finds them, and they arrive twice.
    /// </param>
    public void Settle(int first, int others)
    {
        lock (_turn)
        {
            first = Math.Min(first, _unsettled.Count);
            Waiting -= first + others;
            if (first == 0)
            {
                return;
            }

            var (number, end) = _unsettled[first - 1];
            _unsettled.RemoveRange(0, first);
            WritePosition(number, end);
            var isDone = (SpoolSegment segment) => segment != _written && segment.Number < _read.Segment && !_unsettled.Exists(message => message.Segment == segment.Number);
            foreach (var segment in _segments.Values.Where(isDone).ToList())
            {
                Delete(segment);
            }
        }
    }

    /// <summary>
    /// Ends reading. What was read and is not settled is read again by the next process; if its segment has given way meanwhile, it is dropped.
    /// </summary>
    public void Leave()
    {
        lock (_turn)
        {
            var lost = _unsettled.RemoveAll(message => !_segments.ContainsKey(message.Segment));
            Dropped += lost;
            Waiting -= lost;
        }
    }

    /// <summary>No more messages will come: <see cref="Read"/> ends when it has read all.</summary>
    public void Complete()
    {
        lock (_turn)
        {
            _isCompleted = true;
        }

        _added.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            foreach (var segment in _segments.Values)
            {
                segment.Dispose();
            }

            _position.Dispose();
            _lock.Dispose();
        }
    }

    private void Append(int count)
    {
        if (_written is null || _written.Size >= Math.Min(SegmentOctets, _options.MaximumSize / 8))
        {
            var number = _segments.Count == 0 ? Math.Max(_read.Segment, 0) + 1 : _segments.Keys[^1] + 1;
            _written = SpoolSegment.Create(_options.Folder, number);
            _segments.Add(number, _written);
        }

        _written.Append(_records.WrittenSpan, count, _options.IsSynced);
        _size += _records.WrittenCount;
        Waiting += count;
    }

    private bool TryReadNext(MessageBatch batch)
    {
        for (; ; )
        {
            if (_segments.TryGetValue(_read.Segment, out var segment))
            {
                if (segment.TryRead(ref _read.Offset, out var id, out var message))
                {
                    _unsettled.Add(_read);
                    batch.Add(message, id);
                    return true;
                }

                if (segment == _written && segment.Unread == 0)
                {
                    return false;
                }

                SkipDamaged(segment);
            }

            var next = _segments.Keys.FirstOrDefault(number => number > _read.Segment);
            if (next == 0)
            {
                return false;
            }

            _read = (next, 0);
        }
    }

    private void SkipDamaged(SpoolSegment segment)
    {
        var lost = segment.SkipUnread();
        Unreadable += lost;
        Waiting -= lost;
        if (segment == _written)
        {
            _written = null; // what comes next goes into a new one
        }
    }

    /// <summary>Drops the oldest segment, with its unread messages.</summary>
    private bool TryDropOldest()
    {
        var oldest = _segments.Values.FirstOrDefault();
        if (oldest is null || oldest == _written)
        {
            return false;
        }

        var lost = oldest.Unread;
        Dropped += lost;
        Waiting -= lost;
        if (_read.Segment <= oldest.Number)
        {
            _read = (oldest.Number + 1, 0);
        }

        Delete(oldest); // what was read of it is being sent
        return true;
    }

    private void Delete(SpoolSegment segment)
    {
        _size -= segment.Size;
        _segments.Remove(segment.Number);
        try
        {
            segment.Delete();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is in it is settled: the next start deletes it.
        }
    }

    private void CheckOwner()
    {
        var file = Path.Combine(_options.Folder, OwnerFile);
        var hasMessages = Directory.EnumerateFiles(_options.Folder, SpoolSegment.Pattern).Any();
        if (hasMessages && File.Exists(file) && File.ReadAllText(file) is var owner && owner != _options.Owner)
        {
            throw new IOException($"the spool {_options.Folder} holds alerts for {owner}, and not for {_options.Owner}: deliver them with the old setting, or move the folder away");
        }

        PrivateFiles.Replace(file, Encoding.UTF8.GetBytes(_options.Owner));
    }

    private void Recover()
    {
        var start = ReadPosition();
        foreach (var segment in SpoolSegment.Find(_options.Folder))
        {
            if (segment.Number < start.Segment)
            {
                Delete(segment); // settled; the process ended before it was deleted
                continue;
            }

            _segments.Add(segment.Number, segment);
            _size += segment.Size;
            Damaged += segment.Scan(segment.Number == start.Segment ? start.Offset : 0) ? 0 : 1;
            Waiting += segment.Unread;
        }

        Recovered = Waiting;
        _read = start;
    }

    private (long Segment, long Offset) ReadPosition()
    {
        Span<byte> text = stackalloc byte[20];
        return RandomAccess.Read(_position, text, 0) == text.Length
            && BinaryPrimitives.ReadUInt32LittleEndian(text[16..]) == SpoolSegment.Checksum(text[..16])
            ? (BinaryPrimitives.ReadInt64LittleEndian(text), BinaryPrimitives.ReadInt64LittleEndian(text[8..]))
            : (0, 0);
    }

    private void WritePosition(long segment, long offset)
    {
        Span<byte> text = stackalloc byte[20];
        BinaryPrimitives.WriteInt64LittleEndian(text, segment);
        BinaryPrimitives.WriteInt64LittleEndian(text[8..], offset);
        BinaryPrimitives.WriteUInt32LittleEndian(text[16..], SpoolSegment.Checksum(text[..16]));
        try
        {
            RandomAccess.Write(_position, text, 0);
        }
        catch (IOException)
        {
            // The old position stays: messages may be sent twice after the next start.
        }
    }
}
