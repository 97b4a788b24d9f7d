using WireDns.Tests.Running;

namespace WireDns.Tests.Detection;

/// <summary>The options that say which rules run, and what the detector knows about the network.</summary>
public sealed class DetectionOptionTests
{
    private static string Degraded => RuleText.With("""
        selection:
          QueryName: evil.example
        filter:
          Image|endswith: '\browser.exe'
        condition: selection and not filter
        """, "category: dns_query\nproduct: windows");

    [Fact]
    public void Marks_what_a_resolver_sends_on()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("capture.pcap", new LookupCapture().Query(0, DnsBytes.Query("evil.example"), client: "2.2.2.2").Bytes);
        var rule = folder.Write("rule.yml", RuleText.Of("query: evil.example"));
        var alone = Product.Run("read", capture, "-r", rule, "-q", "--format", "ecs");
        var marked = Product.Run("read", capture, "-r", rule, "-q", "--format", "ecs", "--resolver", "10.0.0.0/8", "--resolver", "2.2.2.2");

        Assert.DoesNotContain("forwarded", Assert.Single(alone.Output.Lines), StringComparison.Ordinal);
        Assert.Contains("\"forwarded\":true", Assert.Single(marked.Output.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--resolver", "10.1", "wiredns: --resolver takes an IPv4 or IPv6 address or a network without host bits, not '10.1'.")]
    [InlineData("--resolver", "10.0.0.1/8", "wiredns: --resolver takes an IPv4 or IPv6 address or a network without host bits, not '10.0.0.1/8'.")]
    [InlineData("--resolver", "010.0.0.1", "wiredns: --resolver takes an IPv4 or IPv6 address or a network without host bits, not '010.0.0.1'.")]
    [InlineData("--resolver", "fe80::1%eth0", "wiredns: --resolver takes an IPv4 or IPv6 address or a network without host bits, not 'fe80::1%eth0'.")]
    [InlineData("--resolver", "dns.example", "wiredns: --resolver takes an IPv4 or IPv6 address or a network without host bits, not 'dns.example'.")]
    [InlineData("--lookups", "1023", "wiredns: --lookups takes 1,024 to 16,777,216, not '1023'.")]
    [InlineData("--lookups", "16777217", "wiredns: --lookups takes 1,024 to 16,777,216, not '16777217'.")]
    [InlineData("--correlation-groups", "0", "wiredns: --correlation-groups takes 1 to 16,777,216, not '0'.")]
    [InlineData("--correlation-events", "16777217", "wiredns: --correlation-events takes 1 to 16,777,216, not '16777217'.")]
    public void Refuses_what_is_no_such_value(string option, string value, string line)
    {
        var run = Product.Run("read", Path.Combine(TestPaths.Captures, "clean.pcap"), "-r", TestPaths.Rules, option, value);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal([line], run.Error.Lines);
    }

    [Theory]
    [InlineData("--correlation-groups", "2", 0)]
    [InlineData("--correlation-groups", "1", 3)]
    [InlineData("--correlation-events", "4", 0)]
    [InlineData("--correlation-events", "1", 3)]
    public void A_correlation_keeps_its_bound_and_the_summary_says_what_it_forgot(string option, string value, int forgotten)
    {
        using var folder = new TemporaryFolder();
        // Two clients take turns: if there is room for one of them, each lookup pushes the other client out.
        var capture = folder.Write("capture.pcap", new LookupCapture()
            .Query(1, "a.example").Query(2, "a.example").Query(1, "b.example").Query(2, "b.example").Bytes);
        var rules = folder.Write("rules.yml", RuleText.Of("query|exists: true") + """

            ---
            title: Two lookups
            correlation:
              type: event_count
              rules: [5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1]
              group-by: [src_ip]
              timespan: 1m
              condition: {gte: 2}
            """);
        var run = Product.Run("read", capture, "-r", rules, option, value);

        Assert.Equal(forgotten == 0 ? 2 : 0, run.Output.Lines.Count);
        var line = run.Error.Lines.SingleOrDefault(line => line.Contains("groups of events forgotten", StringComparison.Ordinal));
        Assert.Equal(forgotten == 0, line is null);
        Assert.True(line is null || (line.Contains($" {forgotten} ", StringComparison.Ordinal) && line.Contains(option, StringComparison.Ordinal)), line);
    }

    [Fact]
    public void A_degraded_rule_runs_with_its_caveat_unless_it_is_not_wanted()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("capture.pcap", new LookupCapture().Query(0, DnsBytes.Query("evil.example")).Bytes);
        var rule = folder.Write("rule.yml", Degraded);
        var with = Product.Run("read", capture, "-r", rule, "-q");
        var without = Product.Run("read", capture, "-r", rule, "-r", TestPaths.Rules, "-q", "--no-degraded");
        var alone = Product.Run("read", capture, "-r", rule, "-q", "--no-degraded");

        Assert.Single(with.Output.Lines);
        Assert.StartsWith($"{rule}: runs with a caveat: no wire carries Image", Assert.Single(with.Error.Lines), StringComparison.Ordinal);
        Assert.Empty(without.Output.Lines);
        Assert.Equal(0, without.ExitStatus);
        Assert.StartsWith($"{rule}: is left out: no wire carries Image", Assert.Single(without.Error.Lines), StringComparison.Ordinal);
        Assert.Equal(2, alone.ExitStatus);
    }

    [Fact]
    public void A_run_counts_the_lints_and_a_check_shows_those_that_are_not_switched_off()
    {
        using var folder = new TemporaryFolder();
        var rule = folder.Write("rule.yml", RuleText.Of("query|endswith: [evil.example, '.bad.example.', much.evil.example]"));
        var run = Product.Run("read", Path.Combine(TestPaths.Captures, "clean.pcap"), "-r", rule, "-q");
        var check = Product.Run("rules", "check", rule);
        var quieter = Product.Run("rules", "check", rule, "--no-lint", "endswith-without-dot", "--no-lint", "covered-value");
        var wrong = Product.Run("rules", "check", rule, "--no-lint", "endswith");

        Assert.Equal(["wiredns: 4 values in 1 rule file may not mean what they say: 'wiredns rules check' shows them"], run.Error.Lines);
        Assert.Equal(0, check.ExitStatus);
        Assert.Equal(2, check.Output.Lines.Count(line => line.Contains("[endswith-without-dot]", StringComparison.Ordinal)));
        Assert.Single(check.Output.Lines, line => line.Contains("[covered-value]", StringComparison.Ordinal));
        Assert.Contains("[trailing-dot]", Assert.Single(quieter.Output.Lines, line => line.Contains("warning", StringComparison.Ordinal) && line.Contains('[', StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(2, wrong.ExitStatus);
    }
}
