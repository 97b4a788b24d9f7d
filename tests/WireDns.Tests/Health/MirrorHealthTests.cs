using WireDns.Detection.Health;
using WireDns.Detection.Lookups;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>Faults between the link and the sensor are found, and a sound run reports none.</summary>
public sealed class MirrorHealthTests
{
    private const byte Syn = 0x02;
    private const byte Ack = 0x10;

    private readonly FrameRun _run = new();

    [Fact]
    public void A_sound_link_has_no_finding()
    {
        _run.TakeLookups(100, queries: true, responses: true);

        Assert.Empty(Findings());
        Assert.Equal(new LookupCounts(100, 0, 0, 0, 0), MirrorHealth.Of(_run.Counters).Lookups);
    }

    [Theory]
    [InlineData(true, false, "responses_missing")]
    [InlineData(false, true, "queries_missing")]
    public void A_link_of_which_one_direction_comes_is_half_mirrored(bool queries, bool responses, string finding)
    {
        _run.TakeLookups(20, queries, responses);

        Assert.Equal([finding], Findings());
    }

    [Fact]
    public void Links_of_which_different_directions_come_are_told_from_one_that_is_half_mirrored()
    {
        _run.TakeLookups(20, queries: true, responses: false);
        _run.TakeLookups(20, queries: false, responses: true, firstId: 1000);

        Assert.Equal(["directions_apart"], Findings());
    }

    [Fact]
    public void A_mirror_of_both_ends_is_told_by_its_copies()
    {
        for (var id = 0; id < 20; id++)
        {
            var query = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("a.example", (ushort)id));
            var response = Frames.Udp("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("a.example", (ushort)id));
            _run.Take(query);
            _run.Take(query);
            _run.Take(response);
            _run.Take(response);
        }

        Assert.Equal(["packets_twice"], Findings());
        Assert.Equal(40, MirrorHealth.Of(_run.Counters).ExactDuplicatePackets);
    }

    [Fact]
    public void A_copy_now_and_then_is_no_finding()
    {
        _run.TakeLookups(500, queries: true, responses: true);
        var query = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("a.example", 9999));
        for (var i = 0; i < 25; i++)
        {
            _run.Take(query);
        }

        Assert.Equal(24, MirrorHealth.Of(_run.Counters).ExactDuplicatePackets);
        Assert.Empty(Findings());
    }

    [Fact]
    public void Bytes_that_are_missing_from_a_stream_are_counted()
    {
        var message = Prefixed(DnsBytes.Query("a.example", 1));
        _run.Take(Frames.Tcp("192.0.2.1", 40_000, "192.0.2.53", 53, 99, Syn, []));
        _run.Take(Frames.Tcp("192.0.2.1", 40_000, "192.0.2.53", 53, 100 + 50, Ack, message));

        Assert.Equal(["tcp_bytes_missing"], Findings());
        Assert.Equal(50, MirrorHealth.Of(_run.Counters).LostTcpBytes);
    }

    [Fact]
    public void Fragments_that_contradict_each_other_are_counted()
    {
        var datagram = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com", 1))[34..];
        const ushort MoreFragments = 0x2000;
        byte[] other = [.. datagram[..16]];
        other[12] ^= 1;
        _run.Take(Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, MoreFragments, datagram.AsSpan(0, 16)));
        _run.Take(Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, MoreFragments, other));
        _run.Take(Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, 2, datagram.AsSpan(16)));

        Assert.Equal(["contradicting_overlaps"], Findings());
        Assert.Equal(1, _run.Ledger.Messages);
    }

    [Fact]
    public void A_short_snap_length_is_found()
    {
        var frame = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com", 1));
        _run.Take(frame[..60], frame.Length);

        Assert.Equal(["snap_length_too_short"], Findings());
    }

    [Fact]
    public void What_gave_way_to_a_bound_is_found_with_the_option_that_widens_it()
    {
        var run = new FrameRun(new PacketDecoderOptions { MaximumTcpConnections = 2, MaximumFragmentedDatagrams = 2 });
        for (ushort i = 0; i < 5; i++)
        {
            run.Take(Frames.Tcp("192.0.2.1", (ushort)(40_000 + i), "192.0.2.53", 53, 99, Syn, []));
            run.Take(Frames.Ipv4($"192.0.2.{i + 1}", "192.0.2.53", 17, 0x2000, new byte[] { 0x9c, 0x40, 0, 53, 0, 100, 0, 0 }));
        }

        run.Finish();
        var findings = MirrorHealth.Of(run.Counters).Findings;
        Assert.Equal(["fragments_evicted", "tcp_evicted"], findings.Select(finding => finding.Name));
        Assert.Contains("--fragment-datagrams", findings[0].Advice, StringComparison.Ordinal);
        Assert.Contains("--tcp-connections", findings[1].Advice, StringComparison.Ordinal);
    }

    private IEnumerable<string> Findings()
    {
        _run.Finish();
        return MirrorHealth.Of(_run.Counters).Findings.Select(finding => finding.Name);
    }

    private static byte[] Prefixed(byte[] message) => [(byte)(message.Length >> 8), (byte)message.Length, .. message];
}
