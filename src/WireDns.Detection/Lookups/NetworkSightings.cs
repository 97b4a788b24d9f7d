using System.Globalization;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Lookups with an alert that were seen in another virtual network too (VXLAN, GENEVE, NVGRE), by that network: routers between them show each
/// packet once in every network, and one alert is enough. Counts a lookup once for each further network. Bounded.
/// </summary>
internal sealed class NetworkSightings
{
    /// <summary>Networks that are told apart; sightings in further ones are counted together.</summary>
    public const int MaximumNetworks = 1024;

    /// <summary>Further networks of one lookup that are remembered: no packet is routed as often. After that, only the last one is.</summary>
    public const int MaximumNetworksOfLookup = 16;

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
        else if (!lookup.Fired.Rules.IsEmpty && IsNew(ref lookup.OtherNetworks, network))
        {
            Add(network);
        }
    }

    private static bool IsNew(ref Tunnel[]? seen, Tunnel network)
    {
        if (seen is not null && Array.IndexOf(seen, network) >= 0)
        {
            return false;
        }

        var free = seen is null ? 0 : Array.IndexOf(seen, default);
        if (free < 0)
        {
            free = Math.Min(seen!.Length, MaximumNetworksOfLookup - 1);
        }

        if (free >= (seen?.Length ?? 0))
        {
            Array.Resize(ref seen, Math.Max(2, free * 2));
        }

        seen![free] = network;
        return true;
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
