using WireDns.Detection.Rules;
using WireDns.Tests.Detection;

namespace WireDns.Tests.Correlation;

/// <summary>
/// The correlations that ship: all load, and ordinary traffic fires none. That each fires at its threshold and not below is tested beside them
/// (rules/tests/dns.test.yml), which <c>RuleTestTests</c> runs.
/// </summary>
public sealed class ShippedRulesTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "rules", "dns");

    // These captures hold what the rules are for: rules/dns/README.md.
    private static readonly string[] Attacks =
    [
        "nfstream-dns-tunnel-iodine.pcap", "nfstream-dns_exfiltration.pcap", "sv-bug-1158_input.pcap", "sv-datasets-06-state-long_input.pcap",
        "tcpdump-dns_fwdptr.pcap",
    ];

    [Fact]
    public void Every_file_loads_without_a_word_and_says_who_wrote_it()
    {
        var rules = LoadedRules.Load([Folder]);
        Assert.Empty(rules.Diagnostics);
        Assert.Empty(rules.Lint());
        Assert.All(rules.CorrelationVerdicts, verdict => Assert.Equal(RuleCoverage.Full, verdict.Coverage));
        Assert.All(rules.Verdicts, verdict => Assert.True(verdict.Rule.IsSilent, verdict.Rule.Title));
        Assert.All(
            rules.CorrelationVerdicts.Select(verdict => verdict.Correlation.Rule),
            rule => Assert.True(rule is { Author: "WireDns", License: "MIT", Status: "experimental", Level: not null } && rule.FalsePositives.Count > 0));
        var tests = File.ReadAllText(Path.Combine(TestPaths.AllRules, "tests", "dns.test.yml"));
        Assert.All(rules.CorrelationVerdicts, verdict => Assert.Contains($"{verdict.Correlation.Rule.Id}: [", tests, StringComparison.Ordinal));
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Directory.GetFiles(Folder, "*.yml"), file => Assert.Contains($"`{Path.GetFileName(file)}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("203.0.113.7", "10.0.0.1", true, Label = "public, then private")]
    [InlineData("127.0.0.1", "203.0.113.7", true, Label = "private, then public")]
    [InlineData("203.0.113.7", "169.254.169.254", true, Label = "link-local")]
    [InlineData("203.0.113.7", "203.0.113.8", false, Label = "two public ones")]
    [InlineData("192.168.1.1", "10.0.0.1", false, Label = "two private ones")]
    public void Finds_a_name_that_changes_sides(string first, string second, bool isHit)
    {
        var path = Path.Combine(Folder, "dns_rebinding_public_then_private.yml");
        var capture = new LookupCapture().Lookup(1, "a.evil.example", first).Wait(30).Lookup(1, "A.evil.example", second);
        Assert.Equal(isHit ? 1 : 0, DetectionRun.Of(path, capture).Alerts.Count);
        var apart = new LookupCapture().Lookup(1, "a.evil.example", first).Wait(301).Lookup(1, "a.evil.example", second);
        Assert.Empty(DetectionRun.Of(path, apart).Alerts);
        var others = new LookupCapture().Lookup(1, "a.evil.example", first).Lookup(2, "a.evil.example", second).Lookup(1, "b.evil.example", second);
        Assert.Empty(DetectionRun.Of(path, others).Alerts);
    }

    [Fact]
    public void An_answer_of_both_sides_at_once_is_a_hit()
    {
        var path = Path.Combine(Folder, "dns_rebinding_public_then_private.yml");
        Assert.Single(DetectionRun.Of(path, new LookupCapture().Lookup(1, "a.evil.example", "203.0.113.7", "192.168.0.1")).Alerts);
    }

    [Fact]
    public void Ordinary_captures_fire_none_and_tunnels_do()
    {
        var folder = TestPaths.Shared("captures/captures");
        var fired = new List<string>();
        foreach (var path in Directory.GetFiles(folder).Concat(Directory.GetFiles(TestPaths.Captures, "*.pcap*")))
        {
            var run = Running.Product.Run("read", path, "-r", Folder, "-q");
            if (run.Output.Lines.Count > 0)
            {
                fired.Add(Path.GetFileName(path));
            }
        }

        Assert.Equal(Attacks.Order(StringComparer.Ordinal), fired.Order(StringComparer.Ordinal));
    }
}
