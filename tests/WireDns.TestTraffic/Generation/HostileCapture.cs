namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The capture "hostile": an attacker works on the sensor's memory and time while a few sound lookups pass by, which
/// must be found all the same. All that is hostile has its own addresses; how a decoder counts it is the
/// decoder's policy.
/// </summary>
internal sealed class HostileCapture : ICaptureKind
{
    private const int OpenConnections = 4;

    /// <inheritdoc/>
    public string Name => "hostile";

    /// <inheritdoc/>
    public CaptureBudget DefaultBudget => new(2_000_000_000, IsInPackets: false);

    /// <inheritdoc/>
    public int MeanNanosecondsBetweenPackets => 4_000;

    /// <summary>80 lookups in 2 GB, a quarter of them each way.</summary>
    public long DefaultPlantedCount(CaptureBudget budget) =>
        budget.Target / (budget.IsInPackets ? 200_000 : 25_000_000);

    /// <inheritdoc/>
    public void Write(
        PcapWriter writer, CaptureBudget budget, long plantedCount, Xoshiro256 random, CaptureManifest manifest)
    {
        var lookups = new LookupSource(random.Fork());
        var messages = new DnsMessage(random.Fork(), lookups);
        var udp = new UdpTraffic(random.Fork(), lookups, messages, manifest);
        var tcp = new TcpTraffic(random.Fork(), lookups, messages, manifest, OpenConnections);
        var fragmented = new FragmentedTraffic(random.Fork(), lookups, manifest);
        var noise = new Noise(random.Fork());
        var fragmentFlood = new FragmentFlood(random.Fork(), noise);
        var tcpFlood = new TcpFlood(random.Fork(), noise);
        PlantingSchedule ScheduleOf(Delivery delivery) =>
            new((plantedCount + 3 - (int)delivery) / 4, budget, random.Fork());
        var udpSchedule = ScheduleOf(Delivery.Udp);
        var tcpSchedule = ScheduleOf(Delivery.Tcp);
        var fragmentedIpv4Schedule = ScheduleOf(Delivery.FragmentedIpv4);
        var fragmentedIpv6Schedule = ScheduleOf(Delivery.FragmentedIpv6);
        while (budget.HasRoom(writer))
        {
            var used = budget.UsedBy(writer);
            switch (random.Below(1000))
            {
                case < 400:
                    fragmentFlood.WriteNext(writer);
                    break;
                case < 600:
                    tcpFlood.WriteHalfOpen(writer);
                    break;
                case < 780:
                    tcpFlood.WriteDribble(writer);
                    break;
                case < 880:
                    tcpFlood.WriteFarAhead(writer);
                    break;
                case < 950:
                    tcpFlood.WriteResyncBait(writer);
                    break;
                case < 965:
                    udp.WriteNext(writer, udpSchedule, used);
                    break;
                case < 980:
                    tcp.WriteNext(writer, tcpSchedule, used);
                    break;
                default:
                    WriteFragmented(writer, fragmented, random, used, fragmentedIpv4Schedule, fragmentedIpv6Schedule);
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

        while (fragmented.HasOpen)
        {
            fragmented.WriteFragment(writer);
        }
    }

    private static void WriteFragmented(
        PcapWriter writer,
        FragmentedTraffic fragmented,
        Xoshiro256 random,
        long used,
        PlantingSchedule ipv4Schedule,
        PlantingSchedule ipv6Schedule)
    {
        if (!fragmented.HasOpen)
        {
            var ipv6 = random.Percent(50);
            fragmented.Open(ipv6, (ipv6 ? ipv6Schedule : ipv4Schedule).TryTake(used));
        }

        fragmented.WriteFragment(writer);
    }
}
