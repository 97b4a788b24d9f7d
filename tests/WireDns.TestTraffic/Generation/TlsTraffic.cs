using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// What fills a link: TLS over TCP/443, frames of 64 to 1514 octets, mostly very short or full. The payloads are
/// noise after a TLS record header, as ciphertext is; the sequence numbers of each connection add up.
/// </summary>
internal sealed class TlsTraffic
{
    private const int ConnectionCount = 4096;
    private const int ShortestFrame = 64;
    private const int LongestFrame = 1514;
    private const ushort HttpsPort = 443;

    private readonly Xoshiro256 _random;
    private readonly Noise _noise;
    private readonly Connection[] _connections = new Connection[ConnectionCount];

    /// <summary>Starts with all connections in their middle, as a capture does that begins on a busy link.</summary>
    public TlsTraffic(Xoshiro256 random)
    {
        _random = random;
        _noise = new Noise(random.Fork());
        for (var index = 0; index < _connections.Length; index++)
        {
            _connections[index] = NextConnection();
        }
    }

    /// <summary>Writes the next packet of any connection.</summary>
    public void WriteNext(PcapWriter writer)
    {
        ref var connection = ref _connections[_random.Below(ConnectionCount)];
        if (connection.PacketsLeft == 0)
        {
            WriteFin(writer, connection);
            connection = NextConnection();
            return;
        }

        connection.PacketsLeft--;
        WriteData(writer, ref connection);
    }

    private void WriteData(PcapWriter writer, ref Connection connection)
    {
        var frame = writer.Frame;
        var offset = Frame.TcpPayloadOffset(connection.Client.Host.IsIpv6);
        var length = Math.Max(FrameLength() - offset, 6);
        var payload = frame.Slice(offset, length);
        _noise.CopyTo(payload);

        // RFC 8446 §5.1: application data, version 3.3, length.
        payload[0] = 23;
        payload[1] = 3;
        payload[2] = 3;
        BinaryPrimitives.WriteUInt16BigEndian(payload[3..], (ushort)(length - 5));

        // Data flows mostly from the servers.
        if (_random.Percent(70))
        {
            Write(writer, frame, connection.FromServer(TcpFlags.Acknowledge), length);
            connection.ServerSequence += (uint)length;
        }
        else
        {
            Write(writer, frame, connection.FromClient(TcpFlags.Acknowledge | TcpFlags.Push), length);
            connection.ClientSequence += (uint)length;
        }
    }

    private void WriteFin(PcapWriter writer, in Connection connection)
    {
        // Ten octets, as of a last alert, bring the frame to the least length of the mix.
        const int length = 10;
        var frame = writer.Frame;
        _noise.CopyTo(frame.Slice(Frame.TcpPayloadOffset(connection.Client.Host.IsIpv6), length));
        Write(writer, frame, connection.FromClient(TcpFlags.Fin | TcpFlags.Acknowledge), length);
    }

    private void Write(PcapWriter writer, Span<byte> frame, in TcpHeader header, int payloadLength) =>
        writer.Commit(Frame.WriteTcp(frame, header, payloadLength, _random.NextUInt16()));

    /// <summary>45 of 100 very short, 45 almost full, the rest anything between: 800 octets on average.</summary>
    private int FrameLength() => _random.Below(100) switch
    {
        < 45 => _random.Between(ShortestFrame, 140),
        < 90 => _random.Between(1440, LongestFrame),
        _ => _random.Between(ShortestFrame, LongestFrame),
    };

    private Connection NextConnection()
    {
        var ipv6 = _random.Percent(20);
        return new Connection
        {
            Client = new Endpoint(Host.Inside(_random, ipv6), (ushort)_random.Between(32768, 60999)),
            Server = new Endpoint(Host.Outside(_random, ipv6), HttpsPort),
            ClientSequence = _random.NextUInt32(),
            ServerSequence = _random.NextUInt32(),
            PacketsLeft = _random.Between(1, 400),
        };
    }

    private struct Connection
    {
        public Endpoint Client;
        public Endpoint Server;
        public uint ClientSequence;
        public uint ServerSequence;
        public int PacketsLeft;

        public readonly TcpHeader FromClient(TcpFlags flags) =>
            new(Client, Server, ClientSequence, ServerSequence, flags);

        public readonly TcpHeader FromServer(TcpFlags flags) =>
            new(Server, Client, ServerSequence, ClientSequence, flags);
    }
}
