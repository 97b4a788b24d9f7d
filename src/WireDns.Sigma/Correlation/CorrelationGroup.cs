namespace WireDns.Sigma.Correlation;

/// <summary>A group of events: what they have in common, and its only event or where its window is. 56 bytes.</summary>
internal struct CorrelationGroup
{
    // In two halves: a number of 128 bits would be aligned to 16 octets, and the group padded to 64.
    private ulong _lowKey;
    private ulong _highKey;

    public UInt128 Key
    {
        readonly get => new(_highKey, _lowKey);
        set => (_lowKey, _highKey) = ((ulong)value, (ulong)(value >> 64));
    }

    /// <summary>The latest time of an event.</summary>
    public long Newest;

    /// <summary>The tag of the only event.</summary>
    public long Tag;

    /// <summary>The value of the only event: its hash where values are counted, else its number.</summary>
    public ulong Bits;

    /// <summary>The neighbours in its list.</summary>
    public int Older;

    /// <inheritdoc cref="Older"/>
    public int Newer;

    /// <summary>Where the window is.</summary>
    public int Window;

    /// <summary>The source of the only event.</summary>
    public short Source;

    // One octet for three: a group has none to spare.
    private Flags _flags;

    /// <summary>Whether its only event is in it.</summary>
    public bool HasEntry
    {
        readonly get => (_flags & Flags.HasEntry) != 0;
        set => Set(Flags.HasEntry, value);
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

    private void Set(Flags flag, bool value) => _flags = value ? _flags | flag : _flags & ~flag;

    [Flags]
    private enum Flags : byte
    {
        HasEntry = 1,
        IsTrue = 2,
        IsGrown = 4,
    }
}
