using System.Runtime.InteropServices;

namespace WireDns.Hunting;

/// <summary>
/// Decides which rows of a run are made again. A rule may ask of a response what the lookup's first query was, and whether it was answered: so where one row of a lookup is made,
/// all are that could change its verdict. They are no further from each other than a log holds lookups that have not ended.
/// </summary>
internal sealed class RowWindow
{
    // Of a hash. With as many rows before a row as after it, one in thirty is taken for another lookup's, and made without need.
    private const int PlaceBits = 24;

    private readonly List<Part> _parts = [];
    private readonly Dictionary<ulong, int> _unusualNames = [];

    // How many rows have a lookup. One that very many have is not taken out again.
    private byte[] _counts = [];
    private int _undecided;

    /// <summary>Adds the rows of the next group.</summary>
    public void Add(SurveyedGroup group, JudgedRows rows)
    {
        _parts.Add(new Part(group, rows));
        if (_counts.Length == 0 && rows.Needs.AsSpan().ContainsAnyExcept(RowNeed.None))
        {
            _counts = new byte[1 << PlaceBits];
        }

        for (var row = 0; row < rows.Needs.Length; row++)
        {
            if (rows.Needs[row] != RowNeed.None)
            {
                ref var count = ref _counts[PlaceOf(rows.Keys[row])];
                count += (byte)(count < byte.MaxValue ? 1 : 0);
            }
        }

        foreach (var name in rows.UnusualNames)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_unusualNames, name, out _)++;
        }
    }

    /// <summary>Decides on the oldest group that is left, as soon as enough rows follow it.</summary>
    /// <param name="isEnd">Whether none follows.</param>
    /// <param name="group">The group.</param>
    /// <param name="rows">Its rows that are made again, ascending.</param>
    public bool TryTake(bool isEnd, out SurveyedGroup group, out int[] rows)
    {
        if (_undecided == _parts.Count || (!isEnd && RowsOf(_undecided + 1, _parts.Count) < EventOrder.WaitingRows))
        {
            (group, rows) = (null!, []);
            return false;
        }

        var part = _parts[_undecided++];
        (group, rows) = (part.Group, Decide(part.Rows));
        while (_undecided > 1 && RowsOf(1, _undecided) >= EventOrder.WaitingRows)
        {
            Drop(_parts[0].Rows);
            _parts.RemoveAt(0);
            _undecided--;
        }

        return true;
    }

    private int[] Decide(JudgedRows judged)
    {
        var rows = new List<int>();
        for (var row = 0; row < judged.Needs.Length; row++)
        {
            if (judged.Needs[row] switch
            {
                RowNeed.None => _unusualNames.Count > 0 && _unusualNames.ContainsKey(judged.Keys[row]),
                RowNeed.WithOthers => _counts[PlaceOf(judged.Keys[row])] > 1,
                _ => true,
            })
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }

    private void Drop(JudgedRows rows)
    {
        for (var row = 0; row < rows.Needs.Length; row++)
        {
            if (rows.Needs[row] != RowNeed.None)
            {
                ref var count = ref _counts[PlaceOf(rows.Keys[row])];
                count -= (byte)(count < byte.MaxValue ? 1 : 0);
            }
        }

        foreach (var name in rows.UnusualNames)
        {
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_unusualNames, name, out _) == 0)
            {
                _unusualNames.Remove(name);
            }
        }
    }

    private long RowsOf(int first, int end)
    {
        var rows = 0L;
        for (var part = first; part < end; part++)
        {
            rows += _parts[part].Rows.Needs.Length;
        }

        return rows;
    }

    private static int PlaceOf(ulong lookup) => (int)(lookup >> (64 - PlaceBits));

    private sealed record Part(SurveyedGroup Group, JudgedRows Rows);
}
