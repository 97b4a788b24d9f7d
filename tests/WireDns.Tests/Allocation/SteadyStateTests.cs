using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire.Net;

namespace WireDns.Tests.Allocation;

/// <summary>
/// Once its tables and buffers have the size that the traffic needs, the path of a packet from the file's bytes to the verdict of the rules
/// allocates nothing.
/// </summary>
public sealed class SteadyStateTests
{
    private static readonly PacketSource Source = PacketSource.OfFile("traffic");

    private const int Measured = 1_000_000;

    // Longer than the five minutes of packet time after which a silent connection is forgotten: then as many are forgotten as arrive.
    private const int WarmUp = 400_000;

    [Fact]
    public void A_million_packets_without_a_hit_allocate_nothing_with_the_shipped_rule() => AssertNothingIsAllocated(TestPaths.Rules);

    [Fact]
    public void A_million_packets_without_a_hit_allocate_nothing_with_all_rules_of_SigmaHQ() =>
        AssertNothingIsAllocated(TestPaths.Shared("sigma/rules"));

    private static void AssertNothingIsAllocated(string rules)
    {
        var loaded = LoadedRules.Load([rules]);
        var alerts = 0;
        var worker = new Worker(loaded, _ =>
        {
            alerts++;
            return true;
        });
        using var reader = CaptureFileReader.Open(new Traffic(), "traffic");
        Process(reader, worker, WarmUp);
        var (messages, malformed, undecodable) = (worker.Ledger.Messages, worker.Ledger.Malformed, worker.Ledger.Undecodable);
        var packets = worker.Ledger.Packets;

        Assert.Equal(0, Allocated.By(() => Process(reader, worker, worker.Ledger.Packets + Measured)));
        Assert.Equal(0, alerts);
        Assert.NotEmpty(loaded.Compiled);

        // The traffic was as intended, and all of it was read. A batch may end anywhere in a round.
        var rounds = (worker.Ledger.Packets - packets) / Traffic.PacketsPerRound;
        Assert.InRange(worker.Ledger.Messages - messages, (rounds - 1) * Traffic.MessagesPerRound, (rounds + 2) * Traffic.MessagesPerRound);
        Assert.InRange(worker.Ledger.Malformed - malformed, (rounds - 1) * 2, (rounds + 2) * 2);
        Assert.InRange(worker.Ledger.Undecodable - undecodable, rounds - 1, rounds + 2);
        Assert.True(worker.Ledger.Incomplete > 0, "nothing was given up half-way");
    }

    private static void Process(CaptureFileReader reader, Worker worker, long packets)
    {
        while (worker.Ledger.Packets < packets && reader.TryReadBatch(out var batch))
        {
            foreach (var packet in batch)
            {
                worker.Process(packet, Source);
            }
        }
    }
}
