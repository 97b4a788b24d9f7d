using BenchmarkDotNet.Attributes;
using WireDns.Benchmarks.Scale;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Benchmarks.Micro;

/// <summary>Many rules of a few values each against names distributed as in traffic.</summary>
public class RuleCountBenchmark
{
    private const int Names = 50_000;
    private readonly NameEvent _event = new();
    private byte[][] _names = [];
    private RuleSet? _rules;
    private MatchState? _state;

    /// <summary>How many rules.</summary>
    [Params(1, 10, 100, 1_000, 10_000)]
    public int Rules { get; set; }

    /// <summary>Compiles the rules.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _rules = RuleSet.Compile(new SigmaRuleParser().Parse("rules.yml", ScaleCase.RulesText(Rules)).Rules, new NameSchema());
        _state = _rules.CreateState();
        _names = NameSample.Make("zipf", Names);
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
