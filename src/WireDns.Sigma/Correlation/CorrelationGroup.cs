namespace WireDns.Sigma.Correlation;

/// <summary>A group of events: what they have in common, and its only event or where its window is. 48 bytes.</summary>
internal struct CorrelationGroup
{
    // In two parts: a number of 128 bits would be aligned to 16 octets.
    private ulong _highKey;

    /// <summary>The latest time of an event.</summary>
    public long Newest;

    /// <summary>The tag of the only event.</summary>
    public long Tag;

    // Of the only event, or the number of the window.
    private ulong _bits;

    /// <summary>The neighbours in its list.</summary>
    public int Older;

    /// <inheritdoc cref="Older"/>
    public int Newer;

    private uint _lowKey;

    /// <summary>The source of the only event.</summary>
    public short Source;

    // One octet for three: a group has none to spare.
    private Flags _flags;

    /// <summary>What the events have in common, shortened (<see cref="Shorten"/>).</summary>
    public UInt128 Key
    {
        readonly get => new(_highKey, _lowKey);
        set => (_lowKey, _highKey) = ((uint)value, (ulong)(value >> 64));
    }

    /// <summary>Whether its only event is in it.</summary>
    public readonly bool HasEntry => (_flags & Flags.HasEntry) != 0;

    /// <summary>The value of the only event: its hash where values are counted, else its number. Setting it makes it the only event's.</summary>
    public ulong Bits
    {
        readonly get => _bits;
        set
        {
            _bits = value;
            Set(Flags.HasEntry, true);
        }
    }

    /// <summary>Where the window is. Setting it takes the only event away.</summary>
    public int Window
    {
        readonly get => HasEntry ? WindowPool.None : (int)_bits;
        set
        {
            _bits = (uint)value;
            Set(Flags.HasEntry, false);
        }
    }

    /// <summary>Whether the condition was true after the last event.</summary>
    public bool IsTrue
    {
        readonly get => (_flags & Flags.IsTrue) != 0;
        set => Set(Flags.IsTrue, value);
    }

    /// <summary>Whether it had more than one event at its last one.</summary>
    public bool IsGrown
    {
        readonly get => (_flags & Flags.IsGrown) != 0;
        set => Set(Flags.IsGrown, value);
    }

    /// <summary>
    /// The 96 bits of a digest that a group keeps: with three million groups, the chance that any two of them share these is less than 1 in 10^16.
    /// </summary>
    public static UInt128 Shorten(UInt128 digest) => new((ulong)(digest >> 64), (uint)digest);

    private void Set(Flags flag, bool value) => _flags = value ? _flags | flag : _flags & ~flag;

    [Flags]
    private enum Flags : byte
    {
        HasEntry = 1,
        IsTrue = 2,
        IsGrown = 4,
    }
}

/// <summary>Groups in the order of their last events.</summary>
internal struct GroupList()
{
    private const int None = -1;

    /// <summary>Where the oldest is; less than 0 if there is none.</summary>
    public int Oldest = None;

    /// <inheritdoc cref="Oldest"/>
    public int Newest = None;

    /// <summary>How many there are.</summary>
    public int Count;
}
