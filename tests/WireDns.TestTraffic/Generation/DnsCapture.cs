namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The capture "dns": nothing but DNS over UDP, half queries, half responses. What a sensor beside a resolver sees. The
/// capture "log" is the same with <see cref="RepeatedAnswers"/>: the size of a log depends on what recurs.
/// </summary>
internal sealed class DnsCapture(bool repeatsAnswers = false) : ICaptureKind
{
    /// <inheritdoc/>
    public string Name => repeatsAnswers ? "log" : "dns";

    /// <inheritdoc/>
    public CaptureBudget DefaultBudget => new(3_000_000, IsInPackets: true);

    /// <inheritdoc/>
    public int MeanNanosecondsBetweenPackets => 10_000;

    /// <summary>One query in 10,000.</summary>
    public long DefaultPlantedCount(CaptureBudget budget) => budget.Target / (budget.IsInPackets ? 20_000 : 2_800_000);

    /// <inheritdoc/>
    public void Write(
        PcapWriter writer, CaptureBudget budget, long plantedCount, Xoshiro256 random, CaptureManifest manifest)
    {
        var lookups = new LookupSource(random.Fork());
        var messages = new DnsMessage(random.Fork(), lookups, repeatsAnswers);
        var udp = new UdpTraffic(random.Fork(), lookups, messages, manifest);
        var schedule = new PlantingSchedule(plantedCount, budget, random.Fork());
        while (budget.HasRoom(writer) && !MustAnswerNow(writer, budget, udp))
        {
            udp.WriteNext(writer, schedule, budget.UsedBy(writer));
        }

        while (udp.PendingCount > 0)
        {
            udp.WriteResponse(writer);
        }
    }

    /// <summary>
    /// An even number of packets is kept exactly: the last of them are the responses that are still missing.
    /// </summary>
    private static bool MustAnswerNow(PcapWriter writer, CaptureBudget budget, UdpTraffic udp) =>
        budget.IsInPackets && budget.Target - writer.PacketCount <= udp.PendingCount;
}
