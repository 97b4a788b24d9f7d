using System.Collections.Immutable;
using WireDns.Wire.Framing;

namespace WireDns.Wire.Net;

/// <summary>What a <see cref="Decoding.PacketDecoder"/> selects, and its bounds. Immutable; the defaults hold under hostile traffic.</summary>
public sealed record PacketDecoderOptions
{
    /// <summary>
    /// Ports whose UDP and TCP payloads are selected, if either side has one of them. They take precedence over tunnel ports. Default: 53.
    /// </summary>
    public ImmutableArray<ushort> Ports { get; init; } = [53];

    /// <summary>UDP ports on which tunnels are read, if either side has one of them. Default: <see cref="UdpTunnelPort.Defaults"/>.</summary>
    public ImmutableArray<UdpTunnelPort> TunnelPorts { get; init; } = UdpTunnelPort.Defaults;

    /// <summary>
    /// Tells whether a whole payload between ports that are not selected is a message all the same, to find messages on any port: it is
    /// asked about every UDP datagram, and about every TCP segment that starts with a length and holds a whole message. Null, the default:
    /// only <see cref="Ports"/> are read.
    /// </summary>
    public MessageStartProbe? AnyPort { get; init; }

    /// <summary>Ports of encrypted DNS (DNS over TLS and over QUIC), which is counted by client. Default: 853.</summary>
    public ImmutableArray<ushort> EncryptedDnsPorts { get; init; } = [853];

    /// <summary>Resolvers whose port 443 (UDP and TCP) is counted by client as DNS over HTTPS. Default: none.</summary>
    public ImmutableArray<NetAddress> EncryptedDnsResolvers { get; init; } = [];

    /// <summary>
    /// The most combinations of client and kind that are counted apart for encrypted DNS; the rest are counted together. At least 1. Default: 4,096.
    /// </summary>
    public int MaximumEncryptedDnsClients { get; init; } = 4096;

    /// <summary>The most nested tunnels around a payload; 1 to 32. Default: 16.</summary>
    public int MaximumTunnels { get; init; } = 16;

    /// <summary>The most VLAN tags of one frame; 1 to 64. Default: 16.</summary>
    public int MaximumVlanTags { get; init; } = 16;

    /// <summary>The most datagrams in reassembly at once, at least 2; the oldest gives way. Default: 8,192.</summary>
    public int MaximumFragmentedDatagrams { get; init; } = 8192;

    /// <summary>The most bytes of fragments that are held; at least 1 MiB. Default: 16 MiB.</summary>
    public int FragmentMemoryInBytes { get; init; } = 16 << 20;

    /// <summary>
    /// How long to wait for a datagram's fragments, in capture time from the first that arrived. Default: 60 s (RFC 8200 §4.5).
    /// </summary>
    public TimeSpan FragmentTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The most TCP connections on selected ports that are followed at once, at least 1; the least recently used gives way. Default: 32,768.
    /// </summary>
    public int MaximumTcpConnections { get; init; } = 32768;

    /// <summary>The most bytes of TCP streams that are held; at least 1 MiB. Default: 32 MiB.</summary>
    public int TcpMemoryInBytes { get; init; } = 32 << 20;

    /// <summary>How long a connection without packets is remembered, in capture time. Default: 300 s.</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromSeconds(300);

    /// <summary>
    /// How far, in bytes, a stream's segments may reach past a missing byte before that is given up. 1 to 192,000, the default.
    /// </summary>
    public int MaximumTcpGapInBytes { get; init; } = 192_000;

    internal void ThrowIfOutOfRange()
    {
        const int LeastMemory = 1 << 20;
        Check(MaximumEncryptedDnsClients, 1, int.MaxValue, nameof(MaximumEncryptedDnsClients));
        Check(MaximumTunnels, 1, 32, nameof(MaximumTunnels));
        Check(MaximumVlanTags, 1, 64, nameof(MaximumVlanTags));
        Check(MaximumFragmentedDatagrams, 2, int.MaxValue, nameof(MaximumFragmentedDatagrams));
        Check(FragmentMemoryInBytes, LeastMemory, int.MaxValue, nameof(FragmentMemoryInBytes));
        Check(MaximumTcpConnections, 1, int.MaxValue, nameof(MaximumTcpConnections));
        Check(TcpMemoryInBytes, LeastMemory, int.MaxValue, nameof(TcpMemoryInBytes));
        Check(MaximumTcpGapInBytes, 1, 192_000, nameof(MaximumTcpGapInBytes));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FragmentTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(TcpIdleTimeout, TimeSpan.Zero);
    }

    private static void Check(int value, int least, int most, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, least, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, most, name);
    }
}
