using System.Buffers;
using BenchmarkDotNet.Attributes;
using WireDns.Alerts.Formats;

namespace WireDns.Benchmarks.Micro;

/// <summary>An alert with every field set, written as it goes out.</summary>
public class AlertBenchmark
{
    private readonly ArrayBufferWriter<byte> _output = new(64 << 10);
    private readonly TextFormat _text = new();
    private readonly TextFormat _verboseText = new(verbose: true);
    private readonly EcsFormat _ecs = new("sensor", "1.0");

    /// <summary>A line of text.</summary>
    [Benchmark]
    public int Text() => Write(_text);

    /// <summary>The line, with the rule's details below it.</summary>
    [Benchmark]
    public int VerboseText() => Write(_verboseText);

    /// <summary>A line of JSON with the names of the Elastic Common Schema.</summary>
    [Benchmark]
    public int Ecs() => Write(_ecs);

    private int Write(IAlertFormat format)
    {
        _output.ResetWrittenCount();
        format.Write(SampleAlerts.Full, _output);
        return _output.WrittenCount;
    }
}
