using WireDns.Detection.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Detection;

/// <summary>Filters, from the packets to the alerts.</summary>
public sealed class FilterTests
{
    private const string Name = "a.pool.example";

    private static readonly LookupCapture TwoClients = new LookupCapture()
        .Query(7, Name).Answer(7, Name, DnsBytes.A, [198, 51, 100, 1])
        .Query(8, Name).Answer(8, Name, DnsBytes.A, [198, 51, 100, 1]);

    private static readonly LookupCapture SinkholeAndPool = new LookupCapture()
        .Lookup(7, Name, "203.0.113.1")
        .Lookup(7, Name, "198.51.100.1");

    private static string OnQuery => RuleText.Of("query|endswith: '.pool.example'");

    [Fact]
    public void Takes_a_client_out_of_a_rule_on_the_query()
    {
        Assert.Equal([1L, 3L], PacketsOf(OnQuery, TwoClients));
        Assert.Equal([3L], PacketsOf(OnQuery + Filter("known:\n  src_ip: 192.0.2.7"), TwoClients));
    }

    [Fact]
    public void Takes_a_client_out_of_a_rule_on_the_answer()
    {
        Assert.Equal([2L, 4L], PacketsOf(RuleText.AnsweredPool, TwoClients));
        Assert.Equal([4L], PacketsOf(RuleText.AnsweredPool + Filter("known:\n  id.orig_h: 192.0.2.7", "product: zeek\nservice: dns"), TwoClients));
    }

    [Fact]
    public void On_the_answer_makes_a_rule_on_the_query_wait_for_it()
    {
        Assert.Equal([1L, 3L], PacketsOf(OnQuery, SinkholeAndPool));
        Assert.Equal([4L], PacketsOf(OnQuery + Filter("known:\n  dns.resolved_ip|cidr: 203.0.113.0/24"), SinkholeAndPool));
    }

    [Fact]
    public void With_keywords_makes_a_rule_on_the_query_wait_for_the_answer()
    {
        Assert.Equal([4L], PacketsOf(OnQuery + Filter("known:\n  - 203.0.113.1"), SinkholeAndPool));
    }

    [Fact]
    public void In_a_file_of_its_own_names_the_rule_by_its_id()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", OnQuery);
        folder.Write("b.yml", Filter("known:\n  src_ip: 192.0.2.7").Replace("rules: any", "rules: [5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1]", StringComparison.Ordinal)[5..]);
        var run = DetectionRun.Of(LoadedRules.Load([folder.Path]), folder.Write("capture.pcap", TwoClients.Bytes));

        Assert.Empty(run.Rules.Diagnostics);
        Assert.Single(run.Rules.Filters);
        Assert.Equal(3, Assert.Single(run.Alerts).PacketNumber);
    }

    private static IEnumerable<long> PacketsOf(string rules, LookupCapture capture) =>
        DetectionRun.AlertsOf(rules, capture).Select(alert => alert.PacketNumber);

    private static string Filter(string selection, string logSource = "category: dns") => $"""

        ---
        title: What is known to be harmless
        logsource:
          {logSource.ReplaceLineEndings("\n  ")}
        filter:
          rules: any
          {selection.ReplaceLineEndings("\n  ")}
          condition: not known
        """;
}
