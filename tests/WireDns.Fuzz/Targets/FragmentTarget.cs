using System.Buffers.Binary;
using WireDns.Fuzz.Reference;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as a schedule of fragments of a few datagrams, in any order, doubled, overlapping, in two versions, with lengths that
/// are impossible and pauses between them: after each, what comes out must be what the plain way has. Or, as the first octet says, as packets
/// as they are in captures.
/// </summary>
internal sealed class FragmentTarget : FuzzTarget
{
    private const int Datagrams = 3;
    private const int MaximumDatagramLength = 5000;
    private const int UdpHeaderLength = 8;

    private readonly DecoderInspector _usual = new(new PacketDecoderOptions());
    private readonly DecoderInspector _tight = new(new PacketDecoderOptions
    {
        MaximumFragmentedDatagrams = 2,
        FragmentMemoryInBytes = 1 << 20,
        FragmentTimeout = TimeSpan.FromSeconds(3),
    });

    private readonly ServerFrames _frames = new();
    private readonly byte[][] _contents = [.. Enumerable.Range(0, Datagrams).Select(_ => new byte[MaximumDatagramLength])];
    private readonly int[] _lengths = new int[Datagrams];
    private readonly ReferenceDatagram[] _references = [.. Enumerable.Range(0, Datagrams).Select(_ => new ReferenceDatagram(MaximumDatagramLength * 2))];
    private readonly byte[] _payload = new byte[MaximumDatagramLength];
    private readonly byte[] _expected = new byte[MaximumDatagramLength * 2];
    private readonly DecoderInspector.PayloadAction _expectOne;
    private int _expectedLength;
    private bool _isExpectedDisputed;

    public FragmentTarget() => _expectOne = ExpectOne;

    public override string Name => "fragments";

    public override int MaximumLength => 4096;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        var mode = StreamContent.Take(ref input);
        if (mode % 4 == 3)
        {
            PacketSequence.Decode((mode & 4) != 0 ? _tight : _usual, input, features);
        }
        else
        {
            RunSchedule(mode % 4 == 1, input, features);
        }
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        seeds.Add([0, 10, 20, 30, 0x00, 0, 0, 1, 0x00, 0, 2, 40, 0x01, 0, 0, 3, 0x09, 0, 1, 9, 0x02, 0, 0, 255]);
        seeds.Add([1, 100, 200, 250, 0x00, 0, 0, 99, 0x00, 0, 100, 99, 0x00, 0, 200, 255, 0x41, 0, 0, 3, 0x01, 0, 4, 255]);
        seeds.Add(PacketSequence.From(capture.Packets.Where(packet => packet.Data.Length is > 60 and < 1600), 3, MaximumLength));
        seeds.Add(PacketSequence.From(capture.Packets.Where(packet => packet.Data.Length is > 60 and < 400), 7, MaximumLength));
    }

    // An octet for the length of each datagram, then four octets for each fragment: kind, offset in units of 8 (2), length in units of 8.
    private void RunSchedule(bool isIpv6, ReadOnlySpan<byte> input, FeatureMap features)
    {
        for (var i = 0; i < Datagrams; i++)
        {
            Fill(i, UdpHeaderLength + (StreamContent.Take(ref input) * 17));
            _references[i].Clear();
        }

        var now = 1_000_000_000L;
        for (; input.Length >= 4; input = input[4..])
        {
            var kind = input[0];
            var which = (kind & 3) % Datagrams;
            var total = _lengths[which];
            var offset = BinaryPrimitives.ReadUInt16BigEndian(input[1..]) % ((total / 8) + 1) * 8;
            var length = Math.Min((input[3] + 1) * 8, total - offset);
            var hasMore = offset + length < total;
            var payload = _payload.AsSpan(0, length);
            _contents[which].AsSpan(offset, length).CopyTo(payload);
            if ((kind & 4) != 0)
            {
                Disturb(payload, offset);
            }

            if ((kind & 0x18) == 0x18)
            {
                // A length that is not a multiple of 8, or an end before the end.
                payload = payload[..(length - (length > 3 ? 3 : 0))];
            }
            else if ((kind & 0x38) == 0x30)
            {
                hasMore = !hasMore;
            }

            now += kind >= 0xc0 ? 25_000_000_000 : 1_000_000;
            var datagram = _references[which].Add(isIpv6, offset, hasMore, payload, now, out var isDisputed);
            Expect(datagram, isIpv6, isDisputed);
            var frame = _frames.WriteFragment(isIpv6, which + 1, offset, hasMore, payload);
            _usual.Decode(LinkType.Ethernet, frame, frame.Length, now, features, _expectOne);
            Invariant.Holds(_expectedLength < 0, "a datagram is delivered as soon as it is whole");
        }

        _usual.Finish(features, _expectOne);
    }

    private void Fill(int which, int length)
    {
        _lengths[which] = length;
        var content = _contents[which].AsSpan(0, length);
        var noise = (ulong)(which + 1);
        foreach (ref var octet in content)
        {
            noise = (noise * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407;
            octet = (byte)(noise >> 56);
        }

        BinaryPrimitives.WriteUInt16BigEndian(content, 53);
        BinaryPrimitives.WriteUInt16BigEndian(content[2..], 4000);
        BinaryPrimitives.WriteUInt16BigEndian(content[4..], (ushort)length);
        content[6..8].Clear();
    }

    // Different bytes, except for the ports and the length.
    private static void Disturb(Span<byte> payload, int offset)
    {
        for (var i = offset == 0 ? UdpHeaderLength : 0; i < payload.Length; i++)
        {
            payload[i] ^= 0x33;
        }
    }

    private void Expect(ReadOnlySpan<byte> datagram, bool isIpv6, bool isDisputed)
    {
        _expectedLength = -1;
        if (datagram.Length < UdpHeaderLength)
        {
            return;
        }

        // A length that promises more than there is: the datagram is read as far as it goes.
        var length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(datagram[4..]), datagram.Length);
        if (length >= UdpHeaderLength || isIpv6)
        {
            _expectedLength = length - UdpHeaderLength;
            _isExpectedDisputed = isDisputed;
            datagram.Slice(UdpHeaderLength, _expectedLength).CopyTo(_expected);
        }
    }

    private void ExpectOne(in TransportPayload payload)
    {
        Invariant.Holds(_expectedLength >= 0, "a datagram is delivered no sooner than it is whole");
        Invariant.Holds(payload.Data.SequenceEqual(_expected.AsSpan(0, _expectedLength)), "the octet that arrived first stays");
        Invariant.Holds(payload.HasOverlap == _isExpectedDisputed, "a datagram with octets in two versions is said to have them");
        _expectedLength = -1;
    }
}
