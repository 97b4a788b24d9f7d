using System.Text;
using System.Text.Json;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Output;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>A worker that is fed frame by frame, a millisecond apart, and reads messages without any rule.</summary>
internal sealed class FrameRun : IMessageConsumer
{
    private const long FirstTime = 1_700_000_000_000_000_000;

    private static readonly PacketSource Source = PacketSource.OfFile("frames");

    private readonly Worker _worker;
    private long _number;
    private long _pause;

    public FrameRun(PacketDecoderOptions? options = null) => _worker = new Worker(this, options);

    public Worker Worker => _worker;

    public Ledger Ledger => _worker.Ledger;

    public RunCounters Counters => _worker.Snapshot();

    public void Take(byte[] frame, int? originalLength = null, int? linkType = null)
    {
        _number++;
        var packet = new Packet
        {
            Data = frame,
            OriginalLength = originalLength ?? frame.Length,
            LinkType = (LinkType?)linkType ?? LinkType.Ethernet,
            Time = PacketTime.FromNanoseconds(FirstTime + _pause + (_number * 1_000_000)),
            Number = _number,
        };
        _worker.Process(packet, Source);
    }

    /// <summary>Lets time pass before the next frame.</summary>
    public void Wait(TimeSpan time) => _pause += time.Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Takes the queries or the responses of a number of lookups, or both.</summary>
    public void TakeLookups(int count, bool queries, bool responses, int firstId = 0)
    {
        for (var id = firstId; id < firstId + count; id++)
        {
            if (queries)
            {
                Take(Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com", (ushort)id)));
            }

            if (responses)
            {
                Take(Frames.Udp("192.0.2.53", 53, "192.0.2.1", 40_000, DnsBytes.Response("www.example.com", (ushort)id)));
            }
        }
    }

    public void Finish() => _worker.FinishSource(Source);

    public string Summary() => Output.Summary.Of(Counters, TimeSpan.FromSeconds(2));

    public JsonElement Json()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            LedgerJson.Write(json, Counters);
        }

        return JsonDocument.Parse(Encoding.UTF8.GetString(stream.ToArray())).RootElement.GetProperty("ledger");
    }

    public void Consume(in ObservedMessage message, PacketSource source)
    {
    }

    public void FinishSource()
    {
    }
}
