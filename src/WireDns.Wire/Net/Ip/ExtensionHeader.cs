using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>An IPv6 extension header (RFC 8200 §4) or an authentication header (RFC 4302 §2), which IPv4 may carry too.</summary>
internal readonly ref struct ExtensionHeader
{
    private ExtensionHeader(byte nextHeader, ReadOnlySpan<byte> payload)
    {
        NextHeader = nextHeader;
        Payload = payload;
    }

    public byte NextHeader { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the protocol number is that of an extension header that <see cref="TryRead"/> steps over.</summary>
    public static bool Is(int protocol, bool isIpv6) => protocol == IpProtocol.AuthenticationHeader
        || (isIpv6 && protocol is (IpProtocol.HopByHopOptions or IpProtocol.Routing or IpProtocol.DestinationOptions
            or IpProtocol.Mobility or IpProtocol.HostIdentity or IpProtocol.Shim6));

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(int protocol, ReadOnlySpan<byte> bytes, out ExtensionHeader header)
    {
        header = default;
        if (bytes.Length < 8)
        {
            return false;
        }

        // In units of 8 bytes without the first; the authentication header counts in units of 4, without the first two.
        var length = protocol == IpProtocol.AuthenticationHeader ? (bytes[1] + 2) * 4 : (bytes[1] + 1) * 8;
        if (length > bytes.Length)
        {
            return false;
        }

        header = new ExtensionHeader(bytes[0], bytes[length..]);
        return true;
    }
}
