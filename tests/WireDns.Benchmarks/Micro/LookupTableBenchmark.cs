using BenchmarkDotNet.Attributes;
using WireDns.Capture.Files;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Benchmarks.Micro;

/// <summary>Finding the lookup that a message belongs to, including decoding the packet.</summary>
public class LookupTableBenchmark
{
    private const int Packets = 50_000;
    private readonly PacketDecoder _decoder = new(new PacketDecoderOptions(), DnsMessageStart.IsPlausible);
    private readonly MessageSeeds _seeds = MessageSeeds.Next();
    private readonly LookupTable _table = new(262_144, TimeSpan.FromSeconds(10));
    private List<PacketBatch> _batches = [];

    /// <summary>Makes the packets.</summary>
    [GlobalSetup]
    public void Setup() => _batches = SampleTraffic.Batches(SampleTraffic.Capture(new DnsCapture(), Packets));

    /// <summary>Finds them.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public int DecodeAndFind()
    {
        var lookups = 0;
        foreach (var batch in _batches)
        {
            foreach (var packet in batch)
            {
                var payloads = _decoder.Decode(packet);
                while (payloads.TryRead(out var payload))
                {
                    while (_table.MustMakeRoom(payload.Time))
                    {
                        _table.DropOldest(payload.Time);
                    }

                    var before = _table.Count;
                    _table.Find(ObservedMessage.Read(payload, _seeds).Key, payload.Time);
                    lookups += _table.Count - before;
                }
            }
        }

        _table.Clear();
        return lookups;
    }
}
