namespace WireDns.Sigma.Correlation;

/// <summary>
/// Finds the place of a group by its key: open addressing, eight octets a slot, at most three quarters full. Keys are digests under a
/// secret, so that no sender can fill one stretch of it.
/// </summary>
internal sealed class GroupIndex
{
    private const int FirstLength = 128;
    private const int HashShift = 32;

    // The upper half of a slot is part of the key, the lower half the place, from 1; 0 is an empty slot.
    private ulong[] _slots = [];

    /// <summary>A key will be looked for soon.</summary>
    public void Expect(UInt128 key)
    {
        if (_slots.Length > 0)
        {
            DelayedEntries.Expect(in _slots[First(key)]);
        }
    }

    /// <summary>The slot to begin with; give it to <see cref="TryGet"/> until that finds the key or nothing.</summary>
    public int First(UInt128 key) => (int)HashOf(key) & (_slots.Length - 1);

    /// <summary>The place of the next group that may have the key.</summary>
    public bool TryGet(ref int slot, UInt128 key, out int place)
    {
        place = 0;
        if (_slots.Length == 0)
        {
            return false;
        }

        var hash = HashOf(key);
        for (; _slots[slot] != 0; slot = Next(slot))
        {
            if ((uint)(_slots[slot] >> HashShift) == hash)
            {
                place = PlaceOf(_slots[slot]);
                slot = Next(slot);
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds a group whose key is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="place">Its place.</param>
    /// <param name="count">How many groups there are.</param>
    public void Add(UInt128 key, int place, int count)
    {
        if (count >= _slots.Length / 4 * 3)
        {
            Grow();
        }

        Put(((ulong)HashOf(key) << HashShift) | (uint)(place + 1));
    }

    /// <summary>Removes a group. Those after it move up, so that no search ends before them.</summary>
    public void Remove(UInt128 key, int place)
    {
        var hole = First(key);
        while (_slots[hole] == 0 || PlaceOf(_slots[hole]) != place)
        {
            hole = Next(hole);
        }

        var mask = _slots.Length - 1;
        for (var i = Next(hole); _slots[i] != 0; i = Next(i))
        {
            var home = (int)(_slots[i] >> HashShift) & mask;
            if (((i - home) & mask) >= ((i - hole) & mask))
            {
                _slots[hole] = _slots[i];
                hole = i;
            }
        }

        _slots[hole] = 0;
    }

    /// <summary>Removes all groups.</summary>
    public void Clear() => Array.Clear(_slots);

    private static uint HashOf(UInt128 key) => (uint)key;

    private static int PlaceOf(ulong slot) => (int)(uint)slot - 1;

    private int Next(int slot) => (slot + 1) & (_slots.Length - 1);

    private void Put(ulong value)
    {
        var slot = (int)(value >> HashShift) & (_slots.Length - 1);
        while (_slots[slot] != 0)
        {
            slot = Next(slot);
        }

        _slots[slot] = value;
    }

    private void Grow()
    {
        var old = _slots;

        // Four times as many: the garbage that growing leaves stays small beside what is in use.
        _slots = new ulong[Math.Max(FirstLength, old.Length * 4)];
        foreach (var value in old)
        {
            if (value != 0)
            {
                Put(value);
            }
        }
    }
}
