using System.Buffers.Binary;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Fuzz.Targets;

/// <summary>
/// Reads the input as one packet: the first octet is the link type, the second how much the snap length cut off, the rest is the packet.
/// A packet is decoded twice, with the same result; an Ethernet frame also after a PPI header, which keeps it off the fast path that plain
/// frames take.
/// </summary>
internal sealed class PacketTarget : FuzzTarget
{
    private const int PrefixLength = 2;
    private const int PpiHeaderLength = 8;

    private readonly DecoderInspector _inspector = new(new PacketDecoderOptions { EncryptedDnsResolvers = [NetAddress.FromIpv4([8, 8, 8, 8])] });
    private readonly byte[] _wrapped = new byte[PpiHeaderLength + 4096];

    public PacketTarget()
    {
        // Version 0, flags 0, a header of 8 bytes, and what follows it (PPI 1.0.10 §3).
        BinaryPrimitives.WriteUInt16LittleEndian(_wrapped.AsSpan(2), PpiHeaderLength);
        BinaryPrimitives.WriteUInt32LittleEndian(_wrapped.AsSpan(4), (uint)LinkType.Ethernet);
    }

    public override string Name => "packet";

    public override int MaximumLength => 2048;

    public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
    {
        if (input.Length < PrefixLength)
        {
            return;
        }

        var linkType = LinkTypes.Get(input[0]);
        int cut = input[1];
        var data = input[PrefixLength..];
        var (outcome, end) = Decode(linkType, data, cut, features);
        Invariant.Holds((outcome, end) == Decode(linkType, data, cut, features), "the end leaves nothing that changes what comes next");
        if (linkType == LinkType.Ethernet && data.Length > 0)
        {
            data.CopyTo(_wrapped.AsSpan(PpiHeaderLength));
            var wrapped = Decode(LinkType.Ppi, _wrapped.AsSpan(0, PpiHeaderLength + data.Length), cut, features);
            Invariant.Holds((outcome, end) == wrapped, "the short way comes to the same end");
        }
    }

    public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds)
    {
        foreach (var packet in capture.Packets)
        {
            var cut = Math.Clamp(packet.OriginalLength - packet.Data.Length, 0, byte.MaxValue);
            seeds.Add([LinkTypes.IndexOf(packet.LinkType), (byte)cut, .. packet.Data]);
        }
    }

    private (ulong Outcome, ulong End) Decode(LinkType linkType, ReadOnlySpan<byte> data, int cut, FeatureMap features)
    {
        _inspector.Decode(linkType, data, data.Length + cut, time: 1_000_000_000, features);
        var outcome = _inspector.Outcome;
        _inspector.Finish(features);
        return (outcome, _inspector.Outcome);
    }
}
