using System.Buffers;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Formats;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>Where two readers of a packet could see two messages, the alert says so, in every form.</summary>
public sealed class OverlapAlertTests
{
    private const ushort MoreFragments = 0x2000;

    private readonly List<Alert> _alerts = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_alert_of_contradicting_fragments_says_overlap(bool contradict)
    {
        var datagram = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.msstorageazure.com", 1))[34..];
        byte[] copy = [.. datagram[16..40]];
        copy[^1] ^= (byte)(contradict ? 1 : 0);
        Read(
            Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, MoreFragments | 2, datagram.AsSpan(16, 24)),
            Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, MoreFragments | 2, copy),
            Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, MoreFragments, datagram.AsSpan(0, 16)),
            Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, 5, datagram.AsSpan(40)));

        Check(Assert.Single(_alerts), contradict);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_alert_of_contradicting_segments_says_overlap(bool contradict)
    {
        var message = DnsBytes.Query("www.msstorageazure.com", 1);
        byte[] stream = [0, (byte)message.Length, .. message];
        byte[] copy = [.. stream[20..30]];
        copy[0] ^= (byte)(contradict ? 1 : 0);
        Read(
            Segment(99, 0x02, []),
            Segment(100 + 20, 0x10, stream[20..]),
            Segment(100 + 20, 0x10, copy),
            Segment(100, 0x10, stream[..20]));

        Check(Assert.Single(_alerts), contradict);
    }

    private static byte[] Segment(uint sequence, byte flags, byte[] payload) =>
        Frames.Tcp("192.0.2.1", 40_000, "192.0.2.53", 53, sequence, flags, payload);

    private static void Check(Alert alert, bool hasOverlap)
    {
        Assert.Equal(hasOverlap, alert.Message.HasOverlap);
        Assert.Equal(hasOverlap, Show(new TextFormat(), alert).Contains("[overlap]", StringComparison.Ordinal));
        Assert.Equal(hasOverlap, Show(new TextFormat(verbose: true), alert).Contains("overlapped with different bytes", StringComparison.Ordinal));
        Assert.Equal(hasOverlap, Show(new EcsFormat("sensor-1", "0.1.0"), alert).Contains("\"overlap\":true", StringComparison.Ordinal));
        Assert.Equal(hasOverlap, Show(new SyslogFormat(new TextFormat(), new SyslogOptions()), alert).Contains("[overlap]", StringComparison.Ordinal));
    }

    private void Read(params byte[][] frames)
    {
        var source = PacketSource.OfFile("frames");
        var worker = new Worker(LoadedRules.Load([TestPaths.Rules]), alert =>
        {
            _alerts.Add(alert);
            return true;
        });
        for (var i = 0; i < frames.Length; i++)
        {
            var packet = new Packet
            {
                Data = frames[i],
                OriginalLength = frames[i].Length,
                LinkType = LinkType.Ethernet,
                Time = PacketTime.FromNanoseconds(1_700_000_000_000_000_000 + i),
                Number = i + 1,
            };
            worker.Process(packet, source);
        }

        worker.FinishSource(source);
    }

    private static string Show(IAlertFormat format, Alert alert)
    {
        var output = new ArrayBufferWriter<byte>();
        format.Write(alert, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
