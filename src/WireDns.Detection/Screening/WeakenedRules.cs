using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Screening;

/// <summary>Some of a run's rules as they are when only some fields are known, compiled together.</summary>
internal sealed class WeakenedRules
{
    private readonly int[] _numbers;
    private readonly MatchState _state;

    private WeakenedRules(IReadOnlyList<(int Number, SigmaRule Rule)> rules)
    {
        _numbers = [.. rules.Select(rule => rule.Number)];
        Compiled = RuleSet.Compile([.. rules.Select(rule => rule.Rule)], new DnsFields());
        _state = Compiled.CreateState();
    }

    /// <summary>The rules.</summary>
    public RuleSet Compiled { get; }

    /// <summary>Weakens rules to what some fields say.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="first">The number of the first one.</param>
    /// <param name="isKnown">Whether a field is known.</param>
    /// <param name="takeAny">Takes the number of a rule of which nothing is left.</param>
    public static WeakenedRules Of(IReadOnlyList<SigmaRule> rules, int first, Func<int, bool> isKnown, Action<int> takeAny)
    {
        var weakened = new List<(int, SigmaRule)>();
        for (var index = 0; index < rules.Count; index++)
        {
            if (LookupScreen.Weaken(rules[index], isKnown) is { } rule)
            {
                weakened.Add((first + index, rule));
            }
            else
            {
                takeAny(first + index);
            }
        }

        return new WeakenedRules(weakened);
    }

    /// <summary>Those of these rules that are evaluated on each event, or the others.</summary>
    public WeakenedRules Part(bool areAlwaysEvaluated)
    {
        var always = Compiled.AlwaysEvaluated.ToHashSet();
        return (areAlwaysEvaluated ? always.Count : _numbers.Length - always.Count) == _numbers.Length ? this
            : new WeakenedRules([.. _numbers.Select((number, index) => (number, Compiled.Rules[index])).Where((_, index) => always.Contains(index) == areAlwaysEvaluated)]);
    }

    /// <summary>The numbers of the rules.</summary>
    public IEnumerable<int> Numbers => _numbers;

    /// <summary>Adds the numbers of the rules that match an event.</summary>
    public void Match<TEvent>(TEvent @event, RuleBits matches)
        where TEvent : ISigmaEvent, allows ref struct
    {
        Compiled.Match(@event, _state);
        foreach (var rule in _state.Matches)
        {
            matches.Add(_numbers[rule]);
        }
    }
}
