using SharpPcap;
using SharpPcap.LibPcap;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Tests.Live;

/// <summary>The path of a live packet, from libpcap's callback to the verdict of the rules, allocates nothing.</summary>
public sealed class LiveAllocationTests
{
    private const int WarmUp = 100_000;
    private const int Measured = 1_000_000;
    private const int Part = 100_000;

    [Fact]
    public void A_million_packets_of_an_interface_without_a_hit_allocate_nothing()
    {
        using var network = LiveNetwork.Create();
        using var enough = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var sender = new Thread(() => network.FirstClient.Run(() => SendUntil(enough.Token)));
        var worker = new Worker(LoadedRules.Load([TestPaths.Rules]), _ => throw new InvalidOperationException("nothing here is a hit"));
        var source = PacketSource.OfInterface(LiveNetwork.Tap);
        long before = 0;
        var parts = new List<long>(Measured / Part);
        network.Sensor.Run(() =>
        {
            using var capture = LiveCapture.Open(new LiveCaptureOptions { Interface = LiveNetwork.Tap });
            sender.Start();
            capture.Run(
                (in Packet packet) =>
                {
                    worker.Process(packet, source);
                    if (packet.Number < WarmUp || packet.Number % Part != 0)
                    {
                        return;
                    }

                    var now = GC.GetAllocatedBytesForCurrentThread();
                    if (packet.Number > WarmUp)
                    {
                        parts.Add(now - before);
                    }

                    before = now;
                    if (parts.Count == Measured / Part)
                    {
                        enough.Cancel();
                    }
                },
                enough.Token);
        });
        sender.Join();

        // A collection that another test causes shows as a few kilobytes of this thread; what a packet takes shows in each part.
        Assert.Equal(0, parts.Min());
        Assert.InRange(parts.Sum(), 0, 64 * 1024);
        Assert.InRange(worker.Ledger.Messages, WarmUp + Measured, long.MaxValue);
    }

    private static void SendUntil(CancellationToken enough)
    {
        using var device = LibPcapLiveDeviceList.New().Single(device => device.Name == "eth0");
        device.Open(DeviceModes.None);
        byte[][] frames =
        [
            Layers.Ethernet(DnsFrames.Ipv4("www.example.org", 1)),
            Layers.Ethernet(DnsFrames.Ipv4("www.example.org", 1, isResponse: true)),
            Layers.Ethernet(DnsFrames.Ipv6("a-longer-name.of-some.host.example.net", 2), 0x86dd),
            Layers.Ethernet(Layers.Tag(DnsFrames.Ipv4("mail.example.com", 3), 0x0800, 7), 0x8100),
        ];
        while (!enough.IsCancellationRequested)
        {
            foreach (var frame in frames)
            {
                device.SendPacket(frame);
            }
        }
    }
}
