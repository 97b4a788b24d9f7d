using BenchmarkDotNet.Attributes;
using WireDns.Alerts;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Net;

namespace WireDns.Benchmarks.Micro;

/// <summary>A packet from memory to the verdict of the rules: of a query, of a lookup that is paired with its answer, and correlated.</summary>
public class PipelineBenchmark
{
    private const int Packets = 50_000;

    private const string Never = """
        title: Never
        name: never
        logsource: {category: dns}
        detection:
          selection: {query|contains: never-asked-for.example}
          condition: selection

        """;

    private const string OnAnswer = """
        title: On the answer
        logsource: {category: dns}
        detection:
          selection: {answer|contains: never-answered.example}
          condition: selection

        """;

    private const string Correlated = """
        title: Any
        name: any
        logsource: {category: dns}
        detection:
          selection: {query|exists: true}
          condition: selection
        ---
        title: A client that asks without end
        correlation:
          type: event_count
          rules: [any]
          group-by: [src_ip]
          timespan: 1m
          condition: {gte: 100000}

        """;

    private List<PacketBatch> _batches = [];
    private LookedPacket[][] _looked = [];
    private static readonly PacketSource Source = PacketSource.OfFile("sample");
    private Worker? _worker;
    private long _alerts;

    /// <summary>What the rules need.</summary>
    [Params("query", "transactions", "correlation")]
    public string Needs { get; set; } = "";

    /// <summary>Loads the rules.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var path = Path.GetTempFileName();
        var rulePath = path + ".yml";
        File.Move(path, rulePath);
        File.WriteAllText(rulePath, Needs switch { "query" => Never, "transactions" => OnAnswer, _ => Correlated });
        var rules = LoadedRules.Load([rulePath]);
        File.Delete(rulePath);
        if (rules.Compiled.Count == 0 || rules.Errors > 0)
        {
            throw new InvalidDataException("the rule does not run");
        }

        _batches = SampleTraffic.Batches(SampleTraffic.Capture(new DnsCapture(), Packets));
        _looked = [.. _batches.Select(batch => new LookedPacket[batch.Count])];
        _worker = new Worker(rules, Take);
        Process();
        Look();
    }

    /// <summary>Takes the packets as a source.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Process()
    {
        foreach (var batch in _batches)
        {
            foreach (var packet in batch)
            {
                _worker!.Process(packet, Source);
            }
        }

        _worker!.FinishSource(Source);
        return _alerts;
    }

    /// <summary>The part that several threads do at the same time, each for its own packets.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public void Look()
    {
        for (var number = 0; number < _batches.Count; number++)
        {
            var index = 0;
            foreach (var packet in _batches[number])
            {
                _worker!.Look(in packet, out _looked[number][index++]);
            }
        }
    }

    /// <summary>The part that is done for one packet after another, whatever the number of threads.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Effects()
    {
        for (var number = 0; number < _batches.Count; number++)
        {
            var index = 0;
            foreach (var packet in _batches[number])
            {
                _worker!.Process(in packet, in _looked[number][index++], Source);
            }
        }

        _worker!.FinishSource(Source);
        return _alerts;
    }

    private bool Take(Alert alert)
    {
        _alerts++;
        return true;
    }
}
