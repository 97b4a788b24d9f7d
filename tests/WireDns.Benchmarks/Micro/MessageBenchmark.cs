using BenchmarkDotNet.Attributes;
using WireDns.TestTraffic.Generation;
using WireDns.Wire.Dns;

namespace WireDns.Benchmarks.Micro;

/// <summary>The walk over a DNS message, and its name as text. Half of the messages are responses.</summary>
public class MessageBenchmark
{
    private const int Packets = 20_000;
    private byte[][] _messages = [];
    private readonly byte[] _text = new byte[DnsName.MaximumTextLength];

    /// <summary>Makes the messages.</summary>
    [GlobalSetup]
    public void Setup() => _messages = SampleTraffic.Messages(SampleTraffic.Capture(new DnsCapture(), Packets));

    /// <summary>Finds where the name in the question ends, and checks it.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public int WalkName()
    {
        var labels = 0;
        foreach (var message in _messages)
        {
            if (DnsName.TryRead(message, DnsHeader.LengthInBytes, out var name, out _, out _))
            {
                labels += name.LabelCount;
            }
        }

        return labels;
    }

    /// <summary>The same, and writes it as text.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public int WriteName()
    {
        var length = 0;
        foreach (var message in _messages)
        {
            if (DnsName.TryRead(message, DnsHeader.LengthInBytes, out var name, out _, out _))
            {
                length += name.WriteText(_text);
            }
        }

        return length;
    }

    /// <summary>Header, question and the bounds of every record checked, up to the verdict.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public int WholeMessage()
    {
        var delivered = 0;
        foreach (var message in _messages)
        {
            var reader = new DnsMessageReader(message);
            while (reader.TryReadQuestion(out _))
            {
            }

            delivered += reader.Finish().IsDelivered ? 1 : 0;
        }

        return delivered;
    }
}
