using System.Buffers.Binary;
using WireDns.Fuzz.Reference;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as a schedule of TCP segments. The first octet says which kind.
/// <list type="bullet">
/// <item>Complete: one connection from its SYN on, whose segments come in any order, doubled, overlapping, in two versions. What comes out
/// must be, after each segment, what the plain way has.</item>
/// <item>Lossy: several connections with loss, resets, restarts, acknowledgements, jumps and cut packets, of which the decoder may follow
/// two. What comes out must have been sent.</item>
/// <item>Captured: packets as they are in captures.</item>
/// </list>
/// </summary>
internal sealed class TcpTarget : FuzzTarget
{
    private const int Connections = 3;
    private const byte Finish = 0x01;
    private const byte Synchronise = 0x02;
    private const byte Reset = 0x04;
    private const byte Acknowledge = 0x10;

    // The distance between the sequence numbers of a connection and of the one that reuses its ports: far more than any window.
    private const uint Far = 1 << 24;

    private readonly DecoderInspector _usual = new(new PacketDecoderOptions());
    private readonly DecoderInspector _tight = new(new PacketDecoderOptions
    {
        MaximumTcpConnections = 2,
        TcpMemoryInBytes = 1 << 20,
        MaximumTcpGapInBytes = 300,
        TcpIdleTimeout = TimeSpan.FromSeconds(5),
    });

    private readonly ServerFrames _frames = new();
    private readonly StreamContent _content = new();
    private readonly StreamContent[] _contents = [.. Enumerable.Range(0, Connections * 2).Select(_ => new StreamContent())];
    private readonly ReferenceStream _reference = new(StreamContent.MaximumLength);
    private readonly byte[] _payload = new byte[StreamContent.MaximumLength];
    private readonly DecoderInspector.PayloadAction _expectNext;
    private readonly DecoderInspector.PayloadAction _expectSent;

    public TcpTarget()
    {
        _expectNext = ExpectNext;
        _expectSent = ExpectSent;
    }

    public override string Name => "tcp";

    public override int MaximumLength => 4096;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        var mode = StreamContent.Take(ref input);
        switch (mode % 4)
        {
            case 0 or 1:
                RunComplete(input, features);
                break;
            case 2:
                RunLossy((mode & 4) != 0 ? _tight : _usual, input, features);
                break;
            default:
                PacketSequence.Decode((mode & 4) != 0 ? _tight : _usual, input, features);
                break;
        }
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        seeds.Add([0, 0, 3, 40, 50, 60, 0x02, 0, 0, 30, 0x00, 0, 0, 255, 0x01, 0, 64, 64]);
        seeds.Add([2, 4, 40, 0, 20, 30, 40, 4, 30, 30, 30, 30, 0x00, 0, 0, 0, 0x20, 0, 0, 64, 0x21, 0, 128, 64, 0x40, 0, 0, 0, 0x60, 0, 0, 0]);
        var packets = capture.Packets.Where(packet => packet.Data.Length is > 60 and < 1600).ToList();
        seeds.Add(PacketSequence.From(packets, 3, MaximumLength));
        seeds.Add(PacketSequence.From(packets.Skip(packets.Count / 2), 7, MaximumLength));
    }

    // An octet of options, the stream, then four octets for each segment: kind, position (2), length.
    private void RunComplete(ReadOnlySpan<byte> input, FeatureMap features)
    {
        var options = StreamContent.Take(ref input);
        input = _content.Fill(input);
        var content = _content.Bytes;
        var isIpv6 = (options & 1) != 0;
        var isFromServer = (options & 2) != 0;

        // Sequence numbers wrap in every stream that lives long enough.
        var initial = (options & 4) != 0 ? 0xffff_ffff - (uint)(options >> 3) : 1000;
        _reference.Clear();
        Decode(_usual, _frames.WriteTcp(isIpv6, isFromServer, 0, initial, 0, Synchronise, default), 0, features, null);
        for (; input.Length >= 4; input = input[4..])
        {
            var kind = input[0];
            var start = BinaryPrimitives.ReadUInt16BigEndian(input[1..]) % (content.Length + 1);
            var length = Math.Min(input[3] * ((kind & 2) != 0 ? 8 : 1), content.Length - start);
            var payload = _payload.AsSpan(0, length);
            content.Slice(start, length).CopyTo(payload);
            if ((kind & 1) != 0)
            {
                foreach (ref var octet in payload)
                {
                    octet ^= (kind & 4) != 0 ? (byte)0x55 : (byte)0x01;
                }
            }

            _reference.Add(start, payload);
            var frame = _frames.WriteTcp(isIpv6, isFromServer, 0, initial + 1 + (uint)start, 1, Acknowledge, payload);
            Decode(_usual, frame, 0, features, _expectNext);
            Invariant.Holds(!_reference.TryTake(out _, out _), "a message is delivered as soon as it is whole");
        }

        _usual.Finish(features);
    }

    private void ExpectNext(in TransportPayload payload)
    {
        Invariant.Holds(_reference.TryTake(out var message, out var isDisputed), "a message is delivered no sooner than it is whole");
        Invariant.Holds(payload.Data.SequenceEqual(message), "the octet that arrived first stays");
        Invariant.Holds(payload.HasOverlap || !isDisputed, "a message with octets in two versions is said to have them");
    }

    // The streams of both directions of each connection, then four octets for each packet: what and whose, position (2), length.
    private void RunLossy(DecoderInspector inspector, ReadOnlySpan<byte> input, FeatureMap features)
    {
        foreach (var content in _contents)
        {
            input = content.Fill(input);
        }

        var time = 0L;
        for (; input.Length >= 4; input = input[4..])
        {
            var client = (input[0] & 0x0f) % Connections;
            var isFromServer = (input[0] & 0x10) != 0;
            var life = (uint)(input[1] >> 6);
            var content = ContentOf(client, isFromServer).Bytes;
            var start = (BinaryPrimitives.ReadUInt16BigEndian(input[1..]) & 0x3fff) % (content.Length + 1);
            var payload = content.Slice(start, Math.Min((int)input[3], content.Length - start));
            var sequence = 1000 + (life * Far) + 1 + (uint)start;
            var acknowledgement = 1000 + (life * Far) + 1 + (uint)(input[3] * 16);
            time += 1_000_000;
            var cut = 0;
            byte flags = Acknowledge;
            switch (input[0] >> 5)
            {
                case 0:
                    sequence--;
                    sequence -= (uint)start;
                    flags = isFromServer ? (byte)(Synchronise | Acknowledge) : Synchronise;
                    payload = default;
                    break;
                case 1 or 2 or 3:
                    flags = 0;
                    break;
                case 4:
                    payload = default;
                    break;
                case 5:
                    flags = (byte)(Finish | ((input[3] & 1) != 0 ? Acknowledge : 0));
                    break;
                case 6:
                    flags = Reset;
                    payload = default;
                    time += input[3] * 100_000_000L;
                    break;
                default:
                    cut = payload.Length / 2;
                    break;
            }

            var frame = _frames.WriteTcp(false, isFromServer, client, sequence, acknowledgement, flags, payload);
            Decode(inspector, frame[..^cut], cut, features, _expectSent, time);
        }

        inspector.Finish(features, _expectSent);
    }

    private void ExpectSent(in TransportPayload payload)
    {
        var isFromServer = payload.SourcePort == 53;
        var client = (isFromServer ? payload.DestinationPort : payload.SourcePort) - 40_000;
        var framed = _payload.AsSpan(0, 2 + payload.Data.Length);
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)payload.Data.Length);
        payload.Data.CopyTo(framed[2..]);
        Invariant.Holds(ContentOf(client, isFromServer).Bytes.IndexOf(framed) >= 0, "what is delivered was sent");
    }

    private StreamContent ContentOf(int client, bool isFromServer) => _contents[(client * 2) + (isFromServer ? 1 : 0)];

    private static void Decode(
        DecoderInspector inspector, ReadOnlySpan<byte> frame, int cut, FeatureMap features, DecoderInspector.PayloadAction? action, long time = 1_000_000) =>
        inspector.Decode(LinkType.Ethernet, frame, frame.Length + cut, time, features, action);
}
