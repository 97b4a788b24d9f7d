using BenchmarkDotNet.Attributes;
using WireDns.Capture.Files;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Benchmarks.Micro;

/// <summary>From a packet in memory to the payload of port 53, or to the verdict that there is none.</summary>
public class DecoderBenchmark
{
    private const int Packets = 20_000;
    private readonly PacketDecoder _decoder = new(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
    private List<PacketBatch> _batches = [];

    /// <summary>What the packets are.</summary>
    [Params("dns", "span")]
    public string Kind { get; set; } = "";

    /// <summary>Makes the packets.</summary>
    [GlobalSetup]
    public void Setup() => _batches = SampleTraffic.Batches(SampleTraffic.Capture(Kind == "dns" ? new DnsCapture() : new SpanCapture(), Packets));

    /// <summary>Decodes them.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Decode()
    {
        var length = 0L;
        foreach (var batch in _batches)
        {
            foreach (var packet in batch)
            {
                var payloads = _decoder.Decode(packet);
                while (payloads.TryRead(out var payload))
                {
                    length += payload.Data.Length;
                }
            }
        }

        return length;
    }
}
