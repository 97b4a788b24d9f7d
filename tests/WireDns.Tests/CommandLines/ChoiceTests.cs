using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Which alerts <c>wiredns read</c> sends when it is asked for some, and that it counts the others.</summary>
public sealed class ChoiceTests : IDisposable
{
    private const string Rules = """
        title: evil
        logsource: {category: dns}
        detection:
          s: {query|contains: evil}
          condition: s
        level: high
        ---
        title: bad
        logsource: {category: dns}
        detection:
          s: {query|contains: bad}
          condition: s
        level: low
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // Six alerts in 40 minutes from 2025-06-15T15:06:40Z on: client, minute, rule and name are the rows.
    private string Capture => _folder.Write("six.pcap", new LookupCapture()
        .Query(1, "evil.example.com").Wait(600)
        .Query(2, "bad.example.com").Wait(600)
        .Query(1, "www.evil.example.com").Wait(600)
        .Query(2, "evil.other.test").Wait(600)
        .Query(3, "bad.other.test").Query(3, "evil[0].test").Bytes);

    [Theory]
    [InlineData("from a time on", "2,3,4,4", "before --since +2", "--since", "2025-06-15T15:26:40Z")]
    [InlineData("from a time of another zone on", "2,3,4,4", "before --since +2", "--since", "2025-06-15T17:26:40.0+02:00")]
    [InlineData("before a time", "0,1", "from --until on +4", "--until", "2025-06-15T15:26:40Z")]
    [InlineData("a date counts to its end", "0,1,2,3,4,4", null, "--since", "2025-06-15", "--until", "2025-06-15")]
    [InlineData("no date", "", "before --since +6", "--since", "2025-06-16")]
    [InlineData("from the beginning", "1,2,3,4,4", "before --since +1", "--since", "+10m")]
    [InlineData("up to a distance from the beginning", "0", "from --until on +5", "--until", "+10m")]
    [InlineData("the last ten minutes", "3,4,4", "before --since +3", "--since", "-10m")]
    [InlineData("all but the last ten minutes", "0,1,2", "from --until on +3", "--until", "-600s")]
    [InlineData("a client", "1,3", "of other clients +4", "--client", "192.0.2.2")]
    [InlineData("networks", "0,2,4,4", "of other clients +2", "--client", "192.0.2.1", "--client", "192.0.2.3/32")]
    [InlineData("a server", "", "at other servers +6", "--server", "10.0.0.0/8")]
    [InlineData("its network", "0,1,2,3,4,4", null, "--server", "192.0.2.0/24")]
    [InlineData("names below a domain", "0,1,2", "about other names +3", "--name", "*.EXAMPLE.com")]
    [InlineData("a bracket is a bracket", "4", "about other names +5", "--name", "evil[0].test")]
    [InlineData("a question mark is a character", "1,4", "about other names +4", "--name", "ba?.*")]
    [InlineData("a level", "0,2,3,4", "below --min-level +2", "--min-level", "High")]
    [InlineData("several reasons", "2", "before --since +1", "--min-level", "high", "--since", "+1s", "--client", "192.0.2.1")]
    [InlineData("at most", "0,1", "beyond --max-alerts +4", "--max-alerts", "2")]
    [InlineData("first of a rule", "0,1", "not the first +4", "--first-per", "rule")]
    [InlineData("first of a client", "0,1,4", "not the first +3", "--first-per", "client")]
    [InlineData("first of a domain", "0,3,4", "not the first +3", "--first-per", "domain")]
    [InlineData("first of a rule and a client", "0,1,3,4,4", "not the first +1", "--first-per", "client,RULE")]
    public void Sends_what_was_asked_for_and_counts_the_rest(string _, string minutes, string? leftOut, params string[] options)
    {
        var run = Product.Run(["read", Capture, "-r", _folder.Write("rules.yml", Rules), .. options]);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(minutes, string.Join(',', run.Output.Lines.Select(line => (int.Parse(line.AsSpan(14, 2)) + 60 - 6) % 60 / 10)));
        Assert.Matches(new Regex("^alerts +6 ", RegexOptions.Multiline), run.Error.Text);
        var count = 6 - run.Output.Lines.Count;
        Assert.Matches(new Regex(leftOut is null ? "^alerts" : $"^alerts left out +{count} ", RegexOptions.Multiline), run.Error.Text);
        Assert.Matches(new Regex(leftOut is null ? "^alerts" : $"^  {leftOut}\\b", RegexOptions.Multiline), run.Error.Text);
        Assert.Equal(leftOut is null, !run.Error.Text.Contains("left out", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--since takes 2026-11-27T08:30:00Z (RFC 3339), 2026-11-27 (UTC), +10m (after the beginning of the capture) or -5m (before its end), not 'yesterday'.", "--since", "yesterday")]
    [InlineData("--until takes a time with its zone, as 2025-06-15T15:26Z or 2025-06-15T15:26+01:00, not '2025-06-15T15:26'.", "--until", "2025-06-15T15:26")]
    [InlineData("--until takes a time from 1800 to 2150, not '9999-12-31'.", "--until", "9999-12-31")]
    [InlineData("--since 2025-06-15T15:26Z is not before --until 2025-06-15T15:26:00Z", "--since", "2025-06-15T15:26Z", "--until", "2025-06-15T15:26:00Z")]
    [InlineData("--since -5m is not before --until -10m", "--since", "-5m", "--until", "-10m")]
    [InlineData("--client takes an IPv4 or IPv6 address or a network without host bits, not '10.0.0.1/8'.", "--client", "10.0.0.1/8")]
    [InlineData("--server takes an IPv4 or IPv6 address or a network without host bits, not 'dns'.", "--server", "dns")]
    [InlineData("--name takes a name without a final dot, not 'example.com.'.", "--name", "example.com.")]
    [InlineData("--min-level takes informational, low, medium, high, critical; not 'severe'.", "--min-level", "severe")]
    [InlineData("--fail-on takes informational, low, medium, high, critical; not '3'.", "--fail-on", "3")]
    [InlineData("--first-per takes rule, client, domain, with commas between them; not 'name'.", "--first-per", "rule,name")]
    [InlineData("--max-alerts takes 1 to 2,147,483,647, not '0'.", "--max-alerts", "0")]
    public void Says_what_is_wrong_with_a_choice(string error, params string[] options)
    {
        var run = Product.Run(["read", Capture, "-r", _folder.Write("rules.yml", Rules), .. options]);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal([$"wiredns: {error}"], run.Error.Lines);
        Assert.Empty(run.Output.Bytes);
    }

    [Fact]
    public void Standard_input_has_no_end_to_count_from_but_a_beginning()
    {
        var rules = _folder.Write("rules.yml", Rules);
        var fromEnd = Product.RunWithInput(File.ReadAllBytes(Capture), "read", "-", "-r", rules, "--since=-10m");
        var fromBeginning = Product.RunWithInput(File.ReadAllBytes(Capture), "read", "-", "-r", rules, "--since", "+40m", "-q");

        Assert.Equal(2, fromEnd.ExitStatus);
        Assert.Contains("standard input has none", fromEnd.Error.Lines[0], StringComparison.Ordinal);
        Assert.Equal(2, fromBeginning.Output.Lines.Count);
    }

    [Fact]
    public void Each_file_has_its_own_beginning_and_end_and_merged_files_have_one()
    {
        var later = new LookupCapture().Wait(3000).Query(1, "evil.example.com").Wait(600).Query(1, "bad.example.com");
        string[] arguments = ["read", Capture, _folder.Write("later.pcap", later.Bytes), "-r", _folder.Write("rules.yml", Rules), "-q"];

        Assert.Equal(2 + 1, Product.Run([.. arguments, "--since", "-5m"]).Output.Lines.Count);
        Assert.Single(Product.Run([.. arguments, "--merge", "--since", "-5m"]).Output.Lines);
        Assert.Equal(1 + 1, Product.Run([.. arguments, "--until", "+5m"]).Output.Lines.Count);
        Assert.Single(Product.Run([.. arguments, "--merge", "--until", "+5m"]).Output.Lines);
    }

    [Fact]
    public void A_lookup_whose_query_is_before_the_time_is_still_whole()
    {
        var capture = new LookupCapture().Query(1, "evil.example.com").Wait(5).Answer(1, "evil.example.com", DnsBytes.A, [192, 0, 2, 99]);
        var rule = _folder.Write("rule.yml", Rules.Split("---")[0].Replace("query|contains: evil", "query|contains: evil, answer|contains: 192.0.2.99", StringComparison.Ordinal));
        var run = Product.Run("read", _folder.Write("one.pcap", capture.Bytes), "-r", rule, "--since", "+1s", "-f", "ecs", "-q");

        Assert.Single(run.Output.Lines);
        Assert.Contains("\"related_packet_number\":1", run.Output.Text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, "high")]
    [InlineData(3, "low")]
    [InlineData(0, "critical")]
    [InlineData(3, "high", "--max-alerts", "1", "--first-per", "rule")]
    [InlineData(0, "high", "--name", "bad.*")]
    public void An_alert_of_the_level_that_was_named_gives_the_exit_status_3(int status, string level, params string[] options)
    {
        Assert.Equal(status, Product.Run(["read", Capture, "-r", _folder.Write("rules.yml", Rules), "--fail-on", level, .. options]).ExitStatus);
    }

    [Theory]
    [InlineData(3, "high")]
    [InlineData(1, "critical")]
    public void A_damaged_file_does_not_hide_that_an_alert_was_found(int status, string level)
    {
        var bytes = File.ReadAllBytes(Capture);
        var run = Product.Run("read", _folder.Write("cut.pcap", bytes.AsSpan(0, bytes.Length - 3)), "-r", _folder.Write("rules.yml", Rules), "--fail-on", level);

        Assert.Equal(status, run.ExitStatus);
        Assert.Contains(run.Error.Lines, line => line.Contains("cut.pcap: packet 6", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public void Alerts_of_several_files_come_in_the_order_of_time(string jobs)
    {
        var between = new LookupCapture().Wait(300).Query(9, "evil.between.test").Wait(600).Query(9, "bad.between.test");
        string[] arguments = ["read", Capture, _folder.Write("between.pcap", between.Bytes), "-r", _folder.Write("rules.yml", Rules), "--jobs", jobs];
        var byTime = Product.Run([.. arguments, "--order", "time"]);
        var byFile = Product.Run(arguments);

        Assert.Equal(8, byTime.Output.Lines.Count);
        Assert.Equal(byFile.Output.Lines.OrderBy(line => line[..27], StringComparer.Ordinal), byTime.Output.Lines);
        Assert.NotEqual(byFile.Output.Lines, byTime.Output.Lines);
        Assert.DoesNotContain("out of the order", byTime.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_summary_says_that_correlations_do_not_count_across_files()
    {
        var rules = Path.Combine(TestPaths.Root, "rules");
        var several = Product.Run("read", Capture, SampleCaptures.Tagged, "-r", rules);
        var one = Product.Run("read", Capture, "-r", rules);
        var merged = Product.Run("read", "--merge", Capture, SampleCaptures.Tagged, "-r", rules);
        const string Note = "  ! correlations count within each file: --merge counts across files";

        Assert.Contains(Note, several.Error.Lines);
        Assert.DoesNotContain(Note, one.Error.Lines);
        Assert.DoesNotContain(Note, merged.Error.Lines);
    }
}
