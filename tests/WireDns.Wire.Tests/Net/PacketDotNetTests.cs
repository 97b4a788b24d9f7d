using PacketDotNet;

namespace WireDns.Wire.Tests.Net;

/// <summary>UDP payloads of the shared captures, against those that PacketDotNet finds in the same frames.</summary>
public sealed class PacketDotNetTests
{
    [Fact]
    public void Agrees_about_every_datagram_in_ethernet_and_ip()
    {
        Assert.NotEmpty(TestPaths.Root);
        var compared = 0;
        foreach (var (_, packets) in TestCaptures.Shared())
        {
            var ethernet = packets.Where(packet => packet.LinkType == LinkType.Ethernet && packet.OriginalLength == packet.Data.Length).ToList();
            var got = Decoding.Run(ethernet).Payloads.Where(payload => payload.Transport == Wire.Net.Transport.Udp && payload.Tunnels.Length == 0)
                .ToLookup(payload => payload.Frame);
            foreach (var packet in ethernet)
            {
                if (Parse(packet) is not var (ip, datagram))
                {
                    continue;
                }

                var payload = Assert.Single(got[packet.Number]);
                Assert.Equal(datagram.PayloadData ?? [], payload.Data);
                Assert.Equal(
                    (ip.SourceAddress.ToString(), (int)datagram.SourcePort, ip.DestinationAddress.ToString(), (int)datagram.DestinationPort),
                    (payload.Source, payload.SourcePort, payload.Destination, payload.DestinationPort));
                compared++;
            }
        }

        Assert.True(compared > 2000, $"{compared} datagrams");
    }

    // A datagram on port 53 that the other library reads in full; it does not read fragments and throws on malformed input.
    private static (IPPacket Ip, UdpPacket Datagram)? Parse(CapturedPacket packet)
    {
        try
        {
            var frame = PacketDotNet.Packet.ParsePacket(LinkLayers.Ethernet, packet.Data.ToArray());
            var inner = frame.PayloadPacket is Ieee8021QPacket tag ? tag.PayloadPacket : frame.PayloadPacket;
            return inner is IPPacket ip && ip.PayloadPacket is UdpPacket udp && (udp.SourcePort == 53 || udp.DestinationPort == 53)
                && (udp.PayloadData?.Length ?? -1) == udp.Length - UdpFields.HeaderLength
                && ip is not IPv4Packet { FragmentOffset: not 0 } and not IPv4Packet { FragmentFlags: 1 } ? (ip, udp) : null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or IndexOutOfRangeException
            or NotImplementedException or NotSupportedException or OverflowException)
        {
            return null;
        }
    }
}
