using System.Buffers.Binary;

namespace WireDns.Fuzz.Targets;

/// <summary>Writes Ethernet frames with IPv4 or IPv6, and nothing that a decoder does not look at.</summary>
internal sealed class FrameWriter
{
    /// <summary>Bytes in front of an IPv4 packet's payload.</summary>
    public const int Ipv4PayloadOffset = 34;

    /// <summary>Bytes in front of an IPv6 packet's payload.</summary>
    public const int Ipv6PayloadOffset = 54;

    private const int TcpHeaderLength = 20;
    private const int FragmentHeaderLength = 8;
    private const byte TcpProtocol = 6;
    private const byte UdpProtocol = 17;
    private const byte FragmentProtocol = 44;

    private readonly byte[] _frame = new byte[ushort.MaxValue];

    /// <summary>A TCP segment between a client's port and port 53 of a server.</summary>
    /// <param name="isIpv6">Whether over IPv6.</param>
    /// <param name="isFromServer">Which way it goes.</param>
    /// <param name="client">Number of the client: part of its port.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="acknowledgement">Acknowledgement number.</param>
    /// <param name="flags">The flags' octet.</param>
    /// <param name="payload">The payload.</param>
    public ReadOnlySpan<byte> WriteTcp(
        bool isIpv6, bool isFromServer, int client, uint sequence, uint acknowledgement, byte flags, ReadOnlySpan<byte> payload)
    {
        var tcp = WriteIp(isIpv6, TcpProtocol, TcpHeaderLength + payload.Length, isFromServer);
        var clientPort = (ushort)(40_000 + client);
        BinaryPrimitives.WriteUInt16BigEndian(tcp, isFromServer ? (ushort)53 : clientPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], isFromServer ? clientPort : (ushort)53);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[8..], acknowledgement);
        tcp[12] = TcpHeaderLength / 4 << 4;
        tcp[13] = flags;
        payload.CopyTo(tcp[TcpHeaderLength..]);
        return _frame.AsSpan(0, PayloadOffset(isIpv6) + tcp.Length);
    }

    /// <summary>A fragment of a UDP datagram from a server.</summary>
    /// <param name="isIpv6">Whether over IPv6.</param>
    /// <param name="identification">Which datagram.</param>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <param name="hasMore">Whether further fragments follow it.</param>
    /// <param name="payload">The fragment's bytes.</param>
    public ReadOnlySpan<byte> WriteFragment(bool isIpv6, int identification, int offset, bool hasMore, ReadOnlySpan<byte> payload)
    {
        if (!isIpv6)
        {
            payload.CopyTo(WriteIp(false, UdpProtocol, payload.Length, isFromServer: true));
            BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(14 + 4), (ushort)identification);
            BinaryPrimitives.WriteUInt16BigEndian(_frame.AsSpan(14 + 6), (ushort)((offset / 8) | (hasMore ? 0x2000 : 0)));
            return _frame.AsSpan(0, Ipv4PayloadOffset + payload.Length);
        }

        var header = WriteIp(true, FragmentProtocol, FragmentHeaderLength + payload.Length, isFromServer: true);
        header[0] = UdpProtocol;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)(offset | (hasMore ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(header[4..], (uint)identification);
        payload.CopyTo(header[FragmentHeaderLength..]);
        return _frame.AsSpan(0, Ipv6PayloadOffset + FragmentHeaderLength + payload.Length);
    }

    private static int PayloadOffset(bool isIpv6) => isIpv6 ? Ipv6PayloadOffset : Ipv4PayloadOffset;

    private Span<byte> WriteIp(bool isIpv6, byte protocol, int payloadLength, bool isFromServer)
    {
        var ip = _frame.AsSpan(14, PayloadOffset(isIpv6) - 14 + payloadLength);
        var header = ip[..^payloadLength];
        header.Clear();
        if (isIpv6)
        {
            _frame[12] = 0x86;
            _frame[13] = 0xdd;
            header[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
            header[6] = protocol;
            header[8] = header[24] = 0x20;
            header[isFromServer ? 23 : 39] = 53;
            header[isFromServer ? 39 : 23] = 1;
        }
        else
        {
            _frame[12] = 0x08;
            _frame[13] = 0x00;
            header[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)ip.Length);
            header[9] = protocol;
            header[12] = header[16] = 10;
            header[isFromServer ? 15 : 19] = 53;
            header[isFromServer ? 19 : 15] = 1;
        }

        return ip[^payloadLength..];
    }
}
