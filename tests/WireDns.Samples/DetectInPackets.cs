using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Wire;

namespace WireDns.Samples;

/// <summary>WireDns.Detection: packets in, alerts out.</summary>
public static class DetectInPackets
{
    /// <summary>Writes an alert for each lookup that hits a rule. The packets begin with their IP header.</summary>
    public static void Run(string rulePath, IEnumerable<byte[]> packets, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(packets);
        ArgumentNullException.ThrowIfNull(output);
        var rules = LoadedRules.Load([rulePath]);
        var worker = new Worker(rules, alert =>
        {
            output.WriteLine($"{alert.Rule.Title}: {alert.Message.QuestionName} from {alert.Client.Address}");
            return true; // taken; false where it was dropped
        });
        var source = PacketSource.OfFile("packets");
        var number = 0L;
        foreach (var data in packets)
        {
            worker.Process(
                new Packet { Data = data, OriginalLength = data.Length, LinkType = LinkType.Raw, Time = PacketTime.FromSeconds(1, 0), Number = ++number },
                source);
        }

        worker.FinishSource(source); // queries that wait are judged as never answered
        output.WriteLine($"{worker.Snapshot().DnsPackets} DNS packets");
    }
}
