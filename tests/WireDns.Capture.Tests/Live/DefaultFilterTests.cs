using PacketDotNet;
using SharpPcap.LibPcap;
using WireDns.Wire;

namespace WireDns.Capture.Tests;

/// <summary>The default filters, compiled by libpcap and run over packets.</summary>
public sealed class DefaultFilterTests
{
    private static readonly byte[] Dns4 = Ipv4(Udp(new byte[20]));
    private static readonly byte[] Dns6 = Ipv6(Udp(new byte[20], 53, 40000));
    private static readonly byte[] DnsTcp = Ipv4(Tcp(0, [], source: 40000, destination: 53), 6);
    private static readonly byte[] Https = Ipv4(Tcp(0, [], source: 40000, destination: 443), 6);
    private static readonly byte[] LaterFragment = Ipv4(new byte[32], offset: 128);
    private static readonly byte[] Fragment6 = Ipv6(new byte[32], 44);

    public static TheoryData<string, byte[]> Wanted => new()
    {
        { "untagged UDP over IPv4", Ethernet(Dns4) },
        { "untagged UDP over IPv6", Ethernet(Dns6, 0x86dd) },
        { "untagged TCP", Ethernet(DnsTcp) },
        { "802.1Q", Ethernet(Tag(Dns4), 0x8100) },
        { "802.1Q, IPv6", Ethernet(Tag(Dns6, 0x86dd), 0x8100) },
        { "802.1ad and 802.1Q", Ethernet(Tag(Tag(Dns4), 0x8100), 0x88a8) },
        { "802.1Q twice, TCP", Ethernet(Tag(Tag(DnsTcp), 0x8100), 0x8100) },
        { "later IPv4 fragment", Ethernet(LaterFragment) },
        { "later IPv4 fragment, tagged", Ethernet(Tag(LaterFragment), 0x8100) },
        { "later IPv4 fragment, tagged twice", Ethernet(Tag(Tag(LaterFragment), 0x8100), 0x88a8) },
        { "IPv6 fragment", Ethernet(Fragment6, 0x86dd) },
        { "IPv6 fragment, tagged", Ethernet(Tag(Fragment6, 0x86dd), 0x8100) },
        { "GRE", Ethernet(Ipv4(new byte[32], 47)) },
        { "GRE over IPv6", Ethernet(Ipv6(new byte[32], 47), 0x86dd) },
        { "IP in IP", Ethernet(Ipv4(Dns4, 4)) },
        { "IPv6 in IPv4", Ethernet(Ipv4(Dns6, 41)) },
        { "EtherIP", Ethernet(Ipv4(new byte[32], 97)) },
        { "VXLAN", Ethernet(Ipv4(Udp(new byte[20], 40000, 4789))) },
        { "VXLAN, old port, tagged", Ethernet(Tag(Ipv4(Udp(new byte[20], 40000, 8472))), 0x8100) },
        { "GENEVE", Ethernet(Ipv4(Udp(new byte[20], 40000, 6081))) },
        { "GTP-U", Ethernet(Ipv4(Udp(new byte[20], 2152, 2152))) },
        { "MPLS", Ethernet([0, 0, 0x11, 0xff, .. Dns4], 0x8847) },
        { "PPPoE", Ethernet([0x11, 0, 0, 1, 0, 50, 0, 0x21, .. Dns4], 0x8864) },
        { "PPPoE, tagged", Ethernet(Tag([0x11, 0, 0, 1, 0, 50, 0, 0x21, .. Dns4], 0x8864), 0x8100) },
    };

    public static TheoryData<string, byte[]> Unwanted => new()
    {
        { "HTTPS", Ethernet(Https) },
        { "HTTPS, tagged", Ethernet(Tag(Https), 0x8100) },
        { "HTTPS, tagged twice", Ethernet(Tag(Tag(Https), 0x8100), 0x88a8) },
        { "UDP to another port", Ethernet(Ipv4(Udp(new byte[20], 40000, 5300))) },
        { "first IPv4 fragment of something else", Ethernet(Ipv4(Udp(new byte[20], 40000, 5300), more: true)) },
        { "do-not-fragment is no offset", Ethernet(Ipv4(Tcp(0, [], source: 40000, destination: 443), 6, doNotFragment: true)) },
        { "IPv6, ICMP", Ethernet(Ipv6(new byte[32], 58), 0x86dd) },
        { "ARP", Ethernet(new byte[46], 0x0806) },
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
        var mdns = Ipv4(Udp(new byte[20], 5353, 5353));
        Assert.True(program.Matches(Ethernet(mdns)));
        Assert.True(program.Matches(Ethernet(Tag(mdns), 0x8100)));
        Assert.True(program.Matches(Ethernet(Tag(Tag(mdns), 0x8100), 0x8100)));
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
