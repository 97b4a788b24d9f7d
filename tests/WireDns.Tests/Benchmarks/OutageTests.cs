using WireDns.Benchmarks.Outages;
using WireDns.Tests.Running;

namespace WireDns.Tests.Benchmarks;

/// <summary>The outages of docs/delivery.md with fewer alerts: <c>./run.sh outage</c> has 100,000.</summary>
public sealed class OutageTests
{
    private const int Alerts = 3000;

    [Theory]
    [InlineData("relp rsyslog direct", nameof(Outage.Stopped))]
    [InlineData("relp rsyslog direct", nameof(Outage.Killed))]
    [InlineData("relp rsyslog direct", nameof(Outage.BothKilled))]
    [InlineData("http", nameof(Outage.Killed))]
    [InlineData("http", nameof(Outage.DiskFull))]
    [InlineData("http", nameof(Outage.BothKilled))]
    public void Every_alert_arrives_at_a_receiver_that_answers_whole_and_in_order(string way, string fault)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && (fault != nameof(Outage.DiskFull) || Environment.IsPrivilegedProcess), "needs Linux, and root to mount a small disk");
        using var folder = new TemporaryFolder();
        var run = new OutageRun(Product.Executable, Server, folder.Path, OutageCapture.Write(folder.Path, Alerts));
        var result = run.Run(way, Enum.Parse<Outage>(fault));
        TestContext.Current.SendDiagnosticMessage(result.ToMarkdown());
        Assert.True(result.Lost == 0 && result.Arrived.AreInOrder, $"{result.ToMarkdown()}\n{result.Said}");
        Assert.True(result.Alerts >= Alerts / 4, result.ToMarkdown());
    }

    [Fact]
    public void A_torn_line_is_no_alert()
    {
        Assert.Equal(7, OutageCapture.NumberIn("<1>1 … n0000007.outage.example … outage.pcap#7"));
        Assert.Equal(7, OutageCapture.NumberIn("""{"dns":{"question":{"name":"n0000007.outage.example"}},"wiredns":{"packet_number":7}}"""));
        Assert.All(
            ["n0000007.outage.example … outage.pcap#", "n0000007.outage.example outage.pcap#8", "n0000007.outage", """{"name":"n0000007.outage.example","wiredns":{"packet_nu"""],
            line => Assert.Null(OutageCapture.NumberIn(line)));
    }

    // tests/WireDns.Tests/bin/CONFIGURATION/net10.0 → tests/WireDns.Benchmarks/bin/CONFIGURATION/net10.0
    private static string Server
    {
        get
        {
            var own = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
            return Path.Combine(TestPaths.Root, "tests", "WireDns.Benchmarks", "bin", own.Parent!.Name, own.Name, "WireDns.Benchmarks");
        }
    }
}
