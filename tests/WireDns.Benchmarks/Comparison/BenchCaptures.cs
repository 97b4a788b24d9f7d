using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Comparison;

/// <summary>The captures that everything is measured on: generated if they are missing, and kept.</summary>
/// <param name="folder">Where they are.</param>
/// <param name="packets">The size of the DNS-only capture, in packets; the other one is scaled to match.</param>
/// <param name="progress">Told what is generated.</param>
internal sealed class BenchCaptures(string folder, long packets, TextWriter progress)
{
    /// <summary>The size that the goals speak of.</summary>
    public const long DefaultPackets = 3_000_000;

    /// <summary>DNS over UDP and nothing else.</summary>
    public BenchCapture Dns() => Get(new DnsCapture());

    /// <summary><see cref="Dns"/> with answers that recur, as a log of them would have.</summary>
    public BenchCapture Log() => Get(new DnsCapture(repeatsAnswers: true));

    /// <summary>A mirrored link: 3 % DNS.</summary>
    public BenchCapture Span() => Get(new SpanCapture());

    /// <summary>Packets of <see cref="Dns"/>.</summary>
    public long DnsPackets => packets;

    /// <summary>Packets of each flood.</summary>
    public long FloodPackets => packets / 3;

    /// <summary>Lookups that no cache helps: each of another name, or each of another client.</summary>
    public BenchCapture Flood(bool hasSpoofedClients) => Get(new FloodCapture(hasSpoofedClients), new CaptureBudget(FloodPackets, IsInPackets: true));

    /// <summary>A capture of a few lookups, one of which raises an alert, to measure a whole run from its start to its end.</summary>
    public string Small()
    {
        var path = Path.Combine(folder, "small.pcap");
        CaptureGeneration.ToFile(new DnsCapture(), new CaptureRequest(new CaptureBudget(40, IsInPackets: true), PlantedCount: 1, Seed: 1), path);
        return path;
    }

    /// <summary>A capture without packets, to measure starting and loading.</summary>
    public string Empty()
    {
        var path = Path.Combine(folder, "empty.pcap");
        // https://www.tcpdump.org/manpages/pcap-savefile.5.html: magic, version 2.4, zeros, snapshot length, Ethernet.
        File.WriteAllBytes(path, Convert.FromHexString("d4c3b2a1020004000000000000000000ffff000001000000"));
        return path;
    }

    private BenchCapture Get(ICaptureKind kind)
    {
        var full = kind.DefaultBudget;
        return Get(kind, full with { Target = (long)((Int128)full.Target * packets / DefaultPackets) });
    }

    private BenchCapture Get(ICaptureKind kind, CaptureBudget budget)
    {
        var planted = kind.DefaultPlantedCount(budget);
        var path = Path.Combine(folder, packets == DefaultPackets ? $"{kind.Name}.pcap" : $"{kind.Name}-{packets}.pcap");
        if (!File.Exists(path))
        {
            progress.WriteLine($"generating {path}");
            CaptureGeneration.ToFile(kind, new CaptureRequest(budget, planted, Seed: 1), path + ".new");
            File.Move(path + ".new", path);
        }

        return new BenchCapture(kind.Name, path, (int)planted);
    }
}
