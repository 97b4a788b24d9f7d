using WireDns.Tests.CommandLines;
using WireDns.Tests.Running;

namespace WireDns.Tests.Rules;

/// <summary><c>wiredns rules match</c>.</summary>
public sealed class MatchTests
{
    private const string Rule = "s:\n    query|contains: evil\ncondition: s";
    private const string Id = "id: " + SampleRules.OtherId;

    [Fact]
    public void The_SigmaHQ_rules_hit_exactly_the_events_that_they_must()
    {
        var expected = File.ReadAllLines(TestPaths.Shared("sigma/expected-hits.jsonl"));
        string[] arguments = ["rules", "match", TestPaths.Shared("sigma/rules"), "--events", TestPaths.Shared("sigma/events.jsonl")];
        var run = Product.Run(arguments);
        var sorted = Product.Run([.. arguments, "--sort"]);

        // Some of the rules do not load: they are named, and the others run.
        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(9, run.Error.Lines.Count(line => line.Contains(": error: ", StringComparison.Ordinal)));
        Assert.Equal(expected, sorted.Output.Lines);
        Assert.Equal(expected.Order(StringComparer.Ordinal), run.Output.Lines.Order(StringComparer.Ordinal));
        Assert.Equal(run.Output.Lines.Select(Event).Order(), run.Output.Lines.Select(Event));
    }

    [Fact]
    public void Events_come_from_standard_input_too_and_their_lines_count_from_0()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule, more: Id));
        var run = Product.RunWithInput("\uFEFF{\"query\": \"evil\"}\r\n\n  \r\n{\"query\": [\"good\", \"EVIL\"]}\n{\"query\": \"good\"}\n{\"query\": \"evil\"}"u8, "rules", "match", rules, "-e", "-");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(Hits(0, 3, 5), run.Output.Lines);
        Assert.Empty(run.Error.Lines);
    }

    [Fact]
    public void A_line_that_is_no_event_is_said_with_its_number_and_the_rest_is_read()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule, more: Id));
        var events = folder.Write("events.jsonl", "{\"query\": \"evil\"}\n{\"query\": \n[1]\n{\"query\": \"evil\"} x\n{\"query\": \"evil\"}\n");
        var run = Product.Run("rules", "match", rules, "--events", events);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(Hits(0, 4), run.Output.Lines);
        Assert.Equal(new[] { 2, 3, 4 }.Select(line => $"wiredns: {events}:{line}: not one JSON object"), run.Error.Lines);
    }

    [Fact]
    public void Of_many_lines_that_are_no_events_the_first_are_said_and_the_rest_counted()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule));
        var events = folder.Write("events.jsonl", string.Concat(Enumerable.Repeat("no event\n", 1000)));
        var run = Product.Run("rules", "match", rules, "--events", events);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(21, run.Error.Lines.Count);
        Assert.Equal($"wiredns: {events}: 980 more lines are no events", run.Error.Lines[^1]);
    }

    [Fact]
    public void A_rule_that_does_not_load_does_not_stop_the_others_and_fails_the_run()
    {
        using var folder = new TemporaryFolder();
        folder.Write("a.yml", RuleText.Of(Rule, more: Id));
        var bad = folder.Write("b.yml", SampleRules.UnknownModifier.Replace(SampleRules.OtherId, Product.RuleId, StringComparison.Ordinal));
        var events = folder.Write("events.jsonl", "{\"query\": \"evil\"}\n");
        var run = Product.Run("rules", "match", folder.Path, "--events", events);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(Hits(0), run.Output.Lines);
        Assert.StartsWith($"{bad}:9:", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_are_taken_as_they_stand_whatever_their_log_source()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of("s:\n    Image|endswith: '\\evil.exe'\ncondition: s", more: Id, logSource: "{category: process_creation}"));
        var events = folder.Write("events.jsonl", "{\"Image\": \"C:\\\\evil.exe\", \"QueryName\": \"x\"}\n");

        Assert.Equal(Hits(0), Product.Run("rules", "match", rules, "--events", events).Output.Lines);
    }

    [Fact]
    public void Without_a_rule_or_without_events_there_is_one_line_that_says_so()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule));
        var noEvents = Product.Run("rules", "match", rules, "--events", folder["absent.jsonl"]);
        var noRules = Product.Run("rules", "match", folder["absent"], "--events", rules);

        Assert.Equal(1, noEvents.ExitStatus);
        Assert.Equal($"wiredns: {folder["absent.jsonl"]}: no such file or folder", Assert.Single(noEvents.Error.Lines));
        Assert.Equal(2, noRules.ExitStatus);
        Assert.Equal("wiredns: no rule is left to match", noRules.Error.Lines[^1]);
    }

    [Fact]
    public void Hits_of_a_pipe_are_written_before_the_next_event_comes()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule, more: Id));
        using var program = Product.Start("rules", "match", rules, "--events", "-");
        for (var i = 0; i < 3; i++)
        {
            program.Input.Write("{\"query\": \"evil\"}\n"u8);
            program.Input.Flush();
            program.Output.WaitFor(line => line == Hits(i)[0], RunningProgram.Patience);
        }
    }

    [Fact]
    public void A_line_without_end_is_left_out_in_bounded_memory_and_said()
    {
        using var folder = new TemporaryFolder();
        var rules = folder.Write("rule.yml", RuleText.Of(Rule, more: Id));
        var endless = new byte[20 * 1024 * 1024];
        Array.Fill(endless, (byte)'a');
        var events = folder.Write("events.jsonl", [.. endless, .. "\n{\"query\": \"evil\"}\n"u8]);
        var run = Product.Run("rules", "match", rules, "--events", events);

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(Hits(1), run.Output.Lines);
        Assert.Equal($"wiredns: {events}:1: longer than 16 MiB", Assert.Single(run.Error.Lines));
    }

    private static string[] Hits(params int[] events) => [.. events.Select(number => $$"""{"rule": "{{SampleRules.OtherId}}", "event": {{number}}}""")];

    private static int Event(string line) => int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1).TrimEnd('}'), System.Globalization.CultureInfo.InvariantCulture);
}
