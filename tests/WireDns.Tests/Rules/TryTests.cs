using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules try</c>.</summary>
public sealed class TryTests
{
    [Theory]
    [InlineData("query|endswith: .evil.example", "evil.example", "the domain itself is not below itself: add the value 'evil.example' without |endswith", Label = "the domain itself")]
    [InlineData("query: evil.example", "www.evil.example", "a name below 'evil.example': write query|endswith: '.evil.example'", Label = "a name below an exact one")]
    [InlineData("query|startswith: evil", "www.evil.example", "the value is there, but not at the start: query|contains finds it", Label = "in the middle instead of at the start")]
    [InlineData("query|endswith: evil", "evil.example", "the value is there, but not at the end: query|startswith finds it", Label = "at the start instead of at the end")]
    [InlineData("query|cased|contains: EVIL", "www.evil.example", "only the case of the letters differs", Label = "another case")]
    [InlineData("query: www.evil.example", "mail.evil.example", "the same domain 'evil.example', a level above the rule's value", Label = "another name of the domain")]
    [InlineData("query: www.evil.example", "evil.example", "the same domain 'evil.example', a level above the rule's value", Label = "the domain above")]
    [InlineData("answer: evil.example", "evil.example", "the value is in the field query, not in answer", Label = "another field")]
    [InlineData("query|re: ^EVIL", "evil.example", "only the case of the letters differs", Label = "an expression in capitals")]
    [InlineData("answer|cidr: 192.0.2.0/24", "other.example", "the value is in the field src_ip, not in answer", Label = "a network of another field")]
    public void A_near_miss_on_the_wire_says_what_is_different(string item, string name, string advice)
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("c.pcap", new LookupCapture().Lookup(1, name, "198.51.100.7").Lookup(1, "nothing.test", "198.51.100.8").Bytes);
        var run = Product.Run("rules", "try", folder.Write("rule.yml", Rule(item)), capture);

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("  0 alerts", run.Output.Lines);
        Assert.Contains($"      {advice}", run.Output.Lines);
        Assert.Equal("4 DNS messages looked at", run.Output.Lines[^1]);
        Assert.DoesNotContain(run.Output.Lines, line => line.Contains("nothing.test", StringComparison.Ordinal) && !item.Contains("cidr", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("query|endswith: .evil.example", """{"query": "evil.example"}""", "the domain itself is not below itself: add the value 'evil.example' without |endswith", Label = "the domain itself")]
    [InlineData("query: evil.example.", """{"query": "evil.example"}""", "names have no dot at their end: write 'evil.example'", Label = "a dot at the end")]
    [InlineData("query: evil.example", """{"QueryName": "evil.example"}""", "the value is in the field QueryName, not in query", Label = "another name of the field")]
    [InlineData("query: evil.example", """{"a": {"b": ["x", "EVIL.example"]}}""", "the value is in the field a.b, not in query", Label = "in an inner field")]
    public void A_near_miss_in_events_says_what_is_different(string item, string line, string advice)
    {
        using var folder = new TemporaryFolder();
        var events = folder.Write("e.jsonl", "{\"query\": \"nothing.test\"}\n" + line + "\n");
        var run = Product.Run("rules", "try", folder.Write("rule.yml", Rule(item)), events);

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("  1 near miss", run.Output.Lines);
        Assert.Contains($"    {events}:2", run.Output.Lines);
        Assert.Contains($"      {advice}", run.Output.Lines);
        Assert.Equal("2 events looked at", run.Output.Lines[^1]);
    }

    [Fact]
    public void Hits_are_what_read_alerts_on_with_their_place_and_value()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("c.pcap", new LookupCapture().Lookup(1, "www.evil.example", "198.51.100.7").Lookup(2, "a.evil.example").Bytes);
        var run = Product.Run("rules", "try", folder.Write("rule.yml", Rule("query|endswith: .evil.example")), capture);

        Assert.Equal(["  2 alerts", $"    {capture}#1  query \"www.evil.example\"", $"    {capture}#3  query \"a.evil.example\"", "  0 near misses"], run.Output.Lines.Skip(1).Take(4));
        Assert.Equal(2, Product.Run("read", capture, "-r", folder["rule.yml"], "-q").Output.Lines.Count);
    }

    [Fact]
    public void What_a_filter_of_the_rule_excludes_is_a_near_miss_with_its_name()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("c.pcap", new LookupCapture().Lookup(1, "www.evil.example").Bytes);
        var rule = folder.Write("rule.yml", RuleText.Of("s:\n    query|endswith: .evil.example\nfilter_web:\n    query|startswith: www.\ncondition: s and not filter_web"));
        var run = Product.Run("rules", "try", rule, capture);

        Assert.Contains("      everything else matches, but 'filter_web' excludes it", run.Output.Lines);
    }

    [Fact]
    public void A_public_suffix_is_no_domain_that_two_names_share()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("c.pcap", new LookupCapture().Lookup(1, "good.co.uk").Bytes);
        var run = Product.Run("rules", "try", folder.Write("rule.yml", Rule("query: evil.co.uk")), capture);

        Assert.Contains("  0 near misses", run.Output.Lines);
    }

    [Fact]
    public void Why_an_event_does_not_match_is_a_tree_with_every_selection_and_item()
    {
        using var folder = new TemporaryFolder();
        var events = folder.Write("e.jsonl", "\n{\"query\": \"www.evil.example\", \"record_type\": \"A\"}\n");
        var rule = folder.Write("rule.yml", RuleText.Of("s:\n    query|endswith: .evil.example\n    record_type: TXT\nfilter:\n    query|startswith: ok.\ncondition: s and not filter"));
        var run = Product.Run("rules", "try", rule, events, "--why", "2");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(
            [
                "✗ does not match  A rule", "    condition: s and not filter", "      all of  false", "        s  false", "        not  true", "          filter  false",
                "    s  false", "      query|endswith  true", "        pattern  \".evil.example\"", "        value    www.evil.example", "                    ^^^^^^^^^^^^^",
                "      record_type  false", "        one of   \"TXT\"", "        event    \"A\"",
                "    filter  false", "      query|startswith  false", "        one of   \"ok.\"", "        event    \"www.evil.example\"",
            ],
            run.Output.Lines);
    }

    [Fact]
    public void Why_a_packet_does_not_match_is_the_report_of_inspect()
    {
        using var folder = new TemporaryFolder();
        var capture = folder.Write("c.pcap", new LookupCapture().Lookup(1, "www.evil.example", "198.51.100.7").Bytes);
        var rule = folder.Write("rule.yml", Rule("query: evil.example"));
        var inspected = Product.Run("inspect", capture, "-n", "1", "-r", rule, "-v").Output.Lines;
        var run = Product.Run("rules", "try", rule, "--why", capture + "#1");

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("        message  \"www.evil.example\"", run.Output.Lines);
        Assert.Equal(inspected.SkipWhile(line => line != "Rules on this message"), run.Output.Lines.SkipWhile(line => line != "Rules on this message"));
    }

    [Fact]
    public void The_output_is_bounded_and_hostile_text_is_escaped()
    {
        using var folder = new TemporaryFolder();
        var events = folder.Write("e.jsonl", string.Concat(Enumerable.Range(0, 3000).Select(i => $"{{\"query\": \"\\u001b[31m{new string('x', 5000)}{i}.evil.example\"}}\n{{\"query\": \"{i}.evil.example.org\"}}\n")));
        var run = Product.Run("rules", "try", folder.Write("rule.yml", Rule("query|endswith: .evil.example")), events, "--limit", "3");

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("  3,000 hits", run.Output.Lines);
        Assert.Contains("  3,000 near misses", run.Output.Lines);
        Assert.Equal(2, run.Output.Lines.Count(line => line == "    and 2,997 more (--limit shows more)"));
        Assert.InRange(run.Output.Lines.Count, 10, 40);
        Assert.All(run.Output.Lines, line => Assert.InRange(line.Length, 0, 600));
        Assert.DoesNotContain('\e', run.Output.Text);
    }

    [Theory]
    [InlineData(2, "no DNS message", "try", "RULE", "CAPTURE", "--why", "99", Label = "a packet that is not there")]
    [InlineData(2, "takes a number, FILE#N or FILE:N", "try", "RULE", "CAPTURE", "--why", "first", Label = "no number")]
    [InlineData(2, "is about one FILE, and 2 were given", "try", "RULE", "CAPTURE", "CAPTURE", "--why", "1", Label = "which of two files")]
    [InlineData(2, "try needs a FILE", "try", "RULE", Label = "no file")]
    [InlineData(2, "there is no event in line 9", "try", "RULE", "EVENTS", "--why", "9", Label = "a line that is not there")]
    [InlineData(2, "try them one after the other", "try", "RULE", "EVENTS", "CAPTURE", Label = "events and captures")]
    [InlineData(1, "absent", "try", "RULE", "absent.pcap", Label = "a file that is not there")]
    [InlineData(2, "no rule is called", "try", "absent", "CAPTURE", "-r", "RULE", Label = "a rule that is not there")]
    public void What_cannot_be_tried_is_said(int status, string answer, params string[] arguments)
    {
        using var folder = new TemporaryFolder();
        var files = new Dictionary<string, string>
        {
            ["RULE"] = folder.Write("rule.yml", SampleRules.Sound()),
            ["CAPTURE"] = folder.Write("c.pcap", new LookupCapture().Lookup(1, "a.example").Bytes),
            ["EVENTS"] = folder.Write("e.jsonl", "{}\n"),
        };
        var run = Product.Run(["rules", .. arguments.Select(word => files.GetValueOrDefault(word, word))]);

        Assert.True(status == run.ExitStatus, run.Error.Text + run.Output.Text);
        Assert.Contains(answer == "no DNS message" ? "there is no packet 99" : answer, run.Error.Text, StringComparison.Ordinal);
    }

    private static string Rule(string item) => RuleText.Of($"s:\n    {item}\ncondition: s");
}
