using System.Buffers.Binary;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Streams to port 53 that cost a reassembler memory or time and never bring a message to its end: half-open
/// connections from millions of ports, lengths of 64 KiB of which an octet arrives now and then, segments far ahead,
/// and noise in which every few octets look like the start of a message.
/// </summary>
internal sealed class TcpFlood
{
    private const ushort DnsPort = 53;
    private const int DribblingStreams = 1 << 16;
    private const int FarAheadStreams = 1 << 14;
    private const int LongestPayload = 1400;

    private readonly Xoshiro256 _random;
    private readonly Noise _noise;
    private readonly Host[] _victims = new Host[16];
    private readonly Stream[] _dribbling = new Stream[DribblingStreams];
    private readonly Stream[] _farAhead = new Stream[FarAheadStreams];

    /// <summary>Starts with streams of which nothing has been sent.</summary>
    public TcpFlood(Xoshiro256 random, Noise noise)
    {
        _random = random;
        _noise = noise;
        for (var index = 0; index < _victims.Length; index++)
        {
            _victims[index] = Host.Outside(random, ipv6: index % 4 == 0);
        }
    }

    /// <summary>A SYN of a connection that is never heard of again; one in eight with data (RFC 7413).</summary>
    public void WriteHalfOpen(PcapWriter writer)
    {
        var stream = NextStream();
        var frame = writer.Frame;
        var length = 0;
        if (_random.Below(8) == 0)
        {
            length = _random.Between(1, 40);
            var payload = Payload(frame, stream, length);
            if (length >= 2)
            {
                BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)_random.Between(1000, 65535));
            }
        }

        Write(writer, frame, stream, stream.Next, TcpFlags.Syn, length);
    }

    /// <summary>A length of at least 60,000 first, then one to three octets a segment, in order.</summary>
    public void WriteDribble(PcapWriter writer)
    {
        ref var stream = ref _dribbling[_random.Below(DribblingStreams)];
        var frame = writer.Frame;
        if (stream.Source.Port == 0 || _random.Below(256) == 0)
        {
            stream = NextStream();
            if (_random.Percent(80))
            {
                Write(writer, frame, stream, stream.Next++, TcpFlags.Syn, 0);
                stream.AwaitsLength = true;
                return;
            }

            stream.AwaitsLength = true;
        }

        var length = stream.AwaitsLength ? 2 : _random.Between(1, 3);
        var payload = Payload(frame, stream, length);
        if (stream.AwaitsLength)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)_random.Between(60_000, 65_535));
            stream.AwaitsLength = false;
        }

        Write(writer, frame, stream, stream.Next, TcpFlags.Acknowledge | TcpFlags.Push, length);
        stream.Next += (uint)length;
    }

    /// <summary>
    /// A segment beyond what is expected next: an octet with a gap of one before it, a full one anywhere in the
    /// window, or one up to 2^31 ahead. What is expected never arrives.
    /// </summary>
    public void WriteFarAhead(PcapWriter writer)
    {
        ref var stream = ref _farAhead[_random.Below(FarAheadStreams)];
        var frame = writer.Frame;
        if (stream.Source.Port == 0 || _random.Below(512) == 0)
        {
            stream = NextStream();
            Write(writer, frame, stream, stream.Next++, TcpFlags.Syn, 0);
            return;
        }

        switch (_random.Below(10))
        {
            case < 6:
                stream.Next += 2;
                _ = Payload(frame, stream, 1);
                Write(writer, frame, stream, stream.Next, TcpFlags.Acknowledge, 1);
                break;
            case < 8:
                var length = _random.Between(1, _random.Percent(80) ? 40 : LongestPayload);
                _ = Payload(frame, stream, length);
                var sequence = stream.Next + (uint)_random.Between(2, 60_000);
                Write(writer, frame, stream, sequence, TcpFlags.Acknowledge, length);
                break;
            default:
                _ = Payload(frame, stream, 4);
                Write(writer, frame, stream, stream.Next + (uint)_random.Between(1 << 20, int.MaxValue - 1),
                    TcpFlags.Acknowledge, 4);
                break;
        }
    }

    /// <summary>
    /// A segment of a stream without a beginning, which a decoder must search for a message: the start of a message
    /// whose end never comes, such starts every few octets, or another protocol.
    /// </summary>
    public void WriteResyncBait(PcapWriter writer)
    {
        var stream = NextStream();
        var frame = writer.Frame;
        var length = _random.Between(14, _random.Percent(80) ? 120 : LongestPayload);
        var payload = Payload(frame, stream, length);
        switch (_random.Below(4))
        {
            case 0:
                WriteMessageStart(payload, messageLength: (ushort)_random.Between(length, 65_535));
                break;
            case 1:
                // Each start says that the message continues past this segment's end.
                for (var offset = 0; offset + 14 <= length; offset += _random.Between(1, 14))
                {
                    WriteMessageStart(payload[offset..], messageLength: (ushort)_random.Between(length, 65_535));
                }

                break;
            case 2:
                // A sound length and header, then a name that ends nowhere: labels up to the end.
                WriteMessageStart(payload, messageLength: (ushort)(length - 2));
                payload[14..].Fill(1);
                break;
            default:
                "GET / HTTP/1.1"u8.CopyTo(payload);
                break;
        }

        Write(writer, frame, stream, stream.Next, TcpFlags.Acknowledge | TcpFlags.Push, length);
    }

    private void WriteMessageStart(Span<byte> payload, ushort messageLength)
    {
        BinaryPrimitives.WriteUInt16BigEndian(payload, messageLength);
        BinaryPrimitives.WriteUInt16BigEndian(payload[2..], _random.NextUInt16());
        ReadOnlySpan<byte> flagsAndCounts = [0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 0];
        flagsAndCounts.CopyTo(payload[4..]);
    }

    private Span<byte> Payload(Span<byte> frame, in Stream stream, int length)
    {
        var payload = frame.Slice(Frame.TcpPayloadOffset(stream.Source.Host.IsIpv6), length);
        _noise.CopyTo(payload);
        return payload;
    }

    private void Write(
        PcapWriter writer, Span<byte> frame, in Stream stream, uint sequence, TcpFlags flags, int payloadLength) =>
        writer.Commit(Frame.WriteTcp(
            frame,
            new TcpHeader(stream.Source, stream.Destination, sequence, Acknowledgment: 0, flags),
            payloadLength,
            _random.NextUInt16()));

    private Stream NextStream()
    {
        var victim = _victims[_random.Below(_victims.Length)];
        return new Stream
        {
            Source = new Endpoint(Host.Outside(_random, victim.IsIpv6), (ushort)_random.Between(1024, 65535)),
            Destination = new Endpoint(victim, DnsPort),
            Next = _random.NextUInt32(),
        };
    }

    private struct Stream
    {
        public Endpoint Source;
        public Endpoint Destination;
        public uint Next;
        public bool AwaitsLength;
    }
}
