using System.Net;
using WireDns.Alerts.Privacy;
using WireDns.Alerts.Signals;
using WireDns.Detection.Lookups;
using WireDns.Sigma.Correlation;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>The limits of detection, and what the user knows about the network. Immutable.</summary>
public sealed record DetectorOptions
{
    /// <summary>The most lookups remembered at once; when the table is full, the oldest is dropped. Default: 262,144.</summary>
    public int MaximumLookups { get; init; } = LookupTable.DefaultCapacity;

    /// <summary>How long a lookup lasts after its first message, in packet time. Default: 10 s.</summary>
    public TimeSpan LookupLifetime { get; init; } = LookupTable.DefaultLifetime;

    /// <summary>The limits of correlations. Default: those of <see cref="CorrelationLimits"/>.</summary>
    public CorrelationLimits Correlations { get; init; } = new();

    /// <summary>
    /// The number of messages that may wait for correlations, which then run on a thread of their own. The thread starts with the first hit and ends
    /// with <see cref="Worker.FinishSource"/>. Hits that it cannot keep up with are shed and counted; the rules are not delayed. Takes about 512
    /// bytes per message. Default: 0, which evaluates correlations at once on the thread that calls the worker, and sheds nothing.
    /// </summary>
    public int CorrelationQueueLength { get; init; }

    /// <summary>
    /// Whether a hit may reach its correlations some 24 hits late, though before any later alert and before <see cref="Worker.Pause"/> returns: many clients
    /// are correlated faster then. What is raised, and its order, stay the same. No effect on correlations with a thread of their own, or whose ends
    /// are told. Default: false.
    /// </summary>
    public bool MayDelayCorrelations { get; init; }

    /// <summary>
    /// Whether correlations have a thread of their own that loses nothing: the caller waits where it cannot keep up, and what is raised, and its order, are those
    /// of one thread. The thread starts when the first thousand hits of a source were taken, and ends with <see cref="Worker.FinishSource"/>; all alerts are raised
    /// there meanwhile, and the counters of <see cref="Worker.Snapshot"/> may lag. For files. No effect without correlations, or with
    /// <see cref="CorrelationQueueLength"/>. Default: false.
    /// </summary>
    public bool CorrelatesInParallel { get; init; }

    /// <summary>
    /// Internal resolvers, as addresses or networks. A lookup that one of them makes is marked as forwarded, because one of its clients asked first.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> Resolvers { get; init; } = [];

    /// <summary>
    /// The most anomalies reported as alerts (<see cref="Alerts.AlertAnomaly"/>) per second of packet time; any further ones are only counted.
    /// Default: 0, none.
    /// </summary>
    public int AnomaliesPerSecond { get; init; }

    /// <summary>
    /// Whether a correlation raises a second alert (<see cref="Alerts.AlertCorrelation.Extent"/>) when it ends; at most 8,192 of them go on at once, and
    /// the ends of further ones are only counted. Default: false.
    /// </summary>
    public bool TellsCorrelationEnds { get; init; }

    /// <summary>
    /// Takes the matches of rules that correlations refer to, for another process that correlates them (<see cref="Signals.SignalCorrelator"/>): the worker then correlates
    /// nothing itself. Returns false if the signal was dropped. Called on the thread that correlates. Default: null, the worker correlates.
    /// </summary>
    public Func<CorrelationSignal, bool>? TakeSignal { get; init; }

    /// <summary>
    /// What takes the addresses of clients out of alerts afterwards: their ids are made of what it leaves, and there is no Community ID. The alerts have the true
    /// addresses. Default: null, ids of the true addresses.
    /// </summary>
    public ClientPrivacy? Privacy { get; init; }

    /// <summary>Whether a client is one of <see cref="Resolvers"/>. Allocates; for alerts only.</summary>
    public bool IsResolver(NetAddress client)
    {
        if (Resolvers.Count == 0)
        {
            return false;
        }

        var address = client.ToIPAddress();
        return Resolvers.Any(network => network.Contains(address));
    }
}
