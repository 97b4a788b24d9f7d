namespace WireDns.Parquet.Format;

/// <summary>The different numbers of a column, if they are few. Its memory is used again.</summary>
internal sealed class NumberDictionary
{
    /// <summary>With more numbers a dictionary pays no more.</summary>
    public const int Most = 4096;

    private const int SlotBits = 13;

    // Odd, and a secret of the process: nobody can send numbers that all fall into one slot.
    private readonly ulong _factor = (ulong)Random.Shared.NextInt64() | 1;
    private readonly int[] _slots = new int[1 << SlotBits]; // the number's index and 1; 0 for none
    private readonly long[] _numbers = new long[Most];
    private readonly ValueList<int> _indexes = new();
    private int _count;

    /// <summary>The different numbers.</summary>
    public ReadOnlySpan<long> Numbers => _numbers.AsSpan(0, _count);

    /// <summary>The index of each number of the column.</summary>
    public ValueList<int> Indexes => _indexes;

    /// <summary>Finds the different numbers of a column.</summary>
    /// <returns>False if they are too many.</returns>
    public bool TryTake(ValueList<long> numbers)
    {
        _slots.AsSpan().Clear();
        _indexes.Clear();
        _count = 0;
        var (last, lastIndex) = (0L, -1);
        for (var place = 0; place < numbers.Count; place++)
        {
            var number = numbers[place];
            if (lastIndex < 0 || number != last)
            {
                (last, lastIndex) = (number, IndexOf(number));
                if (lastIndex < 0)
                {
                    return false;
                }
            }

            _indexes.Add(lastIndex);
        }

        return true;
    }

    private int IndexOf(long number)
    {
        var slot = (int)(((ulong)number * _factor) >> (64 - SlotBits));
        for (; _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
        {
            if (_numbers[_slots[slot] - 1] == number)
            {
                return _slots[slot] - 1;
            }
        }

        if (_count == Most)
        {
            return -1;
        }

        _numbers[_count] = number;
        _slots[slot] = ++_count;
        return _count - 1;
    }
}
