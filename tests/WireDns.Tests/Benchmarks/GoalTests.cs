using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Goals;
using WireDns.Benchmarks.Live;
using WireDns.Benchmarks.Scale;
using WireDns.Sigma.Rules;

namespace WireDns.Tests.Benchmarks;

/// <summary>A goal is met by its figure and by nothing else.</summary>
public sealed class GoalTests
{
    private static readonly BenchCapture Dns = new("dns", "dns.pcap", 150);
    private static readonly BenchCapture Span = new("span", "span.pcap", 189);

    [Theory]
    [InlineData(2.0, true)]
    [InlineData(2.01, false)]
    [InlineData(null, null)]
    public void At_most_two(double? figure, bool? isMet) => Assert.Equal(isMet, Goal.AtMost(1, "x", figure, 2, " ×").IsMet);

    [Theory]
    [InlineData(2.0, true)]
    [InlineData(1.99, false)]
    [InlineData(null, null)]
    public void At_least_two(double? figure, bool? isMet) => Assert.Equal(isMet, Goal.AtLeast(1, "x", figure, 2, " ×").IsMet);

    [Fact]
    public void The_first_goal_compares_with_the_program_of_the_same_duties_and_with_cat()
    {
        PeerResult[] dns = [Result("w", Dns, 150, 0.15), Result(PeerGoals.SameDuties, Dns, 150, 0.1)];
        PeerResult[] span = [Result("w", Span, 188, 0.22), Result("cat", Span, 0, 0.2)];
        var goals = PeerGoals.Judge("w", dns, span).ToList();
        Assert.Equal(
            [("1.50 ×", false), ("1.10 ×", true), ("dns 150 of 150, 0 others, span 188 of 189, 0 others", false)],
            goals.Select(goal => (goal.Figure, goal.IsMet!.Value)));
    }

    [Fact]
    public void A_goal_whose_peer_is_not_given_says_how_to_give_it()
    {
        var goal = PeerGoals.Judge("w", [Result("w", Dns, 150, 0.15)], [Result("w", Span, 189, 0.2)]).First();
        Assert.Equal(("not measured: no --peer 'C, same duties=COMMAND'", null), (goal.Figure, goal.IsMet));
    }

    [Fact]
    public void What_tcpdump_says_of_drops_is_read_as_well() =>
        Assert.Equal(new LiveSummary(120, 7), LiveSummary.Read("120 packets captured\n130 packets received by filter\n7 packets dropped by kernel\n", "tap0"));

    [Fact]
    public void The_last_goal_compares_a_million_with_22_of_the_same_kind()
    {
        var results = ScaleCase.Forms.SelectMany((form, place) => (ScaleResult[])
        [
            new(new ScaleCase(form, 22, "a"), [new TimedRun(0.25, 0, 0, 50 * 1024)], Result("w", Dns, 150, 1.25)),
            new(new ScaleCase(form, 1_000_000, "b"), [new TimedRun(1.25, 0, 0, 150 * 1024)], Result("w", Dns, 150, 2.75 + place)),
        ]).ToList();
        var goals = ScaleGoals.Judge(results).ToList();
        Assert.Equal(
            ["1.50 ×", "1.00 s", "105 MB", "2.50 ×", "1.00 s", "105 MB", "3.50 ×", "1.00 s", "105 MB"], goals.Select(goal => goal.Figure));
        Assert.Equal([true, true, true, false, true, true, false, true, true], goals.Select(goal => goal.IsMet!.Value));
    }

    [Fact]
    public void The_table_says_met_not_met_and_not_measured()
    {
        var table = GoalTable.Write("w", [new Goal(2, "b", "7", false), new Goal(1, "a", "5", true), new Goal(3, "c", "no root", null)]);
        Assert.EndsWith("| 1 | a | 5 | met |\n| 2 | b | 7 | **not met** |\n| 3 | c | no root | not measured |\n", table, StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_the_drops_of_the_interface_out_of_the_summary()
    {
        const string Summary = """
            gen0                                                 21           captured; dropped by kernel 9, by interface 0
            tap0                                          3,200,021           captured; dropped by kernel 1,007, by interface 0
            packets                                       3,200,021           in 6.19 s, 0 a second
            """;
        Assert.Equal(new LiveSummary(3_200_021, 1_007), LiveSummary.Read(Summary, "tap0"));
        Assert.Throws<InvalidDataException>(() => LiveSummary.Read(Summary, "tap"));
    }

    [Fact]
    public void The_rules_of_the_scale_load_and_a_list_holds_what_is_planted()
    {
        foreach (var size in (int[])[1, 10, 100])
        {
            var parsed = new SigmaRuleParser().Parse("rules.yml", ScaleCase.RulesText(size));
            Assert.Empty(parsed.Diagnostics);
            Assert.Equal(size, parsed.Rules.Count);
        }

        var placeholders = new SigmaPlaceholders();
        placeholders.Add("names", ["x.example"]);
        foreach (var form in ScaleCase.Forms)
        {
            var parsed = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders }).Parse("rule.yml", ScaleCase.RuleText(form));
            Assert.Empty(parsed.Diagnostics);
            Assert.Single(parsed.Rules);
        }

        string[] values = [.. ValueList.Make(5_000)];
        Assert.Equal(5_000, values.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(values, ValueList.Make(5_000));
        Assert.Equal(22, ValueList.Make(22).Intersect(values).Count());
    }

    private static PeerResult Result(string name, BenchCapture capture, int found, double seconds) =>
        new(new Peer(name, "", ""), capture, [new TimedRun(seconds, 0, 0, 1024)], new HitCount(found, 0));
}
