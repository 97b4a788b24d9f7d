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
    private readonly Dictionary<ulong, int> _unusual = [];

    // How many rows have a lookup. One that very many have is not taken out again.
    private readonly byte[] _counts = new byte[1 << PlaceBits];
    private int _undecided;

    /// <summary>Adds the rows of the next group.</summary>
    /// <param name="group">The group.</param>
    /// <param name="needs">What is to be done with each row.</param>
    /// <param name="lookups">The hashes of their lookups.</param>
    public void Add(SurveyedGroup group, RowNeed[] needs, ulong[] lookups)
    {
        _parts.Add(new Part(group, needs, lookups));
        for (var row = 0; row < needs.Length; row++)
        {
            if (needs[row] != RowNeed.None)
            {
                ref var count = ref _counts[PlaceOf(lookups[row])];
                count += (byte)(count < byte.MaxValue ? 1 : 0);
            }

            if (needs[row] == RowNeed.Unusual)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_unusual, lookups[row], out _)++;
            }
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
        (group, rows) = (part.Group, Decide(part));
        while (_undecided > 1 && RowsOf(1, _undecided) >= EventOrder.WaitingRows)
        {
            Drop(_parts[0]);
            _parts.RemoveAt(0);
            _undecided--;
        }

        return true;
    }

    private int[] Decide(Part part)
    {
        var rows = new List<int>();
        for (var row = 0; row < part.Needs.Length; row++)
        {
            if (part.Needs[row] switch
            {
                RowNeed.None => _unusual.Count > 0 && _unusual.ContainsKey(part.Lookups[row]),
                RowNeed.WithOthers => _counts[PlaceOf(part.Lookups[row])] > 1,
                _ => true,
            })
            {
                rows.Add(row);
            }
        }

        return [.. rows];
    }

    private void Drop(Part part)
    {
        for (var row = 0; row < part.Needs.Length; row++)
        {
            if (part.Needs[row] != RowNeed.None)
            {
                ref var count = ref _counts[PlaceOf(part.Lookups[row])];
                count -= (byte)(count < byte.MaxValue ? 1 : 0);
            }

            if (part.Needs[row] == RowNeed.Unusual && --CollectionsMarshal.GetValueRefOrAddDefault(_unusual, part.Lookups[row], out _) == 0)
            {
                _unusual.Remove(part.Lookups[row]);
            }
        }
    }

    private long RowsOf(int first, int end)
    {
        var rows = 0L;
        for (var part = first; part < end; part++)
        {
            rows += _parts[part].Needs.Length;
        }

        return rows;
    }

    private static int PlaceOf(ulong lookup) => (int)(lookup >> (64 - PlaceBits));

    private sealed record Part(SurveyedGroup Group, RowNeed[] Needs, ulong[] Lookups);
}
