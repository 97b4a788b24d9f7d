using WireDns.Wire.Net.Ip;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>The header of a tunnel that IP carries, as its protocol number says.</summary>
internal readonly ref struct IpTunnelHeader
{
    private IpTunnelHeader(Layer next, ushort type, Tunnel tunnel, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = type;
        Tunnel = tunnel;
        Payload = payload;
    }

    /// <summary>What <see cref="Payload"/> starts with.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public Tunnel Tunnel { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether fragments of the protocol can lead to UDP or TCP, so that they are worth putting together.</summary>
    public static bool MayLeadToTransport(int protocol) => protocol is IpProtocol.Udp or IpProtocol.Tcp or IpProtocol.Ipv4
        or IpProtocol.Ipv6 or IpProtocol.Gre or IpProtocol.EtherIp or IpProtocol.L2tp or IpProtocol.Mpls or IpProtocol.AuthenticationHeader
        or IpProtocol.IpIp or IpProtocol.Ethernet;

    public static TunnelReading TryRead(int protocol, ReadOnlySpan<byte> bytes, out IpTunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        switch (protocol)
        {
            case IpProtocol.Ipv4:
                header = new IpTunnelHeader(Layer.Ipv4, 0, new Tunnel(TunnelKind.IpInIp, 0), bytes);
                return TunnelReading.Found;
            case IpProtocol.Ipv6:
                header = new IpTunnelHeader(Layer.Ipv6, 0, new Tunnel(TunnelKind.IpInIp, 0), bytes);
                return TunnelReading.Found;
            case IpProtocol.IpIp:
                // KA9Q's number for what protocol 4 is.
                header = new IpTunnelHeader(Layer.Ip, 0, new Tunnel(TunnelKind.IpInIp, 0), bytes);
                return TunnelReading.Found;
            case IpProtocol.Ethernet:
                // RFC 8986 §10.1: a frame behind segment routing.
                header = new IpTunnelHeader(Layer.Ethernet, 0, new Tunnel(TunnelKind.EthernetInIp, 0), bytes);
                return TunnelReading.Found;
            case IpProtocol.Gre:
                if (!GreHeader.TryRead(bytes, out var gre, out fault))
                {
                    return TunnelReading.Faulty;
                }

                header = new IpTunnelHeader(gre.Next, gre.Type, gre.Tunnel, gre.Payload);
                return TunnelReading.Found;
            case IpProtocol.EtherIp:
                return ReadEtherIp(bytes, out header, out fault);
            case IpProtocol.L2tp when L2tpHeader.TryReadOverIp(bytes, out var l2tp):
                header = new IpTunnelHeader(l2tp.Next, 0, l2tp.Tunnel, l2tp.Payload);
                return TunnelReading.Found;
            case IpProtocol.EncapsulatingSecurityPayload:
                fault = UndecodableReason.Encrypted;
                return TunnelReading.Faulty;
            default:
                return TunnelReading.NotATunnel;
        }
    }

    // RFC 3378 §3: version 3, and 12 bits of 0.
    private static TunnelReading ReadEtherIp(ReadOnlySpan<byte> bytes, out IpTunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 2)
        {
            return TunnelReading.Faulty;
        }

        if (bytes[0] != 0x30)
        {
            fault = UndecodableReason.BadVersion;
            return TunnelReading.Faulty;
        }

        header = new IpTunnelHeader(Layer.Ethernet, 0, new Tunnel(TunnelKind.EtherIp, 0), bytes[2..]);
        return TunnelReading.Found;
    }
}
