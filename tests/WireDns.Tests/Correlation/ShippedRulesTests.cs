using System.Text;
using WireDns.Detection;

namespace WireDns.Tests.Correlation;

/// <summary>The correlations that ship: each fires for what it is for, at its threshold and not below, and ordinary traffic fires none.</summary>
public sealed class ShippedRulesTests
{
    private static readonly string Folder = Path.Combine(TestPaths.Root, "rules", "dns");

    // What is in these captures is what the rules are for: rules/dns/README.md.
    private static readonly string[] Attacks =
    [
        "nfstream-dns-tunnel-iodine.pcap", "nfstream-dns_exfiltration.pcap", "sv-bug-1158_input.pcap", "sv-datasets-06-state-long_input.pcap",
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
        var page = File.ReadAllText(Path.Combine(Folder, "README.md"));
        Assert.All(Directory.GetFiles(Folder, "*.yml"), file => Assert.Contains($"`{Path.GetFileName(file)}`", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("dns_high_query_rate_by_client", 2000)]
    [InlineData("dns_high_txt_query_rate_by_client", 50)]
    [InlineData("dns_high_null_query_rate_by_client", 10)]
    [InlineData("dns_many_subdomains_of_one_domain", 200)]
    [InlineData("dns_long_names_by_client", 20)]
    [InlineData("dns_much_data_in_names", 200)]
    [InlineData("dns_large_answers_to_client", 20)]
    public void Fires_at_its_threshold_and_not_below(string file, int count)
    {
        var path = Path.Combine(Folder, file + ".yml");
        Assert.Empty(DetectionRun.Of(path, Make(file, count - 1)).Alerts);
        Assert.Single(DetectionRun.Of(path, Make(file, count)).Alerts);
    }

    [Theory]
    [InlineData("public, then private", "203.0.113.7", "10.0.0.1", true)]
    [InlineData("private, then public", "127.0.0.1", "203.0.113.7", true)]
    [InlineData("link-local", "203.0.113.7", "169.254.169.254", true)]
    [InlineData("two public ones", "203.0.113.7", "203.0.113.8", false)]
    [InlineData("two private ones", "192.168.1.1", "10.0.0.1", false)]
    public void Finds_a_name_that_changes_sides(string description, string first, string second, bool isHit)
    {
        Assert.NotNull(description);
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

    private static LookupCapture Make(string file, int count)
    {
        var capture = new LookupCapture();
        for (var i = 0; i < count; i++)
        {
            capture.Wait(0.02);
            switch (file)
            {
                case "dns_high_query_rate_by_client":
                    capture.Query(1, $"host{i % 7}.example");
                    break;
                case "dns_high_txt_query_rate_by_client":
                    capture.Query(1, "t.evil.example", 16);
                    break;
                case "dns_high_null_query_rate_by_client":
                    capture.Query(1, "t.evil.example", 10);
                    break;
                case "dns_many_subdomains_of_one_domain":
                    capture.Query(1, $"x{i}.evil.example").Query(1, $"x{i}.EVIL.example");
                    break;
                case "dns_long_names_by_client":
                    capture.Query(1, $"{new string('a', 50)}.{new string('b', 36)}.evil.example");
                    break;
                case "dns_much_data_in_names":
                    capture.Query(1, $"{new string('a', 50)}.{new string('b', 36)}.evil.example");
                    break;
                default:
                    capture.Query(1, "t.evil.example", 16).Answer(1, "t.evil.example", 16, [200, .. Encoding.ASCII.GetBytes(new string('x', 200))]);
                    break;
            }
        }

        return capture;
    }
}
