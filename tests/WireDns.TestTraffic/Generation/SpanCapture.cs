namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The capture "span": a mirrored link. Of its packets 97 in a hundred are TLS, 3 are DNS, a quarter of those over TCP.
/// </summary>
internal sealed class SpanCapture : ICaptureKind
{
    private const int OpenConnections = 32;

    // At the default size 189 lookups are planted, 109 of them over UDP.
    private const long DefaultBytes = 2_000_000_000;
    private const long DefaultPackets = 2_490_000;
    private const long DefaultPlanted = 189;
    private const long DefaultPlantedOverUdp = 109;

    /// <inheritdoc/>
    public string Name => "span";

    /// <inheritdoc/>
    public CaptureBudget DefaultBudget => new(DefaultBytes, IsInPackets: false);

    /// <inheritdoc/>
    public int MeanNanosecondsBetweenPackets => 6_500;

    /// <inheritdoc/>
    public long DefaultPlantedCount(CaptureBudget budget) =>
        budget.Target * DefaultPlanted / (budget.IsInPackets ? DefaultPackets : DefaultBytes);

    /// <inheritdoc/>
    public void Write(
        PcapWriter writer, CaptureBudget budget, long plantedCount, Xoshiro256 random, CaptureManifest manifest)
    {
        var lookups = new LookupSource(random.Fork());
        var messages = new DnsMessage(random.Fork(), lookups);
        var tls = new TlsTraffic(random.Fork());
        var udp = new UdpTraffic(random.Fork(), lookups, messages, manifest);
        var tcp = new TcpTraffic(random.Fork(), lookups, messages, manifest, OpenConnections);
        var plantedOverUdp = plantedCount * DefaultPlantedOverUdp / DefaultPlanted;
        var udpSchedule = new PlantingSchedule(plantedOverUdp, budget, random.Fork());
        var tcpSchedule = new PlantingSchedule(plantedCount - plantedOverUdp, budget, random.Fork());
        while (budget.HasRoom(writer))
        {
            switch (random.Below(10_000))
            {
                case < 9_700:
                    tls.WriteNext(writer);
                    break;
                case < 9_925:
                    udp.WriteNext(writer, udpSchedule, budget.UsedBy(writer));
                    break;
                default:
                    tcp.WriteNext(writer, tcpSchedule, budget.UsedBy(writer));
                    break;
            }
        }

        while (udp.PendingCount > 0)
        {
            udp.WriteResponse(writer);
        }

        while (tcp.HasOpen)
        {
            tcp.WriteSegment(writer);
        }
    }
}
