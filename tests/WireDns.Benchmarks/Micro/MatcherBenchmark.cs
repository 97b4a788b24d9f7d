using BenchmarkDotNet.Attributes;
using WireDns.Benchmarks.Scale;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Benchmarks.Micro;

/// <summary>One rule with a list of values against names.</summary>
public class MatcherBenchmark
{
    private const int Names = 50_000;
    private readonly NameEvent _event = new();
    private byte[][] _names = [];
    private RuleSet? _rules;
    private MatchState? _state;

    /// <summary>How the rule compares the values.</summary>
    [Params("contains", "endswith", "exact")]
    public string Form { get; set; } = "";

    /// <summary>How many values.</summary>
    [Params(22, 1_000, 100_000, 1_000_000)]
    public int Values { get; set; }

    /// <summary>The distributions.</summary>
    public static IEnumerable<string> Distributions => NameSample.Distributions;

    /// <summary>How the names are distributed.</summary>
    [ParamsSource(nameof(Distributions))]
    public string Distribution { get; set; } = "";

    /// <summary>Compiles the rule.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var placeholders = new SigmaPlaceholders();
        placeholders.Add("names", ValueList.Make(Values));
        var parsed = new SigmaRuleParser(new SigmaParserOptions { Placeholders = placeholders }).Parse("rule.yml", NameSample.Rule(Form));
        _rules = RuleSet.Compile(parsed.Rules, new NameSchema());
        _state = _rules.CreateState();
        _names = NameSample.Make(Distribution, Names);
    }

    /// <summary>Matches.</summary>
    [Benchmark(OperationsPerInvoke = Names)]
    public int Match()
    {
        var hits = 0;
        foreach (var name in _names)
        {
            _event.Name = name;
            hits += _rules!.Match(_event, _state!) ? 1 : 0;
        }

        return hits;
    }
}
