using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Detection.Correlation;

/// <summary>Where the hits of rules go that correlations take: at once, or through a queue to a thread of their own. Called by one thread at a time.</summary>
internal interface ICorrelations
{
    /// <summary>What correlates them. Its counters may be behind those of the caller.</summary>
    public Correlator Correlator { get; }

    /// <summary>Messages whose hits were not correlated; null where there are never any.</summary>
    public ShedHits? Shed { get; }

    /// <summary>Whether any correlation takes hits of a rule.</summary>
    /// <param name="rule">The rule's place.</param>
    public bool Takes(int rule);

    /// <summary>Takes a hit.</summary>
    /// <param name="rule">The rule's place.</param>
    /// <param name="event">The message, loaded.</param>
    /// <param name="message">The same message.</param>
    /// <param name="hit">The lookup that the message belongs to.</param>
    /// <param name="isSameEvent">Whether the event has not changed since the call before.</param>
    public void Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent);

    /// <summary>No more hits of this message are to come, after one was taken.</summary>
    public void EndMessage();

    /// <summary>Time goes on, on a live source.</summary>
    public void Tick(PacketTime now);

    /// <summary>The source ends: everything that was counted is forgotten, once what was taken has been correlated.</summary>
    public void Clear();

    /// <summary>Other rules follow, once what was taken has been correlated.</summary>
    public void Swap(LoadedRules rules);
}

/// <summary>The lookup that a hit belongs to.</summary>
/// <param name="lookup">Its number, which no other has.</param>
/// <param name="queryPacketNumber">The packet of its query, from 1; 0 where it was not seen.</param>
/// <param name="earlierRules">The numbers of the rules that it was a hit of before. Valid during the call.</param>
/// <param name="source">Where the message comes from.</param>
internal readonly ref struct LookupHit(long lookup, long queryPacketNumber, ReadOnlySpan<int> earlierRules, PacketSource source)
{
    public long Lookup { get; } = lookup;

    public long QueryPacketNumber { get; } = queryPacketNumber;

    public ReadOnlySpan<int> EarlierRules { get; } = earlierRules;

    public PacketSource Source { get; } = source;
}

/// <summary>Messages that were hits of rules and were not correlated, by the reason. May be read while it is written: each number is whole.</summary>
internal sealed class ShedHits
{
    public long NewClient;
    public long BusyClient;
    public long QueueFull;
    public long InternalError;

    /// <summary>All of them.</summary>
    public long Total => Volatile.Read(ref NewClient) + Volatile.Read(ref BusyClient) + Volatile.Read(ref QueueFull) + Volatile.Read(ref InternalError);

    /// <summary>The reasons, as the ledger calls them, and how many there were.</summary>
    public IEnumerable<(string Reason, long Count)> ByReason() =>
        [("new_client", NewClient), ("busy_client", BusyClient), ("queue_full", QueueFull), ("internal_error", InternalError)];
}
