using System.Net;
using WireDns.Detection.Lookups;
using WireDns.Sigma.Correlation;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>The bounds of a <see cref="Detector"/>, and what it is told about the network. Immutable.</summary>
public sealed record DetectorOptions
{
    /// <summary>The most lookups that are remembered at once; the oldest gives way. Default: 262,144.</summary>
    public int MaximumLookups { get; init; } = LookupTable.DefaultCapacity;

    /// <summary>How long a lookup lasts after its first message, in packet time. Default: 10 s.</summary>
    public TimeSpan LookupLifetime { get; init; } = LookupTable.DefaultLifetime;

    /// <summary>The bounds of correlations. Default: those of <see cref="CorrelationLimits"/>.</summary>
    public CorrelationLimits Correlations { get; init; } = new();

    /// <summary>
    /// Messages that may wait for correlations, which then run on a thread of their own: it begins with the first hit, and ends with
    /// <see cref="Worker.FinishSource"/>. Hits that it does not get done are shed and counted, and the rules are not held up. About 512 bytes a
    /// message. 0: correlations are asked at once, by the thread that calls the worker, and nothing is shed. Default: 0.
    /// </summary>
    public int CorrelationQueueLength { get; init; }

    /// <summary>
    /// Internal resolvers, as addresses or networks: a lookup that one of them makes is marked as forwarded, since a client of its own asked
    /// first. Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> Resolvers { get; init; } = [];

    /// <summary>
    /// How many anomalies are told of in a second of packet time, as alerts (<see cref="Alerts.AlertAnomaly"/>); further ones are counted. 0, the
    /// default, for none.
    /// </summary>
    public int AnomaliesPerSecond { get; init; }

    /// <summary>Whether a client is one of <see cref="Resolvers"/>. Allocates: for alerts alone.</summary>
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
