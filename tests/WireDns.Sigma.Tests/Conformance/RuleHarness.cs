using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Conformance;

/// <summary>Parses and compiles rules for JSON events.</summary>
internal sealed class RuleHarness
{
    private readonly JsonEvent _event;
    private readonly MatchState _state;

    public RuleHarness(IReadOnlyList<SigmaRule> rules)
    {
        var schema = new JsonEventSchema();
        RuleSet = RuleSet.Compile(rules, schema);
        _event = new JsonEvent(schema);
        _state = RuleSet.CreateState();
    }

    public RuleSet RuleSet { get; }

    public JsonEvent Event => _event;

    /// <summary>The indices of the rules that match.</summary>
    public int[] Match(string json)
    {
        Assert.True(_event.TryLoad(Encoding.UTF8.GetBytes(json)), json);
        RuleSet.Match(_event, _state);
        return _state.Matches.ToArray();
    }

    public IReadOnlyList<MatchReason> Explain(int rule, string json)
    {
        Assert.True(_event.TryLoad(Encoding.UTF8.GetBytes(json)), json);
        return RuleSet.Explain(rule, _event, _state);
    }

    /// <summary>A rule of one selection and a condition over it.</summary>
    public static string RuleText(string selection, string condition = "s") =>
        $"title: t\nlogsource:\n  category: dns\ndetection:\n  s: {selection}\n  condition: {condition}\n";

    public static SigmaRule ParseOne(string text, SigmaPlaceholders? placeholders = null)
    {
        var result = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders ?? new() }).Parse("test.yml", text);
        Assert.True(result.Rules.Count == 1, string.Join('\n', result.Diagnostics));
        return result.Rules[0];
    }

    public static RuleHarness ForSelection(string selection, string condition = "s") => new([ParseOne(RuleText(selection, condition))]);

    public static IReadOnlyList<SigmaDiagnostic> Errors(string text, SigmaPlaceholders? placeholders = null) =>
        [.. new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders ?? new() }).Parse("test.yml", text)
            .Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)];
}
