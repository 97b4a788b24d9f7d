using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>Receives the hits that correlations need: processed at once, or queued for a thread of their own. Call it from one thread at a time.</summary>
internal interface ICorrelations
{
    /// <summary>The correlator that processes the hits. Its counters may lag behind the caller's.</summary>
    public Correlator Correlator { get; }

    /// <summary>Messages whose hits were not correlated; null if hits are never shed.</summary>
    public ShedHits? Shed { get; }

    /// <summary>Whether any correlation needs the hits of a rule.</summary>
    /// <param name="rule">The rule's index.</param>
    public bool Takes(int rule);

    /// <summary>A message of which hits may be taken: tells the processor what that will read of memory.</summary>
    /// <param name="nameHash">The hash of its name.</param>
    public void Expect(ulong nameHash);

    /// <summary>Takes a hit.</summary>
    /// <param name="rule">The rule's index.</param>
    /// <param name="event">The event, with the message loaded.</param>
    /// <param name="message">The same message.</param>
    /// <param name="hit">The lookup that the message belongs to.</param>
    /// <param name="isSameEvent">Whether the event is unchanged since the previous call.</param>
    /// <returns>False if the hit was shed.</returns>
    public bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent);

    /// <summary>Ends a message of which at least one hit was taken: no more of its hits follow.</summary>
    public void EndMessage();

    /// <summary>No more packets are there for now: hits that were taken and wait are correlated, now or soon.</summary>
    public void Settle();

    /// <summary>Raises an alert that no correlation makes, after those of the hits that were taken before. A live source does not wait for these.</summary>
    /// <param name="raise">Raises it: now, or later on the thread that correlates.</param>
    public void Raise(Action raise);

    /// <summary>Advances the time of a live source.</summary>
    public void Tick(PacketTime now);

    /// <summary>Does something between two messages, on the thread that correlates. Only one thing at a time.</summary>
    /// <returns>Wait for it before anything else is to be done, but not in the turn of the caller's thread: messages go on.</returns>
    public Task Do(Action<Correlator> work);

    /// <summary>The source goes on in another process: correlates what was taken, and forgets nothing.</summary>
    public void Suspend();

    /// <summary>Messages are observed with these seeds. Call it before the first.</summary>
    public void Use(in MessageSeeds seeds);

    /// <summary>Ends the source: correlates what was taken, and then forgets everything that was counted.</summary>
    public void Clear();

    /// <summary>Correlates what was taken, and then replaces the rules.</summary>
    public void Swap(LoadedRules rules);
}

/// <summary>The lookup that a hit belongs to.</summary>
/// <param name="lookup">The lookup's unique number.</param>
/// <param name="queryPacketNumber">The packet of its query, from 1; 0 if the query was not seen.</param>
/// <param name="earlierRules">The numbers of the rules that have already matched this lookup, and whose hits were taken. Valid during the call.</param>
/// <param name="source">Where the message comes from.</param>
internal readonly ref struct LookupHit(long lookup, long queryPacketNumber, ReadOnlySpan<int> earlierRules, PacketSource source)
{
    public long Lookup { get; } = lookup;

    public long QueryPacketNumber { get; } = queryPacketNumber;

    public ReadOnlySpan<int> EarlierRules { get; } = earlierRules;

    public PacketSource Source { get; } = source;
}

/// <summary>Counts, by reason, the messages whose hits were not correlated. May be read during writes: each number is consistent by itself.</summary>
internal sealed class ShedHits
{
    public long NewClient;
    public long BusyClient;
    public long QueueFull;
    public long InternalError;

    /// <summary>The sum over all reasons.</summary>
    public long Total => Volatile.Read(ref NewClient) + Volatile.Read(ref BusyClient) + Volatile.Read(ref QueueFull) + Volatile.Read(ref InternalError);

    /// <summary>Each reason by its name in the ledger, with its count.</summary>
    public IEnumerable<(string Reason, long Count)> ByReason() =>
        [("new_client", NewClient), ("busy_client", BusyClient), ("queue_full", QueueFull), ("internal_error", InternalError)];
}
