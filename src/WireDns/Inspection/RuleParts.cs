using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Inspection;

/// <summary>
/// Rules taken apart: the engine runs each selection, and each part of it, as a rule of its own, so that the verdicts on the parts are the engine's. Look at
/// one event after the other. Not thread-safe.
/// </summary>
internal sealed class RuleParts
{
    private readonly Dictionary<(Selection Selection, RuleNode Part), int> _indices = [];
    private readonly Dictionary<Selection, LogSource> _sources = [];
    private readonly RuleSet _parts;
    private readonly MatchState _state;
    private readonly HashSet<int> _true = [];
    private ISigmaEvent? _event;

    /// <summary>Takes rules apart, with the filters that are applied to them.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="schema">The fields of the events.</param>
    public RuleParts(IEnumerable<SigmaRule> rules, IFieldSchema schema)
    {
        var narrowed = new List<SigmaRule>();
        foreach (var rule in rules)
        {
            foreach (var selection in SelectionsOf(rule))
            {
                _sources[selection] = rule.LogSource;
                Add(rule, selection, selection.Node, narrowed);
            }
        }

        Schema = schema;
        _parts = RuleSet.Compile(narrowed, schema);
        _state = _parts.CreateState();
    }

    /// <summary>The fields of the events.</summary>
    public IFieldSchema Schema { get; }

    /// <summary>The event that was looked at last.</summary>
    public ISigmaEvent Event => _event ?? throw new InvalidOperationException("no event was looked at");

    /// <summary>The selections of a rule, and those of its filters.</summary>
    public static IEnumerable<Selection> SelectionsOf(SigmaRule rule) => rule.Detection.Selections.Concat(rule.Filters.SelectMany(filter => filter.Detection.Selections));

    /// <summary>Evaluates every part on an event, which must stay as it is until the next one.</summary>
    public void Look(ISigmaEvent @event)
    {
        _event = @event;
        _parts.Match(@event, _state);
        _true.Clear();
        _true.UnionWith(_state.Matches.ToArray());
    }

    /// <summary>The log for which the selection's rule is written.</summary>
    public LogSource LogSourceOf(Selection selection) => _sources[selection];

    /// <summary>Whether a part of a selection is true.</summary>
    public bool IsTrue(Selection selection, RuleNode part) => _true.Contains(_indices[(selection, part)]);

    /// <summary>Whether a part of a condition is true.</summary>
    /// <param name="node">The condition, or a part of it.</param>
    /// <param name="assumed">
    /// What is assumed instead of the engine's verdict on a part of a selection, or on a part of the condition; null for the verdict. Default: nothing.
    /// </param>
    public bool IsTrue(RuleNode node, Func<RuleNode, bool?>? assumed = null) => assumed?.Invoke(node) ?? node switch
    {
        AllOf all => all.Nodes.All(child => IsTrue(child, assumed)),
        AnyOf any => any.Nodes.Any(child => IsTrue(child, assumed)),
        Not not => !IsTrue(not.Node, assumed),
        SelectionUse use => IsPartTrue(use.Selection, use.Selection.Node, assumed),
        _ => false,
    };

    /// <summary>The values that passed, for a part that is true.</summary>
    public IReadOnlyList<MatchReason> Explain(Selection selection, RuleNode part) => _parts.Explain(_indices[(selection, part)], Event, _state);

    private bool IsPartTrue(Selection selection, RuleNode part, Func<RuleNode, bool?>? assumed) => assumed is null ? IsTrue(selection, part) : assumed(part) ?? part switch
    {
        AllOf all => all.Nodes.All(child => IsPartTrue(selection, child, assumed)),
        AnyOf any => any.Nodes.Any(child => IsPartTrue(selection, child, assumed)),
        Not not => !IsPartTrue(selection, not.Node, assumed),
        _ => IsTrue(selection, part),
    };

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
