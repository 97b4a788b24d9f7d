using System.Buffers.Binary;

namespace WireDns.Tests.Allocation;

/// <summary>
/// An endless pcap file, created as it is read: rounds of what a tap sees. DNS over UDP and TCP, IPv4 and IPv6, tagged and in a tunnel, in segments
/// and in fragments, whole, malformed and given up half-way; and packets that are not DNS. No rule looks for any name in it. Every round has
/// its own ports, ids and names. Allocates nothing once created.
/// </summary>
internal sealed class Traffic : Stream
{
    /// <summary>Packets of a round.</summary>
    public const int PacketsPerRound = 38;

    /// <summary>DNS messages of a round that are delivered: ten over UDP, six over TCP.</summary>
    public const int MessagesPerRound = 16;

    private const long MicrosecondsPerPacket = 1000;

    private readonly FrameWriter _frames = new(32 * 1024);
    private readonly byte[] _query = new byte[512];
    private readonly byte[] _response = new byte[512];
    private int _queryLength;
    private int _responseLength;
    private int _packets;
    private int _read;
    private int _round;

    public Traffic() => WriteFileHeader();

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var length = 0;
        while (length < buffer.Length)
        {
            if (_read == _frames.Records.Length)
            {
                WriteRound();
            }

            var part = Math.Min(buffer.Length - length, _frames.Records.Length - _read);
            _frames.Records.Slice(_read, part).CopyTo(buffer[length..]);
            _read += part;
            length += part;
        }

        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // A classic file of version 2.4 with microseconds and Ethernet frames.
    private void WriteFileHeader() => _frames.Bytes(
        [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 1, 0, 0, 0]);

    private void WriteRound()
    {
        _frames.Clear();
        _read = 0;
        var port = (ushort)(1024 + (_round % 60_000));
        WriteMessages();
        WriteUdp(port);
        WriteOther(port);
        WriteConnection(port);
        WriteAbandoned(port);
        _round++;
    }

    // Eight packets, eight messages; then two fragments of one message, a malformed message and one in a tunnel: twelve packets.
    private void WriteUdp(ushort port)
    {
        Frame().Ethernet(0x0800).Ipv4(17, 10, 53).Udp(port, 53).Bytes(Query).Finish();
        Frame().Ethernet(0x0800).Ipv4(17, 53, 10).Udp(53, port).Bytes(Response).Finish();
        Frame().Ethernet(0x86dd).Ipv6(17, 10, 53).Udp(port, 53).Bytes(Query).Finish();
        Frame().Ethernet(0x86dd).Ipv6(17, 53, 10).Udp(53, port).Bytes(Response).Finish();
        Frame().Ethernet(0x8100).Tag(7, 0x0800).Ipv4(17, 11, 53).Udp(port, 53).Bytes(Query).Finish();
        Frame().Ethernet(0x8100).Tag(7, 0x0800).Ipv4(17, 53, 11).Udp(53, port).Bytes(Response).Finish();
        Frame().Ethernet(0x0800).Ipv4(17, 1, 2).Vxlan(port).Ethernet(0x0800).Ipv4(17, 12, 53).Udp(port, 53).Bytes(Query).Finish();
        Frame().Ethernet(0x88a8).Tag(9, 0x8100).Tag(8, 0x86dd).Ipv6(17, 53, 12).Udp(53, port).Bytes(Response).Finish();

        // A response in two fragments: eight bytes of UDP header and the first sixteen of the message, then the rest.
        var identification = (ushort)_round;
        const ushort MoreFragments = 0x2000;
        Frame().Ethernet(0x0800).Ipv4(17, 53, 13, identification, MoreFragments).Number(53).Number(port)
            .Number((ushort)(8 + _responseLength)).Number(0).Bytes(Response[..16]).Finish();
        Frame().Ethernet(0x0800).Ipv4(17, 53, 13, identification, 24 / 8).Bytes(Response[16..]).Finish();

        // Two questions are announced and there is one: the message is delivered, as malformed.
        Frame().Ethernet(0x0800).Ipv4(17, 14, 53).Udp(port, 53).Bytes(Query[..5]).Byte(2).Bytes(Query[6..]).Finish();
        Frame().Ethernet(0x0800).Ipv4(17, 15, 53).Udp(port, 53).Bytes(Query[..9]).Finish();
    }

    // Nine packets without DNS, and one that cannot be decoded.
    private void WriteOther(ushort port)
    {
        for (var segment = 0; segment < 4; segment++)
        {
            Frame().Ethernet(0x0800).Ipv4(6, 10, 80).Tcp(port, 443, (uint)segment, 1, 0x18).Bytes(Response).Finish();
            Frame().Ethernet(0x86dd).Ipv6(6, 80, 10).Tcp(443, port, (uint)segment, 1, 0x10).Finish();
        }

        Frame().Ethernet(0x0806).Number(1).Number(0x0800).Finish();
        Frame().Ethernet(0x0800).Bytes([0x45, 0, 0]).Finish();
    }

    // Eleven packets of a TCP connection from first to last, with six messages: a query in two segments that arrive in the wrong
    // order, its response, and twice two messages in one segment.
    private void WriteConnection(ushort port)
    {
        const byte Syn = 0x02, SynAcknowledge = 0x12, Acknowledge = 0x10, Push = 0x18, Finish = 0x11;
        var client = (uint)_round * 7919;
        var server = (uint)_round * 104_729;
        var query = (uint)(2 + _queryLength);
        var response = (uint)(2 + _responseLength);
        ToServer().Tcp(port, 53, client, 0, Syn).Finish();
        ToClient().Tcp(53, port, server, client + 1, SynAcknowledge).Finish();
        ToServer().Tcp(port, 53, client + 1, server + 1, Acknowledge).Finish();
        ToServer().Tcp(port, 53, client + 8, server + 1, Push).Bytes(Query[5..]).Finish();
        ToServer().Tcp(port, 53, client + 1, server + 1, Push).Number((ushort)_queryLength).Bytes(Query[..5]).Finish();
        ToClient().Tcp(53, port, server + 1, client + 1 + query, Push).Number((ushort)_responseLength).Bytes(Response).Finish();
        ToServer().Tcp(port, 53, client + 1 + query, server + 1 + response, Push)
            .Number((ushort)_queryLength).Bytes(Query).Number((ushort)_queryLength).Bytes(Query).Finish();
        ToClient().Tcp(53, port, server + 1 + response, client + 1 + (3 * query), Push)
            .Number((ushort)_responseLength).Bytes(Response).Number((ushort)_responseLength).Bytes(Response).Finish();
        ToServer().Tcp(port, 53, client + 1 + (3 * query), server + 1 + (3 * response), Finish).Finish();
        ToClient().Tcp(53, port, server + 1 + (3 * response), client + 2 + (3 * query), Finish).Finish();
        ToServer().Tcp(port, 53, client + 2 + (3 * query), server + 2 + (3 * response), Acknowledge).Finish();
    }

    // Five packets that leave state behind: a connection that ends in the middle of a message, and the first fragment of a datagram.
    private void WriteAbandoned(ushort port)
    {
        var start = (uint)_round;
        Frame().Ethernet(0x86dd).Ipv6(6, 20, 53).Tcp(port, 53, start, 0, 0x02).Finish();
        Frame().Ethernet(0x86dd).Ipv6(6, 53, 20).Tcp(53, port, start, start + 1, 0x12).Finish();
        Frame().Ethernet(0x86dd).Ipv6(6, 20, 53).Tcp(port, 53, start + 1, start + 1, 0x18).Number((ushort)_queryLength).Bytes(Query[..20]).Finish();
        Frame().Ethernet(0x86dd).Ipv6(6, 20, 53).Tcp(port, 53, start + 40, start + 1, 0x18).Bytes(Query[..20]).Finish();
        Frame().Ethernet(0x0800).Ipv4(17, 53, 21, (ushort)_round, 0x2000).Number(53).Number(port).Number(900).Number(0).Bytes(Response[..32]).Finish();
    }

    private ReadOnlySpan<byte> Query => _query.AsSpan(0, _queryLength);

    private ReadOnlySpan<byte> Response => _response.AsSpan(0, _responseLength);

    private FrameWriter Frame() => _frames.Record(1_700_000_000_000_000 + (_packets++ * MicrosecondsPerPacket));

    private FrameWriter ToServer() => Frame().Ethernet(0x0800).Ipv4(6, 10, 53);

    private FrameWriter ToClient() => Frame().Ethernet(0x0800).Ipv4(6, 53, 10);

    // host-NNNNNNNN.Updates.example, A; in the response a CNAME and an address.
    private void WriteMessages()
    {
        Span<byte> message = _query;
        BinaryPrimitives.WriteUInt16BigEndian(message, (ushort)_round);
        "\u0001\0\0\u0001\0\0\0\0\0\0"u8.CopyTo(message[2..]);
        message[12] = 13;
        "host-"u8.CopyTo(message[13..]);
        for (var (place, rest) = (25, _round); place >= 18; place--, rest /= 10)
        {
            message[place] = (byte)('0' + (rest % 10));
        }

        "\u0007Updates\u0007example\0\0\u0001\0\u0001"u8.CopyTo(message[26..]);
        _queryLength = 47;

        Query.CopyTo(_response);
        "\u0001"u8.CopyTo(_response.AsSpan(5));
        _response[2] = 0x81;
        _response[3] = 0x80;
        _response[7] = 2;
        ReadOnlySpan<byte> records =
        [
            0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 7, 4, (byte)'e', (byte)'d', (byte)'g', (byte)'e', 0xc0, 26,
            0xc0, 59, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 198, 51, 100, 7,
        ];
        records.CopyTo(_response.AsSpan(_queryLength));
        _responseLength = _queryLength + records.Length;
    }
}
