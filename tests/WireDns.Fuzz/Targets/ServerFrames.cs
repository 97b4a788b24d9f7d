namespace WireDns.Fuzz.Targets;

/// <summary>Writes frames between the clients of a server and its port 53, over IPv4 or IPv6. Allocates nothing.</summary>
internal sealed class ServerFrames
{
    private const byte Server = 53;
    private const byte Client = 1;
    private const byte TcpProtocol = 6;
    private const byte UdpProtocol = 17;
    private const byte FragmentProtocol = 44;

    // The largest packet, and its headers.
    private readonly FrameWriter _frames = new(ushort.MaxValue + 1024);

    /// <summary>A TCP segment between a client's port and port 53 of the server.</summary>
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
        var clientPort = (ushort)(40_000 + client);
        var (source, destination) = isFromServer ? ((ushort)53, clientPort) : (clientPort, (ushort)53);
        Begin();
        WriteIp(isIpv6, TcpProtocol, isFromServer).Tcp(source, destination, sequence, acknowledgement, flags).Bytes(payload).Finish();
        return _frames.Frame;
    }

    /// <summary>A fragment of a UDP datagram from the server.</summary>
    /// <param name="isIpv6">Whether over IPv6.</param>
    /// <param name="identification">Which datagram.</param>
    /// <param name="offset">Offset in bytes, a multiple of 8.</param>
    /// <param name="hasMore">Whether further fragments follow it.</param>
    /// <param name="payload">The fragment's bytes.</param>
    public ReadOnlySpan<byte> WriteFragment(bool isIpv6, int identification, int offset, bool hasMore, ReadOnlySpan<byte> payload)
    {
        Begin();
        if (isIpv6)
        {
            WriteIp(true, FragmentProtocol, isFromServer: true).Byte(UdpProtocol).Byte(0)
                .Number((ushort)(offset | (hasMore ? 1 : 0))).LongNumber((uint)identification);
        }
        else
        {
            WriteIp(false, UdpProtocol, true, (ushort)identification, (ushort)((offset / 8) | (hasMore ? 0x2000 : 0)));
        }

        _frames.Bytes(payload).Finish();
        return _frames.Frame;
    }

    private void Begin()
    {
        _frames.Clear();
        _frames.Record(0);
    }

    private FrameWriter WriteIp(bool isIpv6, byte protocol, bool isFromServer, ushort identification = 0, ushort fragment = 0)
    {
        var (source, destination) = isFromServer ? (Server, Client) : (Client, Server);
        return isIpv6
            ? _frames.Ethernet(0x86dd).Ipv6(protocol, source, destination)
            : _frames.Ethernet(0x0800).Ipv4(protocol, source, destination, identification, fragment);
    }
}
