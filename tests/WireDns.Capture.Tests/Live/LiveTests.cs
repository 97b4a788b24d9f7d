using SharpPcap;
using WireDns.Wire;

namespace WireDns.Capture.Tests.Live;

/// <summary>Captures from a virtual cable.</summary>
public sealed class LiveTests
{
    internal static readonly byte[] Query = Ethernet(Ipv4(Udp(new byte[20])));

    internal static TimeSpan Patience => Waiting.Limit;

    internal static void SkipWithoutLibpcap() =>
        Assert.SkipUnless(Pcap.LibpcapVersion > new Version(0, 0), "needs libpcap (apt-get install libpcap0.8)");

    [Fact]
    public void Delivers_a_packet_with_its_bytes_length_time_and_number()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        var before = DateTimeOffset.UtcNow;
        cable.Send(Query);
        var packets = Capture(capture, 1);

        var packet = Assert.Single(packets);
        Assert.Equal(Convert.ToHexStringLower(Query), packet.Data);
        Assert.Equal(Query.Length, packet.OriginalLength);
        Assert.Equal(LinkType.Ethernet, packet.LinkType);
        Assert.Equal(1, packet.Number);
        Assert.InRange(packet.Time.ToDateTimeOffset(), before.AddSeconds(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.True(capture.HasNanoseconds);
    }

    [Fact]
    public void Cuts_packets_at_the_snap_length_and_tells_how_long_they_were()
    {
        using var cable = VethPair.Create();
        using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = cable.Receiver, SnapLength = 64 });
        var frame = Ethernet(Ipv4(Udp(new byte[200])));
        cable.Send(frame);

        var packet = Assert.Single(Capture(capture, 1));
        Assert.Equal(64, packet.Data.Length / 2);
        Assert.Equal(frame.Length, packet.OriginalLength);
    }

    [Fact]
    public void Lets_through_with_the_default_filter_dns_in_every_wrapping_that_it_promises_and_nothing_else()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        var ip = Ipv4(Udp(new byte[20]));
        byte[][] wanted =
        [
            Query,
            Ethernet(Tag(ip), 0x8100),
            Ethernet(Tag(Tag(ip), 0x8100), 0x88a8),
            Ethernet(Ipv4(new byte[32], offset: 128)),
            Ethernet(Tag(Ipv4(new byte[32], offset: 128)), 0x8100),
            Ethernet(Ipv6(new byte[32], 44), 0x86dd),
            Ethernet(Ipv6(Udp(new byte[20], 53, 40000)), 0x86dd),
            Ethernet(Ipv4(new byte[32], 47)),
        ];
        var other = Ethernet(Ipv4(Tcp(0, [], source: 40000, destination: 443), 6));
        foreach (var frame in wanted)
        {
            cable.Send(other);
            cable.Send(frame);
        }

        var packets = Capture(capture, wanted.Length);
        Assert.Equal(wanted.Select(Convert.ToHexStringLower), packets.Select(packet => packet.Data));
    }

    [Fact]
    public void Sees_everything_without_a_filter()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable, LiveCaptureOptions.NoFilter);
        var other = Ethernet(Ipv4(Tcp(0, [], source: 40000, destination: 443), 6));
        cable.Send(other);

        Assert.Null(capture.Filter);
        Assert.Equal(Convert.ToHexStringLower(other), Assert.Single(Capture(capture, 1)).Data);
    }

    [Fact]
    public void Ends_when_it_is_told_to_although_nothing_comes()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        using var cancellation = new CancellationTokenSource();
        var thread = new Thread(() => capture.Run((in Packet _) => { }, cancellation.Token));
        thread.Start();

        // When it is asked to end it is waiting for packets, or about to: both must end.
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(300));
        Assert.True(thread.Join(Patience), "did not end");
    }

    [Fact]
    public void Fails_when_the_interface_is_deleted()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        var exception = RunUntilItFails(capture, cable.Delete);
        Assert.Equal(LiveCaptureFailure.DeviceLost, exception.Failure);
        Assert.Contains(cable.Receiver, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hands_over_what_is_in_the_buffer_of_an_interface_that_was_deleted()
    {
        const int Count = 500;
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        for (var i = 0; i < Count; i++)
        {
            cable.Send(Query);
        }

        cable.Dispose();
        var seen = 0;
        Assert.Throws<LiveCaptureException>(() => capture.Run((in Packet _) => seen++, TestContext.Current.CancellationToken));

        Assert.Equal(Count, seen);
        Assert.Equal((Count, Count, 0L), (capture.Statistics.Delivered, capture.Statistics.Received, capture.Statistics.LeftUnread));
    }

    [Fact]
    public void Goes_on_when_the_interface_comes_up_again()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        List<ReadPacket> packets = [];
        using var started = new ManualResetEventSlim();
        using var cancellation = new CancellationTokenSource(Patience);
        var thread = new Thread(() => capture.Run(
            (in Packet packet) =>
            {
                packets.Add(ReadPacket.Of(packet));
                started.Set();
                if (packets.Count >= 2)
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token));
        thread.Start();
        cable.Send(Query);
        Assert.True(started.Wait(Patience, TestContext.Current.CancellationToken));
        Assert.True(VethPair.TryRun("ip", $"link set {cable.Receiver} down"));
        Assert.True(VethPair.TryRun("ip", $"link set {cable.Receiver} up"));

        // What is sent before the kernel has the interface running again is lost.
        var clock = System.Diagnostics.Stopwatch.StartNew();
        do
        {
            cable.Send(Query);
        }
        while (!thread.Join(TimeSpan.FromMilliseconds(50)) && clock.Elapsed < Patience);
        Assert.True(packets.Count >= 2, $"{packets.Count} packets");
    }

    [Fact]
    public void Ends_when_it_is_disposed_while_it_runs()
    {
        using var cable = VethPair.Create();
        var capture = Open(cable);
        using var started = new ManualResetEventSlim();
        var thread = new Thread(() => capture.Run((in Packet _) => started.Set(), TestContext.Current.CancellationToken));
        thread.Start();
        cable.Send(Query);
        Assert.True(started.Wait(Patience, TestContext.Current.CancellationToken));
        capture.Dispose();
        Assert.True(thread.Join(Patience), "did not end");
    }

    [Fact]
    public void Brings_out_an_exception_of_the_callback_and_can_run_again()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        cable.Send(Query);
        var thrown = Assert.Throws<InvalidOperationException>(
            () => capture.Run((in Packet _) => throw new InvalidOperationException("from the callback"), TestContext.Current.CancellationToken));
        Assert.Equal("from the callback", thrown.Message);

        cable.Send(Query);
        Assert.Single(Capture(capture, 1));
    }

    [Fact]
    public void Says_each_time_that_the_packets_at_hand_were_handed_over()
    {
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        var (packets, pauses, seenAtPause) = (0, 0, 0);

        // Also after a failure.
        cable.Send(Query);
        Assert.Throws<InvalidOperationException>(
            () => capture.Run((in Packet _) => throw new InvalidOperationException("from the callback"), TestContext.Current.CancellationToken, onPause: () => pauses++));
        Assert.InRange(pauses, 1, int.MaxValue);

        using var cancellation = new CancellationTokenSource(Patience);
        cable.Send(Query);
        capture.Run(
            (in Packet _) =>
            {
                packets++;
                cancellation.Cancel();
            },
            cancellation.Token,
            onPause: () => seenAtPause = packets);
        Assert.Equal((1, 1), (packets, seenAtPause));
    }

    [Fact]
    public void Counts_what_it_received()
    {
        const int Count = 500;
        using var cable = VethPair.Create();
        using var capture = Open(cable);
        for (var i = 0; i < Count; i++)
        {
            cable.Send(Query);
        }

        Capture(capture, Count);
        Assert.Equal(Count, capture.Statistics.Delivered);
        Assert.Equal(Count, capture.Statistics.Received);
        Assert.Equal(0, capture.Statistics.DroppedByKernel);
        Assert.Equal(0, capture.Statistics.DroppedByInterface);
    }

    [Fact]
    public void Counts_what_the_kernel_dropped()
    {
        using var cable = VethPair.Create();
        using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = cable.Receiver, BufferSize = 64 * 1024, SnapLength = 128 });
        for (var i = 0; i < 20_000; i++)
        {
            cable.Send(Query);
        }

        // What is in the buffer still comes out, and the rest is counted as lost.
        using var cancellation = new CancellationTokenSource(Patience);
        capture.Run((in Packet _) => { }, cancellation.Token, cancellation.Cancel);
        Assert.NotEqual(0, capture.Statistics.DroppedByKernel);
        Assert.Equal(20_000, capture.Statistics.Delivered + capture.Statistics.DroppedByKernel);
    }

    [Fact]
    public void Two_captures_run_side_by_side()
    {
        using var first = VethPair.Create();
        using var second = VethPair.Create();
        using var captureOfFirst = Open(first);
        using var captureOfSecond = Open(second);
        first.Send(Query);
        second.Send(Query);
        second.Send(Query);
        List<ReadPacket> fromSecond = [];
        var thread = new Thread(() => fromSecond = Capture(captureOfSecond, 2));
        thread.Start();
        Assert.Single(Capture(captureOfFirst, 1));
        Assert.True(thread.Join(Patience));
        Assert.Equal(2, fromSecond.Count);
    }

    [Fact]
    public void Captures_from_any_interface_and_sees_a_tagged_packet_there()
    {
        using var cable = VethPair.Create();
        using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = "any" });
        var ip = Ipv4(Udp(new byte[20], 40017, 53));
        cable.Send(Ethernet(ip));
        cable.Send(Ethernet(Tag(ip), 0x8100));

        var mark = Convert.ToHexStringLower(Udp(new byte[20], 40017, 53).AsSpan(0, 4));
        var seen = CaptureUntil(capture, packets => packets.Count(p => p.Data.Contains(mark, StringComparison.Ordinal)) >= 2);
        Assert.True(capture.LinkType is LinkType.LinuxSll or LinkType.LinuxSll2);
        Assert.All(seen, packet => Assert.Equal(capture.LinkType, packet.LinkType));
    }

    [Fact]
    public void Names_the_interfaces_that_exist_where_one_does_not()
    {
        SkipWithoutLibpcap();
        var exception = Assert.Throws<LiveCaptureException>(() => LiveCapture.Open(new LiveCaptureOptions { Interface = "no-such-interface" }));
        Assert.Equal(LiveCaptureFailure.UnknownInterface, exception.Failure);
        Assert.Contains("no-such-interface", exception.Message, StringComparison.Ordinal);
        Assert.Contains("lo", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_is_wrong_with_a_filter()
    {
        using var cable = VethPair.Create();
        var exception = Assert.Throws<LiveCaptureException>(() => Open(cable, "prot 53").Dispose());
        Assert.Equal(LiveCaptureFailure.BadFilter, exception.Failure);
        Assert.Contains("syntax error", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Lists_an_interface_with_its_state()
    {
        using var cable = VethPair.Create();
        var listed = Assert.Single(CaptureInterfaces.List(), entry => entry.Name == cable.Receiver);
        Assert.True(listed.IsUp);
        Assert.False(listed.IsLoopback);
        Assert.True(listed.WasTried);
        Assert.Null(listed.Problem);
        Assert.NotEmpty(listed.Addresses);
    }

    private static LiveCapture Open(VethPair cable, string? filter = null) =>
        LiveCapture.Open(new LiveCaptureOptions { Interface = cable.Receiver, Filter = filter });

    private static List<ReadPacket> Capture(LiveCapture capture, int count) => CaptureUntil(capture, packets => packets.Count == count);

    private static List<ReadPacket> CaptureUntil(LiveCapture capture, Predicate<List<ReadPacket>> enough)
    {
        using var cancellation = new CancellationTokenSource(Patience);
        var packets = new List<ReadPacket>();
        capture.Run(
            (in Packet packet) =>
            {
                packets.Add(ReadPacket.Of(packet));
                if (enough(packets))
                {
                    cancellation.Cancel();
                }
            },
            cancellation.Token);
        Assert.True(enough(packets), $"after {Patience}: {string.Join(" ", packets)}");
        return packets;
    }

    private static LiveCaptureException RunUntilItFails(LiveCapture capture, Action lose)
    {
        LiveCaptureException? failure = null;
        using var cancellation = new CancellationTokenSource(Patience);
        var thread = new Thread(() =>
        {
            try
            {
                capture.Run((in Packet _) => { }, cancellation.Token);
            }
            catch (LiveCaptureException exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        lose();
        Assert.True(thread.Join(Patience), "did not end");
        return Assert.IsType<LiveCaptureException>(failure);
    }
}
