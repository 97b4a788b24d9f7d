using BenchmarkDotNet.Attributes;
using WireDns.Capture.Files;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Micro;

/// <summary>Reading a capture out of the page cache, packet by packet, and nothing else.</summary>
public class ReaderBenchmark
{
    private const int Packets = 100_000;
    private string _path = "";

    /// <summary>What is in the file.</summary>
    [Params("dns", "span")]
    public string Kind { get; set; } = "";

    /// <summary>Writes the file.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _path = Path.GetTempFileName();
        File.WriteAllBytes(_path, SampleTraffic.Capture(Kind == "dns" ? new DnsCapture() : new SpanCapture(), Packets));
    }

    /// <summary>Deletes the file.</summary>
    [GlobalCleanup]
    public void Cleanup() => File.Delete(_path);

    /// <summary>Reads it.</summary>
    [Benchmark(OperationsPerInvoke = Packets)]
    public long Read()
    {
        using var reader = CaptureFileReader.Open(_path);
        var length = 0L;
        while (reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                length += packet.OriginalLength;
            }
        }

        return length;
    }
}
