using PacketDotNet;
using SharpPcap.LibPcap;
using WireDns.Wire;

namespace WireDns.Capture.Tests.Live;

/// <summary>The default filters, compiled by libpcap and run over packets.</summary>
public sealed class DefaultFilterTests
{
    private static readonly byte[] Dns4 = Frames.Ipv4(17, Frames.Udp(40000, 53));
    private static readonly byte[] Dns6 = Frames.Ipv6(17, Frames.Udp(53, 40000));
    private static readonly byte[] DnsTcp = Frames.Ipv4(6, Frames.Tcp(40000, 53));
    private static readonly byte[] Https = Frames.Ipv4(6, Frames.Tcp(40000, 443));
    private static readonly byte[] LaterFragment = Frames.Ipv4(17, new byte[32], fragment: 0x0010);
    private static readonly byte[] Fragment6 = Frames.Ipv6(44, new byte[32]);

    public static TheoryData<string, byte[]> Wanted => new()
    {
        { "untagged UDP over IPv4", Frames.Ethernet(0x0800, Dns4) },
        { "untagged UDP over IPv6", Frames.Ethernet(0x86dd, Dns6) },
        { "untagged TCP", Frames.Ethernet(0x0800, DnsTcp) },
        { "802.1Q", Frames.Ethernet(0x8100, Frames.Tag(0x0800, Dns4)) },
        { "802.1Q, IPv6", Frames.Ethernet(0x8100, Frames.Tag(0x86dd, Dns6)) },
        { "802.1ad and 802.1Q", Frames.Ethernet(0x88a8, Frames.Tag(0x8100, Frames.Tag(0x0800, Dns4))) },
        { "802.1Q twice, TCP", Frames.Ethernet(0x8100, Frames.Tag(0x8100, Frames.Tag(0x0800, DnsTcp))) },
        { "later IPv4 fragment", Frames.Ethernet(0x0800, LaterFragment) },
        { "later IPv4 fragment, tagged", Frames.Ethernet(0x8100, Frames.Tag(0x0800, LaterFragment)) },
        { "later IPv4 fragment, tagged twice", Frames.Ethernet(0x88a8, Frames.Tag(0x8100, Frames.Tag(0x0800, LaterFragment))) },
        { "IPv6 fragment", Frames.Ethernet(0x86dd, Fragment6) },
        { "IPv6 fragment, tagged", Frames.Ethernet(0x8100, Frames.Tag(0x86dd, Fragment6)) },
        { "GRE", Frames.Ethernet(0x0800, Frames.Ipv4(47, new byte[32])) },
        { "GRE over IPv6", Frames.Ethernet(0x86dd, Frames.Ipv6(47, new byte[32])) },
        { "IP in IP", Frames.Ethernet(0x0800, Frames.Ipv4(4, Dns4)) },
        { "IPv6 in IPv4", Frames.Ethernet(0x0800, Frames.Ipv4(41, Dns6)) },
        { "EtherIP", Frames.Ethernet(0x0800, Frames.Ipv4(97, new byte[32])) },
        { "VXLAN", Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(40000, 4789))) },
        { "VXLAN, old port, tagged", Frames.Ethernet(0x8100, Frames.Tag(0x0800, Frames.Ipv4(17, Frames.Udp(40000, 8472)))) },
        { "GENEVE", Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(40000, 6081))) },
        { "GTP-U", Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(2152, 2152))) },
        { "MPLS", Frames.Ethernet(0x8847, [0, 0, 0x11, 0xff, .. Dns4]) },
        { "PPPoE", Frames.Ethernet(0x8864, [0x11, 0, 0, 1, 0, 50, 0, 0x21, .. Dns4]) },
        { "PPPoE, tagged", Frames.Ethernet(0x8100, Frames.Tag(0x8864, [0x11, 0, 0, 1, 0, 50, 0, 0x21, .. Dns4])) },
    };

    public static TheoryData<string, byte[]> Unwanted => new()
    {
        { "HTTPS", Frames.Ethernet(0x0800, Https) },
        { "HTTPS, tagged", Frames.Ethernet(0x8100, Frames.Tag(0x0800, Https)) },
        { "HTTPS, tagged twice", Frames.Ethernet(0x88a8, Frames.Tag(0x8100, Frames.Tag(0x0800, Https))) },
        { "UDP to another port", Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(40000, 5300))) },
        { "first IPv4 fragment of something else", Frames.Ethernet(0x0800, Frames.Ipv4(17, Frames.Udp(40000, 5300), fragment: 0x2000)) },
        { "do-not-fragment is no offset", Frames.Ethernet(0x0800, Frames.Ipv4(6, Frames.Tcp(40000, 443), fragment: 0x4000)) },
        { "IPv6, ICMP", Frames.Ethernet(0x86dd, Frames.Ipv6(58, new byte[32])) },
        { "ARP", Frames.Ethernet(0x0806, new byte[46]) },
    };

    [Theory]
    [MemberData(nameof(Wanted))]
    public void Lets_dns_and_what_may_hold_it_through_on_ethernet(string description, byte[] frame)
    {
        using var program = Compile(LinkType.Ethernet, [53]);
        Assert.True(program.Matches(frame), description);
    }

    [Theory]
    [MemberData(nameof(Unwanted))]
    public void Lets_nothing_else_through_on_ethernet(string description, byte[] frame)
    {
        using var program = Compile(LinkType.Ethernet, [53]);
        Assert.False(program.Matches(frame), description);
    }

    [Theory]
    [InlineData("NULL, IPv4 in little-endian order", LinkType.Null, "02000000")]
    [InlineData("LOOP", LinkType.Loop, "00000002")]
    [InlineData("raw, as Linux has it in memory", LinkType.RawBsd, "")]
    [InlineData("raw IPv4", LinkType.Ipv4, "")]
    [InlineData("Linux cooked", LinkType.LinuxSll, "00000001000600000000000000000800")]
    [InlineData("Linux cooked, version 2", LinkType.LinuxSll2, "0800000000000002000100060000000000000000")]
    [InlineData("PPP", LinkType.Ppp, "ff030021")]
    [InlineData("PPP in HDLC-like framing", LinkType.PppHdlc, "ff030021")]
    [InlineData("Cisco HDLC", LinkType.CiscoHdlc, "0f000800")]
    public void Lets_dns_through_and_nothing_else_on_other_link_types(string description, LinkType linkType, string header)
    {
        using var program = Compile(linkType, [53]);
        var link = Convert.FromHexString(header);
        Assert.True(program.Matches([.. link, .. Dns4]), description);
        Assert.True(program.Matches([.. link, .. DnsTcp]), description);
        Assert.True(program.Matches([.. link, .. LaterFragment]), description);
        Assert.False(program.Matches([.. link, .. Https]), description);
    }

    [Theory]
    [InlineData(LinkType.Ipv6)]
    [InlineData(LinkType.Ieee80211)]
    [InlineData(LinkType.Ieee80211Radiotap)]
    [InlineData(LinkType.Ppi)]
    public void Compiles_for_every_link_type_that_can_be_filtered(LinkType linkType) => Compile(linkType, [53, 5353, 5355]).Dispose();

    [Fact]
    public void Is_none_for_a_link_type_that_libpcap_cannot_filter()
    {
        Assert.Null(DefaultFilter.For(LinkType.NfLog, [53]).Expression);
        Assert.Null(DefaultFilter.For((LinkType)9999, [53]).Expression);
    }

    [Fact]
    public void Has_every_port_of_the_list_at_every_depth_of_tags()
    {
        using var program = Compile(LinkType.Ethernet, [53, 5353]);
        var mdns = Frames.Ipv4(17, Frames.Udp(5353, 5353));
        Assert.True(program.Matches(Frames.Ethernet(0x0800, mdns)));
        Assert.True(program.Matches(Frames.Ethernet(0x8100, Frames.Tag(0x0800, mdns))));
        Assert.True(program.Matches(Frames.Ethernet(0x8100, Frames.Tag(0x8100, Frames.Tag(0x0800, mdns)))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65536)]
    [InlineData(-1)]
    public void Refuses_a_port_that_is_none(int port) =>
        Assert.Throws<ArgumentException>(() => DefaultFilter.For(LinkType.Ethernet, [53, port]));

    [Fact]
    public void Says_what_it_sees_and_what_it_misses()
    {
        var lines = DefaultFilter.For(LinkType.Ethernet, [53]).Describe();
        Assert.Contains(lines, line => line.Contains("port 53", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("more than two VLAN tags", StringComparison.Ordinal));
    }

    private static BpfProgram Compile(LinkType linkType, int[] ports)
    {
        LiveTests.SkipWithoutLibpcap();
        return BpfProgram.Create((LinkLayers)(int)linkType, DefaultFilter.For(linkType, ports).Expression!);
    }
}
