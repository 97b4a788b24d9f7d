using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Inspection;

/// <summary>
/// Rules taken apart: the engine runs each selection, and each part of it, as a rule of its own, so that the verdicts on the parts are the engine's.
/// </summary>
internal sealed class RuleParts
{
    private readonly Dictionary<(Selection Selection, RuleNode Part), int> _indices = [];
    private readonly Dictionary<Selection, LogSource> _sources = [];
    private readonly RuleSet _parts;
    private readonly MatchState _state;
    private readonly HashSet<int> _true = [];
    private readonly ISigmaEvent _event;

    /// <summary>Takes the rules apart and evaluates every part on an event.</summary>
    public RuleParts(IEnumerable<SigmaRule> rules, ISigmaEvent @event)
    {
        var narrowed = new List<SigmaRule>();
        foreach (var rule in rules)
        {
            foreach (var selection in rule.Detection.Selections)
            {
                _sources[selection] = rule.LogSource;
                Add(rule, selection, selection.Node, narrowed);
            }
        }

        _event = @event;
        _parts = RuleSet.Compile(narrowed, new DnsFields());
        _state = _parts.CreateState();
        _parts.Match(@event, _state);
        _true.UnionWith(_state.Matches.ToArray());
    }

    /// <summary>The log for which the selection's rule is written.</summary>
    public LogSource LogSourceOf(Selection selection) => _sources[selection];

    /// <summary>Whether a part of a selection is true.</summary>
    public bool IsTrue(Selection selection, RuleNode part) => _true.Contains(_indices[(selection, part)]);

    /// <summary>The values that passed, for a part that is true.</summary>
    public IReadOnlyList<MatchReason> Explain(Selection selection, RuleNode part) => _parts.Explain(_indices[(selection, part)], _event, _state);

    // The parser bounds how deep a rule is.
    private void Add(SigmaRule rule, Selection selection, RuleNode part, List<SigmaRule> narrowed)
    {
        if (_indices.TryAdd((selection, part), narrowed.Count))
        {
            narrowed.Add(rule.NarrowTo(selection, part));
        }

        IReadOnlyList<RuleNode> children = part switch
        {
            AllOf all => all.Nodes,
            AnyOf any => any.Nodes,
            Not not => [not.Node],
            _ => [],
        };
        foreach (var child in children)
        {
            Add(rule, selection, child, narrowed);
        }
    }
}
