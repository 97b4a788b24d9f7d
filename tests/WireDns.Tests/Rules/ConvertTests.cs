using System.Diagnostics.CodeAnalysis;
using System.Text;
using CsCheck;
using WireDns.RuleTools;
using WireDns.RuleTools.Conversion;
using WireDns.Sigma.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules convert</c>.</summary>
public sealed class ConvertTests
{
    private static string Shipped => Path.Combine(TestPaths.Rules, "dns_query_win_malware_3cx_compromise.yml");

    [Theory]
    [InlineData("suricata", 22, "dns.query; content:\"sbmsa.wiki\"; nocase; reference:url,")]
    [InlineData("zeek-intel", 22, "sbmsa.wiki\tIntel::DOMAIN\tSigma rule bd03a0dc-5d93-49eb-b2e8-2dfd268600f8\tPotential")]
    [InlineData("rpz", 44, "*.sbmsa.wiki CNAME .")]
    [InlineData("hosts", 22, "0.0.0.0 sbmsa.wiki")]
    [InlineData("domains", 22, "sbmsa.wiki")]
    public void The_shipped_rule_is_carried_to_each_format(string format, int lines, string part)
    {
        var run = Product.Run("rules", "convert", Shipped, "--to", format);
        var data = run.Output.Lines.Where(line => line[0] is not ('#' or ';' or '$' or '@')).ToList();

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(lines, data.Count);
        Assert.Contains(data, line => line.Contains(part, StringComparison.Ordinal));
        Assert.Contains("Nasreddine Bencherchali (Nextron Systems)", run.Output.Text, StringComparison.Ordinal);
        Assert.Equal(format == "suricata" ? 0 : 1, run.Error.Lines.Count);
    }

    [Theory]
    [InlineData("query: Evil.example", "content:\"Evil.example\"; nocase; startswith; endswith;", Label = "a name")]
    [InlineData("query|endswith: .evil.example", "content:\".evil.example\"; nocase; endswith;", Label = "names below")]
    [InlineData("query|contains: evil", "content:\"evil\"; nocase;", Label = "a text")]
    [InlineData("query|startswith: evil", "content:\"evil\"; nocase; startswith;", Label = "a beginning")]
    [InlineData("query|contains|cased: eViL", "content:\"eViL\";", Label = "case")]
    [InlineData("query: a*b*c", "content:\"a\"; nocase; startswith; content:\"b\"; nocase; distance:0; content:\"c\"; nocase; distance:0; isdataat:!1,relative;", Label = "a pattern")]
    [InlineData("query|contains|all: [a, b]", "content:\"a\"; nocase; content:\"b\"; nocase;", Label = "all of a list")]
    [InlineData("query|contains: 'a=\"|;b'", "content:\"a|3D 22 7C 3B|b\"; nocase;", Label = "other characters")]
    [InlineData("query: Bücher.example", "content:\"xn--bcher-kva.example\"; nocase; startswith; endswith;", Label = "other letters")]
    [InlineData("query|startswith: aaa.stage.", "content:\"aaa.stage.\"; nocase; startswith;", Label = "a beginning that ends with a dot")]
    public void A_value_becomes_contents(string leaf, string contents)
    {
        var line = Assert.Single(Convert(new SuricataFormat(7), $"s:\n    {leaf}\ncondition: s", out var log));

        Assert.Empty(log);
        Assert.Equal($"alert dns any any -> any any (msg:\"SIGMA A rule\"; dns.query; {contents} priority:2; sid:7; rev:1;)", line);
    }

    [Fact]
    public void A_name_and_those_below_it_are_one_signature_and_ids_go_on()
    {
        var lines = Convert(new SuricataFormat(1), "a:\n    query: [evil.example, other.example]\nb:\n    query|endswith: .evil.example\ncondition: a or b", out _);

        Assert.Equal(2, lines.Count);
        Assert.Contains("dns.query; dotprefix; content:\".evil.example\"; nocase; endswith;", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("sid:1; rev:1;)", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("sid:2; rev:1;)", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("query: Evil.Example", "evil.example CNAME .", "", Label = "a name")]
    [InlineData("query|endswith: .evil.example", "*.evil.example CNAME .", "", Label = "names below")]
    [InlineData("query|endswith: evil.example", "evil.example CNAME .|*.evil.example CNAME .", "merely end so", Label = "an end")]
    [InlineData("query|contains: evil.example", "evil.example CNAME .|*.evil.example CNAME .", "contain it elsewhere", Label = "a text that is a name")]
    [InlineData("query|contains: evil", "", "only a part of a domain name", Label = "a text that is a label")]
    [InlineData("query|contains: 192.0.2.1", "", "only a part of a domain name", Label = "an address")]
    [InlineData("query|startswith: evil.", "", "at the beginning", Label = "a beginning")]
    [InlineData("query: evil.example.", "", "no domain name", Label = "a name with a dot at its end")]
    [InlineData("query: 'evil example.com'", "", "no domain name", Label = "a name with a blank")]
    [InlineData("query|re: evil", "", "regular expressions", Label = "an expression")]
    [InlineData("query: evi?.example", "", "one character", Label = "one character")]
    [InlineData("query: Bücher.example", "xn--bcher-kva.example CNAME .", "", Label = "other letters")]
    [InlineData("query: _ldap._tcp.evil.example", "_ldap._tcp.evil.example CNAME .", "", Label = "underscores")]
    [InlineData("answers: evil.example", "", "the data of an answer (answers)", Label = "the answer")]
    [InlineData("query|contains|all: [evil, example]", "", "several conditions on one name", Label = "two conditions")]
    public void What_a_zone_cannot_say_is_left_out_and_said(string leaf, string lines, string warning)
    {
        var converted = Convert(new ResponsePolicyFormat(), $"s:\n    {leaf}\ncondition: s", out var log);

        Assert.Equal(lines, string.Join('|', converted));
        Assert.Equal(warning.Length == 0 ? 0 : 1, log.Count);
        Assert.All(log, line => Assert.Contains(warning, line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("s and not f", "e.example", "the filter f is not carried, so that what it excludes is reported too", Label = "a filter")]
    [InlineData("s or (s and t)", "e.example", "an alternative that also asks for the question type (qtype_name) is left out", Label = "an alternative that needs more")]
    [InlineData("s or not f", "e.example", "an alternative that asks for what is not there is left out", Label = "something that is not there")]
    [InlineData("not s", "", "an alternative that asks for what is not there is left out", Label = "nothing but what is not there")]
    [InlineData("e", "", "an alternative that asks for no name is left out", Label = "a condition on the event alone")]
    [InlineData("s and e", "e.example", "", Label = "a condition that every lookup fulfils")]
    [InlineData("k or s", "e.example", "keywords are not carried: they search more than the name", Label = "keywords")]
    public void Of_a_condition_what_names_can_say_is_carried(string condition, string lines, string warning)
    {
        var converted = Convert(
            new DomainListFormat(), "s:\n    query: e.example\nf:\n    query: f.example\nt:\n    qtype_name: TXT\ne:\n    EventID: 3008\nk: [word]\n"
            + $"condition: {condition}", out var log, "{product: windows, service: dns-client}");

        Assert.Equal(lines, string.Join('|', converted));
        Assert.Equal(warning, string.Join('|', log));
    }

    [Fact]
    public void A_zone_of_names_and_the_names_below_them_covers_exactly_what_the_rule_matches()
    {
        var name = Gen.OneOf(Gen.Const("a"), Gen.Const("b"), Gen.Const("ab"), Gen.Const("ba")).Array[1, 3].Select(labels => string.Join('.', labels));
        var leaf = Gen.Select(Gen.Bool, name).Select((isBelow, text) => (IsBelow: isBelow, Text: text));
        Gen.Select(leaf.Array[1, 4], name.Array[20]).Sample((leaves, names) =>
        {
            var detection = string.Concat(leaves.Select((value, i) => $"s{i}:\n    query{(value.IsBelow ? $"|endswith: .{value.Text}" : $": {value.Text}")}\n"));
            var zone = Convert(new ResponsePolicyFormat(), $"{detection}condition: 1 of s*", out var log).Select(line => line.Split(' ')[0]).ToHashSet();
            var matcher = new EventMatcher(new RuleLoadResult([RuleText.Parse($"{detection}condition: 1 of s*")], [], 1));

            Assert.Empty(log);
            foreach (var asked in names)
            {
                matcher.TryMatch(Encoding.UTF8.GetBytes($$"""{"query": "{{asked}}"}"""), 0, out var matches);
                Assert.Equal(matches.Count > 0, IsCovered(zone, asked));
            }
        }, iter: 300);
    }

    [Theory]
    [InlineData("query|re: a", Label = "an expression alone")]
    [InlineData("Image: a", Label = "an endpoint's field")]
    public void Where_nothing_can_be_carried_that_is_said_and_fails(string leaf)
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("rules", "convert", folder.Write("rule.yml", RuleText.Of($"s:\n    {leaf}\ncondition: s")), "--to", "suricata");

        Assert.Equal(2, run.ExitStatus);
        Assert.Empty(run.Output.Lines);
        Assert.Equal("wiredns: nothing can be converted to suricata", run.Error.Lines[^1]);
    }

    [Fact]
    public void Text_of_a_rule_cannot_leave_its_place_in_a_signature_or_a_column()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("rule.yml", RuleText.Of(
            "s:\n    query: e.example\ncondition: s", "\"a\\\"; sid:1; b\\tc\\nd\\\\\"", "author: \"x\\ty\"\nid: \"1, evil 2\"\nreferences: [\"https://a/;b\", \"https://ok/\"]"));
        var signature = Product.Run("rules", "convert", path, "-t", "suricata", "--sid", "5").Output.Lines.Single(line => line[0] != '#');
        var columns = Product.Run("rules", "convert", path, "-t", "zeek-intel").Output.Lines[1].Split('\t');

        Assert.StartsWith("""alert dns any any -> any any (msg:"SIGMA a\"\; sid:1\; b\\u{9}c d\\"; dns.query; content:"e.example"; """, signature, StringComparison.Ordinal);
        Assert.EndsWith(" reference:url,ok/; priority:2; sid:5; rev:1;)", signature, StringComparison.Ordinal);
        Assert.Equal(5, columns.Length);
        Assert.Equal("e.example", columns[0]);
    }

    private static bool IsCovered(HashSet<string> zone, string name)
    {
        if (zone.Contains(name))
        {
            return true;
        }

        for (var dot = name.IndexOf('.'); dot >= 0; dot = name.IndexOf('.', dot + 1))
        {
            if (zone.Contains("*" + name[dot..]))
            {
                return true;
            }
        }

        return false;
    }

    // The lines of the rule itself, without the comments before them.
    private static List<string> Convert(IRuleFormat format, [StringSyntax("yaml")] string detection, out List<string> log, string logSource = "{category: dns}")
    {
        SigmaRule rule = RuleText.Parse(detection, logSource);
        var losses = new ConversionLog();
        var alternatives = NameConditions.Of(rule, losses);
        var lines = alternatives.Count == 0 ? [] : format.Convert(new ConvertedRule(rule, alternatives, losses));
        log = [.. losses.Lines];
        return [.. lines.Where(line => line[0] is not ('#' or ';'))];
    }
}
