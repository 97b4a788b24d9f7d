using WireDns.Wire;

namespace WireDns.Capture.Tests.Live;

/// <summary>Several captures of one interface, among which the kernel deals its packets.</summary>
public sealed class FanoutTests
{
    private const int Clients = 64;
    private const int Threads = 4;

    private static readonly byte[] End = Layers.Ethernet(Layers.Ipv4(Layers.Udp("the end"u8.ToArray()), source: "203.0.113.1"));

    [Theory]
    [InlineData("IPv4")]
    [InlineData("IPv4 with options")]
    [InlineData("IPv6")]
    [InlineData("a tag")]
    [InlineData("TCP")]
    public void Both_directions_of_a_client_come_to_one_capture_in_order_and_clients_to_all(string shape)
    {
        using var cable = VethPair.Create();
        var frames = Enumerable.Range(1, 3).SelectMany(_ => Enumerable.Range(1, Clients).SelectMany(client => new[] { Frame(shape, client, false), Frame(shape, client, true) })).ToList();

        var received = Capture(cable, Threads, frames);

        Assert.All(received, thread => Assert.NotEmpty(thread));
        Assert.Equal(frames.Count, received.Sum(thread => thread.Count));
        var homes = received.Select((thread, home) => thread.Select(frame => (Client: ClientOf(frame, frames), Home: home))).SelectMany(pairs => pairs).Distinct().ToList();
        Assert.Equal(Clients, homes.Count);
        foreach (var ofClient in received.SelectMany(thread => thread.GroupBy(frame => ClientOf(frame, frames))))
        {
            var places = ofClient.Select(frame => frames.FindIndex(other => other.AsSpan().SequenceEqual(frame)) % 2);
            Assert.Equal([0, 1, 0, 1, 0, 1], places);
        }
    }

    [Fact]
    public void What_has_no_client_before_it_is_decoded_comes_to_one_capture()
    {
        using var cable = VethPair.Create();
        var inner = Layers.Ipv4(Layers.Udp(DnsBytes.Query("a.example")));
        List<byte[]> frames =
        [
            .. Enumerable.Range(1, 16).SelectMany(client => new[]
            {
                Layers.Ethernet(Layers.Ipv4(new byte[64], source: $"192.0.2.{client}", more: true)),
                Layers.Ethernet(Layers.Ipv4(new byte[64], source: $"192.0.2.{client}", offset: 64)),
                Layers.Ethernet(Layers.Ipv4([0, 0, 8, 0, .. inner], protocol: 47, source: $"192.0.2.{client}")),
                Layers.Ethernet(Layers.Ipv4(inner, protocol: 4, source: $"192.0.2.{client}")),
                Layers.Ethernet(Layers.Ipv6([17, 0, 0, 0, 0, 0, 0, 0, .. Layers.Udp(DnsBytes.Query("a.example"))], 60, source: $"2001:db8::{client}"), 0x86dd),
                Layers.Ethernet([.. Layers.Tag(Layers.Tag(inner), 0x8100)], 0x88a8),
            }),
        ];

        Assert.Single(Capture(cable, Threads, frames), thread => thread.Count > 0);
    }

    [Fact]
    public void The_interface_any_is_shared_as_well()
    {
        using var cable = VethPair.Create();
        var frames = Enumerable.Range(1, Clients).Select(client => Frame("IPv4", client, false)).ToList();
        var names = Capture(cable, Threads, frames, "any");

        Assert.All(names, thread => Assert.NotEmpty(thread));
    }

    [Fact]
    public void An_interface_that_goes_down_and_comes_up_is_shared_again()
    {
        using var cable = VethPair.Create();
        var captures = LiveCapture.OpenGroup(new LiveCaptureOptions { Interface = cable.Receiver }, Threads);
        try
        {
            Assert.True(VethPair.TryRun("ip", $"link set {cable.Receiver} down"));
            Assert.True(VethPair.TryRun("ip", $"link set {cable.Receiver} up"));
            var frames = Enumerable.Range(1, Clients).Select(client => Frame("IPv4", client, false)).ToList();

            var received = Receive(captures, cable, frames);

            Assert.All(received, thread => Assert.NotEmpty(thread));
            Assert.Equal(Clients, received.Sum(thread => thread.Count));
        }
        finally
        {
            foreach (var capture in captures)
            {
                capture.Dispose();
            }
        }
    }

    [Fact]
    public void Two_groups_on_one_interface_both_see_everything()
    {
        using var cable = VethPair.Create();
        var frames = Enumerable.Range(1, Clients).Select(client => Frame("IPv4", client, false)).ToList();
        var other = LiveCapture.OpenGroup(new LiveCaptureOptions { Interface = cable.Receiver }, 2);
        try
        {
            Assert.Equal(Clients, Capture(cable, 2, frames).Sum(thread => thread.Count));
            Assert.Equal(Clients, Receive(other, cable, []).Sum(thread => thread.Count));
        }
        finally
        {
            foreach (var capture in other)
            {
                capture.Dispose();
            }
        }
    }

    [Fact]
    public void A_group_shares_one_buffer()
    {
        using var cable = VethPair.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => LiveCapture.OpenGroup(new LiveCaptureOptions { Interface = cable.Receiver }, LiveCapture.MaximumGroup + 1));
        var before = Locked();
        var captures = LiveCapture.OpenGroup(new LiveCaptureOptions { Interface = cable.Receiver, BufferSize = 32 << 20 }, Threads);
        try
        {
            // The kernel's buffers are mapped into this process.
            Assert.InRange(Locked() - before, 16 << 10, 40 << 10);
        }
        finally
        {
            foreach (var capture in captures)
            {
                capture.Dispose();
            }
        }

        static long Locked() => File.ReadLines("/proc/self/smaps").Where(line => line.StartsWith("Size:", StringComparison.Ordinal) || line.Contains("socket:", StringComparison.Ordinal))
            .Aggregate((IsSocket: false, Sum: 0L), (state, line) => line.Contains("socket:", StringComparison.Ordinal) ? (true, state.Sum)
                : (false, state.Sum + (state.IsSocket ? long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) : 0))).Sum;
    }

    private static byte[] Frame(string shape, int client, bool isResponse)
    {
        var message = isResponse ? DnsBytes.Response("a.example", (ushort)client) : DnsBytes.Query("a.example", (ushort)client);
        var (sourcePort, destinationPort) = isResponse ? (53, 40_000 + client) : (40_000 + client, 53);
        var udp = Layers.Udp(message, sourcePort, destinationPort);
        var address = $"192.0.2.{client}";
        var (source, destination) = isResponse ? (Layers.Server, address) : (address, Layers.Server);
        return shape switch
        {
            "IPv6" => Layers.Ethernet(
                isResponse ? Layers.Ipv6(udp, source: "2001:db8:53::53", destination: $"2001:db8::{client:x}") : Layers.Ipv6(udp, source: $"2001:db8::{client:x}"), 0x86dd),
            "a tag" => Layers.Ethernet(Layers.Tag(Layers.Ipv4(udp, source: source, destination: destination)), 0x8100),
            "TCP" => Layers.Ethernet(Layers.Ipv4(
                Layers.Tcp(1, Layers.Framed(message), source: sourcePort, destination: destinationPort), 6, source, destination)),
            "IPv4 with options" => Layers.Ethernet([0x46, .. Layers.Ipv4(udp, source: source, destination: destination).AsSpan(1, 19), 1, 1, 1, 0, .. udp]),
            _ => Layers.Ethernet(Layers.Ipv4(udp, source: source, destination: destination)),
        };
    }

    // Query and response of a client stand beside each other.
    private static int ClientOf(byte[] frame, List<byte[]> frames) => frames.FindIndex(other => other.AsSpan().SequenceEqual(frame)) / 2;

    private static List<List<byte[]>> Capture(VethPair cable, int threads, List<byte[]> frames, string? name = null)
    {
        var captures = LiveCapture.OpenGroup(new LiveCaptureOptions { Interface = name ?? cable.Receiver }, threads);
        try
        {
            return Receive(captures, cable, frames);
        }
        finally
        {
            foreach (var capture in captures)
            {
                capture.Dispose();
            }
        }
    }

    /// <summary>Sends frames, and returns those that each capture was given, without the tag that the kernel may have put back.</summary>
    private static List<List<byte[]>> Receive(IReadOnlyList<LiveCapture> captures, VethPair cable, List<byte[]> frames)
    {
        frames.ForEach(frame => cable.Send(frame));
        cable.Send(End);
        using var enough = new CancellationTokenSource(LiveTests.Patience);
        var received = captures.Select(_ => new List<byte[]>()).ToList();
        var threads = captures.Select((capture, place) => new Thread(() => capture.Run(
            (in Packet packet) =>
            {
                if (packet.Data[^7..].SequenceEqual("the end"u8))
                {
                    // A run hands over what is in its buffer before it ends.
                    enough.Cancel();
                }
                else
                {
                    received[place].Add(packet.Data.ToArray());
                }
            },
            enough.Token))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return [.. received.Select(thread => thread.Select(data => frames.FirstOrDefault(frame => frame.AsSpan().SequenceEqual(data)) ?? data).ToList())];
    }
}
