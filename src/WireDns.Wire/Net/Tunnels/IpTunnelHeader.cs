using WireDns.Wire.Net.Ip;
using WireDns.Wire.Net.Link;

namespace WireDns.Wire.Net.Tunnels;

/// <summary>The header of a tunnel over IP, found by the protocol number.</summary>
internal static class IpTunnelHeader
{
    /// <summary>Whether fragments of the protocol can lead to UDP or TCP, so that they are worth reassembling.</summary>
    public static bool MayLeadToTransport(int protocol) => protocol is IpProtocol.Udp or IpProtocol.Tcp or IpProtocol.Ipv4
        or IpProtocol.Ipv6 or IpProtocol.Gre or IpProtocol.EtherIp or IpProtocol.L2tp or IpProtocol.Mpls or IpProtocol.AuthenticationHeader
        or IpProtocol.IpIp or IpProtocol.Ethernet;

    public static TunnelReading TryRead(int protocol, ReadOnlySpan<byte> bytes, out TunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        switch (protocol)
        {
            case IpProtocol.Ipv4:
                header = new TunnelHeader(TunnelKind.IpInIp, 0, Layer.Ipv4, bytes);
                return TunnelReading.Found;
            case IpProtocol.Ipv6:
                header = new TunnelHeader(TunnelKind.IpInIp, 0, Layer.Ipv6, bytes);
                return TunnelReading.Found;
            case IpProtocol.IpIp:
                // KA9Q's number for IP in IP, otherwise protocol 4.
                header = new TunnelHeader(TunnelKind.IpInIp, 0, Layer.Ip, bytes);
                return TunnelReading.Found;
            case IpProtocol.Ethernet:
                // RFC 8986 §10.1: a frame after segment routing.
                header = new TunnelHeader(TunnelKind.EthernetInIp, 0, Layer.Ethernet, bytes);
                return TunnelReading.Found;
            case IpProtocol.Gre:
                return GreHeader.TryRead(bytes, out header, out fault) ? TunnelReading.Found : TunnelReading.Faulty;
            case IpProtocol.EtherIp:
                return ReadEtherIp(bytes, out header, out fault);
            case IpProtocol.L2tp:
                return L2tpHeader.TryReadOverIp(bytes, out header) ? TunnelReading.Found : TunnelReading.NotATunnel;
            case IpProtocol.EncapsulatingSecurityPayload:
                fault = UndecodableReason.Encrypted;
                return TunnelReading.Faulty;
            default:
                return TunnelReading.NotATunnel;
        }
    }

    // RFC 3378 §3: version 3, and 12 reserved bits.
    private static TunnelReading ReadEtherIp(ReadOnlySpan<byte> bytes, out TunnelHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < 2)
        {
            return TunnelReading.Faulty;
        }

        if (bytes[0] >> 4 != 3 || (((bytes[0] & 0x0f) | bytes[1]) != 0 && !EthernetFrame.IsPlausible(bytes[2..])))
        {
            fault = UndecodableReason.BadVersion;
            return TunnelReading.Faulty;
        }

        header = new TunnelHeader(TunnelKind.EtherIp, 0, Layer.Ethernet, bytes[2..]);
        return TunnelReading.Found;
    }
}
