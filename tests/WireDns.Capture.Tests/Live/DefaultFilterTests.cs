using WireDns.Wire;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Capture.Tests.Live;

/// <summary>The default filters, run over packets.</summary>
public sealed class DefaultFilterTests
{
    private static readonly byte[] Dns4 = Ipv4(Udp(new byte[20], 40000, 53));
    private static readonly byte[] Dns6 = Ipv6(Udp(new byte[20], 53, 40000));
    private static readonly byte[] DnsTcp = Ipv4(Tcp(0, [], source: 40000, destination: 53), 6);
    private static readonly byte[] Https = Ipv4(Tcp(0, [], source: 40000, destination: 443), 6);
    private static readonly byte[] LaterFragment = Ipv4(new byte[32], offset: 128);
    private static readonly byte[] Fragment6 = Ipv6(new byte[32], 44);
    private static readonly byte[] WithOptions = [0x46, .. Dns4[1..20], 1, 1, 1, 0, .. Dns4[20..]];

    /// <summary>What is let through after a header that ends with an EtherType, and how deep the tags are.</summary>
    public static TheoryData<string, int, byte[]> Wanted => new()
    {
        { "UDP over IPv4", 0x0800, Dns4 },
        { "UDP over IPv6", 0x86dd, Dns6 },
        { "TCP", 0x0800, DnsTcp },
        { "IPv4 options", 0x0800, WithOptions },
        { "later IPv4 fragment", 0x0800, LaterFragment },
        { "IPv6 fragment", 0x86dd, Fragment6 },
        { "IPv6 hop-by-hop options", 0x86dd, Ipv6([17, 0, 1, 4, 0, 0, 0, 0, .. Udp(new byte[20], 40000, 53)], 0) },
        { "GRE", 0x0800, Ipv4(new byte[32], 47) },
        { "GRE over IPv6", 0x86dd, Ipv6(new byte[32], 47) },
        { "IP in IP", 0x0800, Ipv4(Dns4, 4) },
        { "IPv6 in IPv4", 0x0800, Ipv4(Dns6, 41) },
        { "EtherIP", 0x0800, Ipv4(new byte[32], 97) },
        { "VXLAN", 0x0800, Ipv4(Udp(new byte[20], 40000, 4789)) },
        { "VXLAN, old port", 0x0800, Ipv4(Udp(new byte[20], 40000, 8472)) },
        { "GENEVE over IPv6", 0x86dd, Ipv6(Udp(new byte[20], 40000, 6081)) },
        { "GTP-U", 0x0800, Ipv4(Udp(new byte[20], 2152, 2152)) },
        { "MPLS", 0x8847, [0, 0, 0x11, 0xff, .. Dns4] },
        { "PPPoE", 0x8864, [0x11, 0, 0, 1, 0, 50, 0, 0x21, .. Dns4] },
        { "TRILL", 0x22f3, new byte[60] },
        { "LLC", 60, [0xaa, 0xaa, 3, 0, 0, 0, 8, 0, .. Dns4] },
    };

    public static TheoryData<string, int, byte[]> Unwanted => new()
    {
        { "HTTPS", 0x0800, Https },
        { "HTTPS over IPv6", 0x86dd, Ipv6(Tcp(0, [], source: 40000, destination: 443), 6) },
        { "UDP to another port", 0x0800, Ipv4(Udp(new byte[20], 40000, 5300)) },
        { "a tunnel's port of TCP", 0x0800, Ipv4(Tcp(0, [], source: 40000, destination: 4789), 6) },
        { "first IPv4 fragment of something else", 0x0800, Ipv4(Udp(new byte[20], 40000, 5300), more: true) },
        { "do-not-fragment is no offset", 0x0800, Ipv4(Tcp(0, [], source: 40000, destination: 443), 6, doNotFragment: true) },
        { "a port in the options", 0x0800, [0x46, .. Https[1..20], 0, 53, 0, 53, .. Https[20..]] },
        { "IPv6, ICMP", 0x86dd, Ipv6(new byte[32], 58) },
        { "ARP", 0x0806, new byte[46] },
    };

    [Theory]
    [MemberData(nameof(Wanted))]
    public void Lets_dns_and_what_may_hold_it_through_after_any_number_of_tags(string description, int etherType, byte[] payload)
    {
        foreach (var (linkType, header) in HeadersWithAnEtherType)
        {
            var filter = new FilterRun(linkType, 53);
            for (var tags = 0; tags <= 7; tags++)
            {
                Assert.True(filter.Matches(Tagged(header, tags, etherType, payload)), $"{description}, {linkType}, {tags} tags");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Unwanted))]
    public void Lets_nothing_else_through(string description, int etherType, byte[] payload)
    {
        foreach (var (linkType, header) in HeadersWithAnEtherType)
        {
            var filter = new FilterRun(linkType, 53);
            for (var tags = 0; tags <= 4; tags++)
            {
                Assert.False(filter.Matches(Tagged(header, tags, etherType, payload)), $"{description}, {linkType}, {tags} tags");
            }
        }
    }

    [Theory]
    [InlineData(LinkType.Null, "02000000")]
    [InlineData(LinkType.Loop, "00000002")]
    [InlineData(LinkType.RawBsd, "")]
    [InlineData(LinkType.Raw, "")]
    [InlineData(LinkType.Ipv4, "")]
    [InlineData(LinkType.Ipv6, "")]
    public void Lets_dns_through_and_nothing_else_on_link_types_of_ip_alone(LinkType linkType, string header)
    {
        var filter = new FilterRun(linkType, 53);
        var link = Convert.FromHexString(header);
        Assert.All([Dns4, Dns6, DnsTcp, WithOptions, LaterFragment, Fragment6], packet => Assert.True(filter.Matches([.. link, .. packet])));
        Assert.False(filter.Matches([.. link, .. Https]));
        Assert.False(filter.Matches([.. link, .. Ipv6(new byte[32], 58)]));
    }

    [Fact]
    public void Every_frame_of_the_torture_set_that_the_decoder_reads_passes_it()
    {
        var folder = Path.Combine(TestPaths.Captures, "torture");
        var lost = new List<string>();
        var passed = 0;
        foreach (var path in CapturePaths.Expand([folder]).Files)
        {
            passed += Check(path, lost);
        }

        Assert.Empty(lost);
        Assert.True(passed > 500, $"only {passed} frames were tried");
    }

    [Fact]
    public void Every_frame_of_the_field_captures_that_the_decoder_reads_passes_it()
    {
        var lost = new List<string>();
        var passed = CapturePaths.Expand([TestPaths.Shared("field/wire")]).Files.Sum(path => Check(path, lost));

        Assert.Empty(lost);
        Assert.True(passed > 20, $"only {passed} frames were tried");
    }

    [Theory]
    [InlineData(LinkType.Ieee80211Radiotap)]
    [InlineData(LinkType.Ppp)]
    [InlineData(LinkType.NfLog)]
    [InlineData((LinkType)9999)]
    public void Lets_everything_through_where_there_is_none_for_the_link_type_and_says_so(LinkType linkType)
    {
        var filter = DefaultFilter.For(linkType, new PacketDecoderOptions());
        Assert.Equal(0, filter.Length);
        Assert.Contains("everything", Assert.Single(filter.Describe()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(900)]
    public void Has_every_port_of_a_list_of_any_length(int count)
    {
        ushort[] ports = [.. Enumerable.Range(20_000, count).Select(port => (ushort)port)];
        var filter = new FilterRun(LinkType.Ethernet, ports);
        Assert.All(ports, port =>
        {
            Assert.True(filter.Matches(Ethernet(Ipv4(Udp(new byte[20], port, 9)))));
            Assert.True(filter.Matches(Ethernet(Ipv6(Tcp(0, [], source: 9, destination: port), 6), 0x86dd)));
        });
        Assert.False(filter.Matches(Ethernet(Ipv4(Udp(new byte[20], 19_999, 20_000 + count)))));
    }

    [Fact]
    public void Is_short_enough_for_every_kernel()
    {
        // Linux takes 4096 instructions (BPF_MAXINSNS), the BSDs 512.
        Assert.InRange(DefaultFilter.For(LinkType.Ethernet, FilterRun.DecodingOf(53, 853, 5353, 5355)).Length, 1, 400);
        Assert.InRange(DefaultFilter.For(LinkType.LinuxSll, FilterRun.DecodingOf(53, 853, 5353, 5355)).Length, 1, 400);
    }

    [Fact]
    public void Refuses_a_port_that_is_none_and_no_port_at_all()
    {
        Assert.Throws<ArgumentException>(() => DefaultFilter.For(LinkType.Ethernet, FilterRun.DecodingOf(53, 0)));
        Assert.Throws<ArgumentException>(() => DefaultFilter.For(LinkType.Ethernet, FilterRun.DecodingOf()));
    }

    [Fact]
    public void Lets_the_tunnels_through_that_the_decoder_is_told_of()
    {
        var options = FilterRun.DecodingOf(53) with { TunnelPorts = [new UdpTunnelPort(49152, UdpTunnelKind.BroadcomIntercept)] };
        var filter = new FilterRun(LinkType.Ethernet, options);

        Assert.True(filter.Matches(Ethernet(Ipv4(Udp(new byte[20], 40000, 49152)))));
        Assert.True(filter.Matches(Ethernet(Ipv6(Udp(new byte[20], 49152, 40000)), 0x86dd)));
        Assert.False(filter.Matches(Ethernet(Ipv4(Udp(new byte[20], 40000, 4789)))));
        Assert.Contains(DefaultFilter.For(LinkType.Ethernet, options).Describe(), line => line.Contains("49152", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(LinkType.Ethernet)]
    [InlineData(LinkType.Raw)]
    public void Lets_all_of_udp_and_tcp_through_where_messages_are_looked_for_on_any_port(LinkType linkType)
    {
        var options = new PacketDecoderOptions { AnyPort = (_, _) => true };
        var filter = new FilterRun(linkType, options);
        byte[] Frame(byte[] ip, int type) => linkType == LinkType.Ethernet ? Ethernet(ip, type) : ip;

        Assert.True(filter.Matches(Frame(Https, 0x0800)));
        Assert.True(filter.Matches(Frame(Ipv6(Udp(new byte[20], 40000, 5300)), 0x86dd)));
        Assert.False(filter.Matches(Frame(Ipv6(new byte[32], 58), 0x86dd)));
        Assert.Contains(DefaultFilter.For(linkType, options).Describe(), line => line.Contains("all of UDP and TCP", StringComparison.Ordinal));
        Assert.Empty(DefaultFilter.For(linkType, options).Misses);
    }

    [Fact]
    public void Says_what_it_sees_and_what_it_misses()
    {
        var lines = DefaultFilter.For(LinkType.Ethernet, FilterRun.DecodingOf(53)).Describe();
        Assert.Contains(lines, line => line.Contains("ports 53", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains("37008", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("filter does not let through: ", StringComparison.Ordinal));
    }

    private static (LinkType LinkType, string Header)[] HeadersWithAnEtherType =>
    [
        (LinkType.Ethernet, "020000000001020000000002TTTT"),
        (LinkType.LinuxSll, "0000000100060000000000000000TTTT"),
        (LinkType.LinuxSll2, "TTTT0000000000020001000600000000" + "00000000"),
        (LinkType.CiscoHdlc, "0f00TTTT"),
    ];

    private static byte[] Tagged(string header, int tags, int etherType, byte[] payload)
    {
        ushort[] types = [0x8100, 0x88a8, 0x9100, 0x9200, 0x9300];
        for (var tag = 0; tag < tags; tag++)
        {
            payload = Tag(payload, etherType);
            etherType = types[tag % types.Length];
        }

        return [.. Convert.FromHexString(header.Replace("TTTT", $"{etherType:x4}", StringComparison.Ordinal)), .. payload];
    }

    /// <summary>
    /// The packets of a file that end in a message, are held for one, or are part of one: all that the decoder does not pass
    /// aside.
    /// </summary>
    internal static List<(LinkType LinkType, byte[] Data)> DecodedFrames(string path)
    {
        var decoder = new PacketDecoder(new PacketDecoderOptions(), (_, _) => true);
        var frames = new List<(LinkType, byte[])>();
        try
        {
            using var reader = CaptureFileReader.Open(path);
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    var aside = decoder.Counters.NotSelected + decoder.Counters.Undecodable;
                    var payloads = decoder.Decode(packet);
                    while (payloads.TryRead(out _))
                    {
                    }

                    if (decoder.Counters.NotSelected + decoder.Counters.Undecodable == aside)
                    {
                        frames.Add((packet.LinkType, packet.Data.ToArray()));
                    }
                }
            }
        }
        catch (CaptureFormatException)
        {
            // What came before the damage counts.
        }

        return frames;
    }

    private static int Check(string path, List<string> lost)
    {
        var frames = DecodedFrames(path);
        foreach (var (linkType, data) in frames)
        {
            if (DefaultFilter.For(linkType, new PacketDecoderOptions()).Length > 0 && !new FilterRun(linkType, 53).Matches(data))
            {
                lost.Add($"{Path.GetFileName(path)} ({linkType}): {Convert.ToHexStringLower(data)}");
            }
        }

        return frames.Count;
    }
}
