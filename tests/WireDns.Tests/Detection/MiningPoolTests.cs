using WireDns.Detection.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Detection;

/// <summary>SigmaHQ's own rule for Zeek's log that names pools and leaves out lookups that led nowhere, on lookups of each kind.</summary>
public sealed class MiningPoolTests
{
    [Fact]
    public void Fires_on_lookups_that_led_somewhere_and_on_those_alone()
    {
        var rules = LoadedRules.Load([TestPaths.Shared("sigma/rules/rules/network/zeek/zeek_dns_mining_pools.yml")]);
        var capture = new LookupCapture()
            // Led to a pool: the response raises the alert.
            .Lookup(1, "eu.minexmr.com", "198.51.100.1")
            // Blocked by an answer, or by the lack of one.
            .Lookup(2, "eu.minexmr.com", "0.0.0.0")
            .Lookup(3, "eu.minexmr.com", "127.0.0.1")
            .Lookup(4, "eu.minexmr.com")
            // Another name.
            .Lookup(5, "www.example", "198.51.100.1")
            // Not answered within its time: what is known does not speak against it.
            .Query(6, "eu.minexmr.com")
            .Wait(11)
            // The query was not seen.
            .Response(11, DnsBytes.Response("eu.minexmr.com", id: 99, answers: DnsBytes.Address("eu.minexmr.com", "198.51.100.1")));
        using var folder = new TemporaryFolder();
        var run = DetectionRun.Of(rules, folder.Write("capture.pcap", capture.Bytes));

        Assert.Empty(rules.Diagnostics);
        Assert.Equal(RuleCoverage.Full, Assert.Single(rules.Verdicts).Coverage);
        Assert.Equal(
            [(2L, (long?)1L, true), (11L, null, false), (12L, null, true)],
            run.Alerts.Select(alert => (alert.PacketNumber, alert.RelatedPacketNumber, alert.Message.IsResponse)));
    }
}
