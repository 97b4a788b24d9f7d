using System.Collections.Frozen;
using System.Runtime.CompilerServices;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Reassembly;

namespace WireDns.Wire.EncryptedDns;

/// <summary>Counts encrypted DNS by client and kind, in a table of bounded size.</summary>
internal sealed class EncryptedDnsWatch
{
    // A bit for each hash of a resolver's address (8 KiB). With the shipped list, 1 in 250 other addresses passes for a resolver's.
    private const int FilterBits = 16;

    private readonly FlowTable<Counts> _clients;
    private readonly FrozenSet<NetAddress> _resolvers;
    private readonly ulong[] _filter = new ulong[(1 << FilterBits) / 64];

    public EncryptedDnsWatch(PacketDecoderOptions options)
    {
        _clients = new FlowTable<Counts>(options.MaximumEncryptedDnsClients);
        _resolvers = options.EncryptedDnsResolvers.ToFrozenSet();
        foreach (var resolver in _resolvers)
        {
            var bit = FilterBit(resolver);
            _filter[bit >> 6] |= 1UL << (int)(bit & 63);
        }
    }

    /// <summary>Packets of clients for whom the table had no room.</summary>
    public long UncountedPackets { get; private set; }

    /// <summary>Whether an address may be that of a known resolver. False is certain.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayBeResolver(NetAddress address)
    {
        var bit = FilterBit(address);
        return ((_filter[bit >> 6] >> (int)(bit & 63)) & 1) != 0;
    }

    /// <summary>Counts a packet, if it is encrypted DNS.</summary>
    /// <param name="flow">Who sends to whom.</param>
    /// <param name="transport">UDP or TCP.</param>
    /// <param name="source">Roles of the source port.</param>
    /// <param name="destination">Roles of the destination port.</param>
    /// <param name="opensConnection">Whether it is a SYN of the client.</param>
    /// <param name="packets">How many packets it came in.</param>
    /// <param name="now">Capture time, in nanoseconds.</param>
    public bool TryCount(
        in Flow flow, Transport transport, PortRoles source, PortRoles destination, bool opensConnection, int packets, long now)
    {
        NetAddress client;
        EncryptedDnsKind kind;
        if (((source | destination) & PortRoles.EncryptedDns) != 0)
        {
            client = (destination & PortRoles.EncryptedDns) != 0 ? flow.Source : flow.Destination;
            kind = transport == Transport.Tcp ? EncryptedDnsKind.DnsOverTls : EncryptedDnsKind.DnsOverQuic;
        }
        else if ((destination & PortRoles.Https) != 0 && IsResolver(flow.Destination))
        {
            client = flow.Source;
            kind = transport == Transport.Tcp ? EncryptedDnsKind.DnsOverHttps : EncryptedDnsKind.DnsOverHttp3;
        }
        else if ((source & PortRoles.Https) != 0 && IsResolver(flow.Source))
        {
            client = flow.Destination;
            kind = transport == Transport.Tcp ? EncryptedDnsKind.DnsOverHttps : EncryptedDnsKind.DnsOverHttp3;
        }
        else
        {
            return false;
        }

        Count(client, kind, opensConnection ? 1 : 0, packets, now);
        return true;
    }

    /// <summary>What was counted, in the order of the last packet. Allocates; not for the packet path.</summary>
    public IReadOnlyList<EncryptedTraffic> ToList()
    {
        var list = new List<EncryptedTraffic>(_clients.Count);
        for (var index = _clients.Oldest; index >= 0; index = _clients.NewerThan(index))
        {
            ref readonly var key = ref _clients.KeyOf(index);
            list.Add(new EncryptedTraffic(
                key.First, (EncryptedDnsKind)key.Selector, _clients[index].Packets, _clients[index].Connections));
        }

        return list;
    }

    private void Count(NetAddress client, EncryptedDnsKind kind, long connections, long packets, long now)
    {
        var key = new FlowKey(client, default, (ulong)kind, 0);
        var index = _clients.Find(in key);
        if (index < 0)
        {
            if (_clients.IsFull)
            {
                UncountedPackets += packets;
                return;
            }

            index = _clients.Add(in key, now);
        }

        ref var counts = ref _clients[index];
        counts.Packets += packets;
        counts.Connections += connections;
    }

    private bool IsResolver(NetAddress address) => MayBeResolver(address) && _resolvers.Contains(address);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FilterBit(NetAddress address) => ((address.High ^ (address.Low * 3)) * 0x9e37_79b9_7f4a_7c15) >> (64 - FilterBits);

    private struct Counts
    {
        public long Packets;
        public long Connections;
    }
}
