using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// Entries on their way to their groups, in the order in which they came. Groups are spread over far more memory than a processor's caches hold, and
/// finding one takes four reads that depend on each other. So entries wait until there are 32, and then take each step together: the reads of all of
/// them overlap, and the code of a step stays in the processor's cache. What entries do is the same as without the wait.
/// </summary>
internal sealed class DelayedEntries(CorrelationTable[] tables)
{
    private const int Capacity = 32;

    private readonly DelayedEntry[] _entries = new DelayedEntry[Capacity];
    private readonly CorrelationBinding?[] _bindings = new CorrelationBinding?[Capacity];
    private int _count;

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>Whether there is no room for another: it is time for <see cref="TakeAll"/>.</summary>
    public bool IsFull => _count == Capacity;

    /// <summary>Adds the newest, if there is room.</summary>
    /// <param name="binding">How the event gets into the correlation.</param>
    /// <param name="key">The key of its group.</param>
    /// <param name="entry">What the group takes.</param>
    /// <param name="number">The caller's number for the event.</param>
    public void Add(CorrelationBinding binding, UInt128 key, in WindowEntry entry, long number)
    {
        ref var newest = ref _entries[_count];
        newest.Correlation = binding.Correlation;
        newest.Key = key;
        newest.Entry = entry;
        newest.Number = number;
        if (_bindings[_count] != binding)
        {
            _bindings[_count] = binding;
        }

        _count++;
        tables[binding.Correlation].ExpectIndex(key);
    }

    /// <summary>All of them, oldest first, once the processor was told what they will read; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<DelayedEntry> TakeAll()
    {
        var all = _entries.AsSpan(0, _count);
        foreach (ref var entry in all)
        {
            entry.Place = tables[entry.Correlation].ExpectGroup(entry.Key);
        }

        foreach (ref readonly var entry in all)
        {
            tables[entry.Correlation].ExpectNeighbours(entry.Place);
        }

        foreach (ref readonly var entry in all)
        {
            tables[entry.Correlation].ExpectWindow(entry.Place);
        }

        _count = 0;
        return all;
    }

    /// <summary>How the event of an entry of <see cref="TakeAll"/> gets into its correlation.</summary>
    public CorrelationBinding BindingOf(int entry) => _bindings[entry]!;

    /// <summary>Tells the processor that a place in memory will be read or written soon. Has no other effect.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expect<T>(ref readonly T place)
    {
        if (Sse.IsSupported)
        {
            // If the GC moves the array, the hint is merely wasted.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
        }
    }
}

/// <summary>An entry that waits for its turn in one group.</summary>
internal struct DelayedEntry
{
    /// <summary>The key of its group.</summary>
    public UInt128 Key;

    /// <summary>What the group takes.</summary>
    public WindowEntry Entry;

    /// <summary>The caller's number for the event.</summary>
    public long Number;

    /// <summary>Index of the correlation.</summary>
    public int Correlation;

    /// <summary>Where the group was when it was looked for; less than 0 if there was none.</summary>
    public int Place;
}

/// <summary>A correlation that a delayed entry made true: <see cref="CorrelationEngine.Complete"/> makes a hit of it, given the event.</summary>
public sealed class DelayedHit
{
    internal DelayedHit(long number, CorrelationBinding binding, double value, IReadOnlyList<ReportedEvent> events)
    {
        Number = number;
        Binding = binding;
        Value = value;
        Events = events;
    }

    /// <summary>The number that the caller gave to the event (<see cref="CorrelationEngine.Delay"/>).</summary>
    public long Number { get; }

    internal CorrelationBinding Binding { get; }

    internal double Value { get; }

    internal long? From { get; init; }

    internal int Rise { get; init; }

    internal IReadOnlyList<ReportedEvent> Events { get; }
}
