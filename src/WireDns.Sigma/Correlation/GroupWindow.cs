using System.Runtime.CompilerServices;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// The events of one group within the time span, as far as the type of correlation needs them. Reused for another group once cleared. Times
/// may come out of order: an event is put where it belongs.
/// </summary>
internal abstract class GroupWindow
{
    /// <summary>Number of events or values that are held.</summary>
    public abstract int Count { get; }

    /// <summary>What is compared with the condition.</summary>
    public abstract double Value { get; }

    /// <summary>The time of the oldest event that counts; null if none counts.</summary>
    public abstract long? From { get; }

    /// <summary>The condition has become true.</summary>
    /// <returns>How often it had before, with the same <see cref="From"/>. Only a window that computes with numbers can become true again without another one.</returns>
    public virtual int Rise() => 0;

    /// <summary>Adds an event that is not older than the window.</summary>
    /// <returns>Whether it, or another one that still counts, was left out for lack of room.</returns>
    public abstract bool Add(in WindowEntry entry);

    /// <summary>Forgets events older than a time.</summary>
    public abstract void Expire(long from);

    /// <summary>Forgets everything, and frees memory that another group is unlikely to need.</summary>
    public abstract void Clear();

    /// <summary>Writes what it holds, for <see cref="Read"/>.</summary>
    public abstract void Write(BinaryWriter writer);

    /// <summary>Takes what <see cref="Write"/> wrote into a window without events.</summary>
    /// <param name="reader">Has it.</param>
    /// <param name="tagOf">The tag of today in place of a tag of then.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public abstract void Read(BinaryReader reader, Func<long, long> tagOf);

    /// <summary>It will be read soon.</summary>
    public void Expect()
    {
        // Where the object is: its fields, of whatever class it is, lie in this line and the next.
        const int ToNextLine = 40;
        ref var start = ref Unsafe.As<StrongBox<byte>>(this).Value;
        DelayedEntries.Expect(in start);
        DelayedEntries.Expect(in Unsafe.Add(ref start, ToNextLine));
    }

    /// <summary>The next step after <see cref="Expect"/>: an event will be added to those that it holds.</summary>
    public virtual void ExpectEvents()
    {
    }

    /// <summary>The newest events, at most this many, oldest first. Allocates; only for hits.</summary>
    public abstract IReadOnlyList<ReportedEvent> Report(int maximum);

    /// <summary>A number that was written and must be within bounds.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    protected static int ReadCount(BinaryReader reader, int most) =>
        reader.ReadInt32() is var count && count >= 0 && count <= most ? count : throw new FormatException("a number of events out of range");
}

/// <summary>What a window keeps of an event.</summary>
/// <param name="Event">The event.</param>
/// <param name="Source">The index of the correlation's source that it comes through.</param>
/// <param name="Value">The hash of the value that is counted, for a count of values.</param>
/// <param name="Number">The number, for a sum, mean or percentile.</param>
internal readonly record struct WindowEntry(CorrelationEvent Event, int Source, ulong Value, double Number);
