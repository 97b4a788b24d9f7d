using WireDns.Alerts;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Health;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>
/// Hostile fragments, half-open streams and huge length prefixes cost what the bounds allow and no more, and hide nothing that passes. The
/// same on 2 GB, with the working set of the process: docs/memory.md.
/// </summary>
[Collection(nameof(Undisturbed))]
public sealed class HostileTrafficTests(HostileCaptureFile capture) : IClassFixture<HostileCaptureFile>
{
    private const long Mebibyte = 1 << 20;

    private readonly List<Alert> _alerts = [];

    [Fact]
    public void Every_sound_lookup_is_found_in_it_within_the_default_bounds()
    {
        var (ledger, held, _) = Read(new PacketDecoderOptions());

        Assert.Equal(80, capture.PlantedLookups);
        Assert.Equal(capture.PlantedLookups, _alerts.Count);
        Assert.Equal(capture.Messages, ledger.Messages);
        Assert.Equal(0, ledger.Malformed);
        Assert.InRange(held, 1, 96 * Mebibyte);

        // Otherwise this would prove nothing: the attack must have reached the bounds.
        Assert.NotEqual(0, ledger["evicted_fragmented_datagrams"]);
        Assert.NotEqual(0, ledger["evicted_tcp_connections"]);
    }

    [Fact]
    public void Every_packet_of_it_is_in_one_counter()
    {
        var (ledger, _, _) = Read(new PacketDecoderOptions());

        Assert.Equal(capture.Packets, ledger.Packets);
        Assert.Equal(ledger.Packets, ledger.DnsPackets + ledger.NotDns + ledger.Undecodable + ledger.IncompletePackets);
        Assert.Equal(0, ledger.Held);
        Assert.Equal(
            ledger.NotDns + ledger.Undecodable + ledger.IncompletePackets,
            ledger.Reasons().Where(entry => entry.Counter is "not_dns" or "undecodable" or "incomplete_packets").Sum(entry => entry.Count));
    }

    [Fact]
    public void Narrow_bounds_hold_less_and_count_what_gave_way()
    {
        var (ledger, held, _) = Read(new PacketDecoderOptions
        {
            MaximumFragmentedDatagrams = 64,
            FragmentMemoryInBytes = (int)Mebibyte,
            MaximumTcpConnections = 256,
            TcpMemoryInBytes = (int)Mebibyte,
        });

        Assert.InRange(held, 1, 12 * Mebibyte);
        Assert.Equal(ledger.Packets, ledger.DnsPackets + ledger.NotDns + ledger.Undecodable + ledger.IncompletePackets);
        Assert.InRange(ledger.Messages, 1, capture.Messages);
        Assert.True(ledger["evicted_fragmented_datagrams"] > 10_000, $"{ledger["evicted_fragmented_datagrams"]}");
        Assert.True(ledger["evicted_tcp_connections"] > 10_000, $"{ledger["evicted_tcp_connections"]}");
        Assert.Superset(
            new HashSet<string> { "fragments_evicted", "tcp_evicted", "contradicting_overlaps" },
            MirrorHealth.Of(ledger).Findings.Select(finding => finding.Name).ToHashSet());
    }

    [Fact]
    public void Once_its_tables_have_grown_the_attack_allocates_nothing()
    {
        // On the second pass over the capture the tables have their full size; only alerts are new.
        var (_, _, allocated) = Read(new PacketDecoderOptions(), passes: 2, withRules: false);

        Assert.InRange(allocated, 0, Mebibyte);
    }

    // The bytes held at the end are those of everything that was read; the bytes allocated are those of the last pass.
    private (RunCounters Ledger, long Held, long Allocated) Read(PacketDecoderOptions options, int passes = 1, bool withRules = true)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var source = PacketSource.OfFile(capture.Path);
        var worker = withRules ? new Worker(LoadedRules.Load([TestPaths.Rules]), Take, options) : new FrameRun(options).Worker;
        long allocated = 0;
        for (var pass = 0; pass < passes; pass++)
        {
            using var reader = CaptureFileReader.Open(capture.Path);
            reader.TryReadBatch(out var batch);
            var start = GC.GetAllocatedBytesForCurrentThread();
            do
            {
                foreach (var packet in batch!)
                {
                    worker.Process(packet, source);
                }
            }
            while (reader.TryReadBatch(out batch));

            worker.FinishSource(source);
            allocated = GC.GetAllocatedBytesForCurrentThread() - start;
        }

        var held = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(worker);
        return (worker.Snapshot(), held, allocated);
    }

    private bool Take(Alert alert)
    {
        _alerts.Add(alert);
        return true;
    }
}
