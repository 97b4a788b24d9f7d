using WireDns.Parquet.Reading;

namespace WireDns.Hunting;

/// <summary>A message of a row: its query, or its response.</summary>
internal readonly record struct RowMessage(LookupRows Rows, int Row, bool IsResponse);

/// <summary>
/// Puts the messages of a source back into the order in which they were captured. Rows are sorted by name within a group, and groups follow each other as lookups ended. So
/// messages wait until as many rows have followed as a log may hold lookups that have not ended.
/// </summary>
/// <remarks>
/// A row that comes later may have an earlier message than all that wait. While its lookup went on, at most as many lookups began as the log holds; and of the rows that were
/// written after a message at most as many belong to lookups that had begun before it.
/// </remarks>
internal sealed class EventOrder
{
    /// <summary>How many rows wait: the most lookups that <see cref="Detection.Logging.LookupLog"/> remembers.</summary>
    public const int WaitingRows = 262_144;

    private readonly List<Part> _parts = [];
    private long _waiting;
    private long _rows;

    /// <summary>Adds the messages of a group.</summary>
    /// <param name="rows">The group's rows that are made again.</param>
    /// <param name="count">How many rows of the source it has with those that are left out, as far as that is known.</param>
    /// <param name="keys">What gives their order, the smallest first. It is sorted here.</param>
    /// <param name="items">Twice the row, and one more for a response.</param>
    public void Add(LookupRows rows, int count, long[] keys, int[] items)
    {
        _rows += count;
        Array.Sort(keys, items);
        for (var (start, end) = (0, 0); start < items.Length; start = end)
        {
            for (end = start + 1; end < items.Length && keys[end] == keys[start]; end++)
            {
                // Messages of one packet.
            }

            if (end - start > 1)
            {
                items.AsSpan(start, end - start).Sort((left, right) => PartOf(rows, left) is var part && PartOf(rows, right) is var other && part != other
                    ? part.CompareTo(other) : left.CompareTo(right));
            }
        }

        if (items.Length > 0)
        {
            _parts.Add(new Part(rows, _rows, keys, items));
            _waiting += items.Length;
        }
    }

    /// <summary>The next message.</summary>
    /// <param name="isEnd">Whether no group follows, so that none has to wait.</param>
    /// <param name="message">The message.</param>
    /// <returns>False if it has to wait, or there is none.</returns>
    public bool TryTake(bool isEnd, out RowMessage message)
    {
        var first = _parts.Count > 0 ? _parts[0] : null;
        foreach (var part in _parts)
        {
            first = part.Key < first!.Key ? part : first;
        }

        // A row has up to two messages.
        if (first is null || (!isEnd && _waiting <= 2 * WaitingRows && _rows - first.RowsBefore < 2 * WaitingRows))
        {
            message = default;
            return false;
        }

        message = new RowMessage(first.Rows, first.Item >> 1, (first.Item & 1) == 1);
        _waiting--;
        if (!first.MoveNext())
        {
            _parts.Remove(first);
        }

        return true;
    }

    private static int PartOf(LookupRows rows, int item) => (item & 1) == 1 ? rows.ResponsePart[item >> 1] : rows.QueryPart[item >> 1];

    private sealed class Part(LookupRows rows, long rowsBefore, long[] keys, int[] items)
    {
        private int _next;

        public LookupRows Rows => rows;

        /// <summary>How many rows were added with this part and before it.</summary>
        public long RowsBefore => rowsBefore;

        public long Key => keys[_next];

        public int Item => items[_next];

        public bool MoveNext() => ++_next < items.Length;
    }
}
