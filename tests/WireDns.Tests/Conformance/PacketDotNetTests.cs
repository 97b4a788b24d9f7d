using PacketDotNet;
using WireDns.Capture.Files;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Tests.Conformance;

/// <summary>
/// PacketDotNet's view of every packet of the public captures that it can read: whatever it finds in a datagram on port 53, innermost
/// first, we find too, with the same ends.
/// </summary>
public sealed class PacketDotNetTests
{
    private const int DnsPort = 53;

    public static TheoryData<string> Captures => SharedCapture.Names;

    [Theory]
    [MemberData(nameof(Captures))]
    public void Reads_every_datagram_that_PacketDotNet_reads(string name)
    {
        var capture = SharedCapture.Named(name);
        var ours = new List<string>();
        var theirs = new List<string>();
        Read(capture.Path, ours, theirs);

        Assert.Empty(theirs.Except(ours));
    }

    [Fact]
    public void Thousands_of_datagrams_are_compared()
    {
        var theirs = new List<string>();
        foreach (var capture in SharedCapture.All())
        {
            Read(capture.Path, [], theirs);
        }

        Assert.True(theirs.Count > 20_000, $"{theirs.Count}");
    }

    private static void Read(string path, List<string> ours, List<string> theirs)
    {
        var decoder = new PacketDecoder(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
        try
        {
            using var reader = CaptureFileReader.Open(path);
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    Collect(decoder.Decode(packet), ours);
                    if (TryParse(packet) is { } datagram)
                    {
                        theirs.Add(datagram);
                    }
                }
            }
        }
        catch (CaptureFormatException)
        {
            // A broken capture: what came before the damage is compared.
        }
    }

    private static void Collect(PayloadReader payloads, List<string> ours)
    {
        while (payloads.TryRead(out var payload))
        {
            if (payload.Transport == Wire.Net.Transport.Udp)
            {
                ours.Add(Describe(
                    payload.PacketNumber, payload.Source.ToString(), payload.SourcePort,
                    payload.Destination.ToString(), payload.DestinationPort, payload.Data));
            }
        }
    }

    // It throws on much that is malformed or unknown to it, and does not read fragments; those packets are not compared.
    private static string? TryParse(in Wire.Packet packet)
    {
        if (packet.OriginalLength > packet.Data.Length)
        {
            return null;
        }

        try
        {
            PacketDotNet.Packet? layer = PacketDotNet.Packet.ParsePacket(LayersOf(packet.LinkType), packet.Data.ToArray());
            (IPPacket Ip, UdpPacket Udp)? innermost = null;
            IPPacket? ip = null;
            for (; layer is not null; layer = layer.PayloadPacket)
            {
                if (layer is IcmpV4Packet or IcmpV6Packet or IPv4Packet { FragmentOffset: not 0 } or IPv4Packet { FragmentFlags: 1 })
                {
                    return null;
                }

                ip = layer as IPPacket ?? ip;
                innermost = layer is UdpPacket udp && ip is not null ? (ip, udp) : innermost;
            }

            return innermost is var (carrier, datagram) && (datagram.SourcePort == DnsPort || datagram.DestinationPort == DnsPort)
                && (datagram.PayloadData?.Length ?? -1) == datagram.Length - UdpFields.HeaderLength
                ? Describe(
                    packet.Number, carrier.SourceAddress.ToString(), datagram.SourcePort,
                    carrier.DestinationAddress.ToString(), datagram.DestinationPort, datagram.PayloadData)
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IndexOutOfRangeException
            or NotImplementedException or NotSupportedException or OverflowException)
        {
            return null;
        }
    }

    private static LinkLayers LayersOf(LinkType linkType) => linkType switch
    {
        LinkType.Raw or LinkType.RawBsd or LinkType.RawOpenBsd => LinkLayers.Raw,
        _ => (LinkLayers)linkType,
    };

    private static string Describe(
        long frame, string source, int sourcePort, string destination, int destinationPort, ReadOnlySpan<byte> data) =>
        $"{frame} {source} {sourcePort} {destination} {destinationPort} {Convert.ToHexStringLower(data)}";
}
