using System.Net;
using WireDns.Sigma.Correlation;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>The bounds of a <see cref="Detector"/>, and what it is told of the network. Immutable.</summary>
internal sealed record DetectorOptions
{
    /// <summary>Lookups that are remembered at once; the oldest gives way. Default: 262,144.</summary>
    public int MaximumLookups { get; init; } = 262_144;

    /// <summary>
    /// How long a lookup lasts, in packet time: longer than a resolver's patience, shorter than a client takes to use a DNS id again. Default:
    /// 10 s.
    /// </summary>
    public TimeSpan LookupLifetime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The bounds of correlations. Default: those of <see cref="CorrelationLimits"/>.</summary>
    public CorrelationLimits Correlations { get; init; } = new();

    /// <summary>
    /// Internal resolvers, as addresses or networks: a lookup that one of them makes is marked as forwarded, since a client of its own asked
    /// first. Default: none.
    /// </summary>
    public IReadOnlyList<IPNetwork> Resolvers { get; init; } = [];

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
