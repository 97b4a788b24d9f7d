using System.Globalization;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Lookups with an alert that were seen once more in another virtual network (VXLAN, GENEVE, NVGRE), by that network: a router between two of them
/// shows each packet twice, and one alert is enough. Bounded.
/// </summary>
internal sealed class NetworkSightings
{
    /// <summary>Networks that are told apart; sightings in further ones are counted together.</summary>
    public const int MaximumNetworks = 1024;

    private readonly Dictionary<Tunnel, long> _sightings = [];
    private long _further;

    /// <summary>The name of the counter that has the networks as its reasons.</summary>
    public const string Counter = "seen_in_other_networks";

    /// <summary>All sightings.</summary>
    public long Total { get; private set; }

    /// <summary>Takes a message of a lookup. Counts it where rules have fired for the lookup, in another network, and it is the first in this one.</summary>
    public void Note(ref LookupTable.Entry lookup, ReadOnlySpan<Tunnel> tunnels)
    {
        var network = InnermostOf(tunnels);
        if (network == default || network == lookup.Network)
        {
            return;
        }

        if (lookup.Network == default)
        {
            lookup.Network = network;
        }
        else if (network != lookup.OtherNetwork && !lookup.Fired.Rules.IsEmpty)
        {
            lookup.OtherNetwork = network;
            Add(network);
        }
    }

    /// <summary>The networks with their sightings, as reasons of <see cref="Counter"/>.</summary>
    public IEnumerable<(string Counter, string Reason, long Count)> Reasons()
    {
        foreach (var (network, count) in _sightings.OrderBy(entry => entry.Key.Kind).ThenBy(entry => entry.Key.Id))
        {
            yield return (Counter, string.Create(CultureInfo.InvariantCulture, $"{network.Kind.ToName()} {network.Id}"), count);
        }

        if (_further > 0)
        {
            yield return (Counter, "further", _further);
        }
    }

    private void Add(Tunnel network)
    {
        Total++;
        if (_sightings.Count < MaximumNetworks || _sightings.ContainsKey(network))
        {
            _sightings[network] = _sightings.GetValueOrDefault(network) + 1;
        }
        else
        {
            _further++;
        }
    }

    private static Tunnel InnermostOf(ReadOnlySpan<Tunnel> tunnels)
    {
        for (var index = tunnels.Length - 1; index >= 0; index--)
        {
            if (tunnels[index].NetworkId != 0)
            {
                return tunnels[index];
            }
        }

        return default;
    }
}
