using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

/// <summary>One query in an IP packet, between given bytes: a way to describe an encapsulation by its bytes alone.</summary>
internal static class EncapsulatedQuery
{
    private const int Id = 0x1234;

    public static CapturedPacket Packet(LinkType linkType, bool isIpv6, string before, string after)
    {
        var query = Udp(Query(Id));
        var data = Join(Hex(before), isIpv6 ? Ipv6(query) : Ipv4(query), Hex(after));
        return new CapturedPacket(data, data.Length, linkType, PacketTime.FromNanoseconds(Second), 1);
    }

    /// <summary>The query is found, whole and with its addresses; and no cut of the packet at any length makes anything throw.</summary>
    public static void AssertIsFound(string about, LinkType linkType, bool isIpv6, string before, string after, bool hasTunnel = false)
    {
        var packet = Packet(linkType, isIpv6, before, after);

        var payload = Assert.Single(Decoding.Run([packet]).Payloads);
        Assert.Equal(Query(Id), payload.Data);
        Assert.Equal(isIpv6 ? "2001:db8::10" : Client, payload.Source);
        Assert.True(hasTunnel == payload.Tunnels.Length > 0, about);
        for (var length = 0; length < packet.Data.Length; length++)
        {
            var cut = packet with { Data = packet.Data[..length] };
            Assert.InRange(Decoding.Run([cut]).Payloads.Count, 0, 1);
        }
    }
}
