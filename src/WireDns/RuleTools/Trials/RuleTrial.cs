using WireDns.Alerts;
using WireDns.Inspection;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Trials;

/// <summary>What one rule made of events: its hits, and what it just missed. Bounded: what is over a limit is only counted.</summary>
/// <param name="rule">The rule.</param>
/// <param name="schema">The fields of the events.</param>
internal sealed class RuleTrial(SigmaRule rule, IFieldSchema schema)
{
    private const int MaximumHits = 1000;
    private const int MaximumGroups = 1000;

    private readonly RuleParts _parts = new([rule], schema);
    private readonly Dictionary<NearMiss, NearMissGroup> _groups = [];
    private readonly List<TrialHit> _hits = [];
    private NearMissFinder? _finder;

    /// <summary>The rule.</summary>
    public SigmaRule Rule => rule;

    /// <summary>How many events matched, or how many alerts were raised.</summary>
    public long HitCount { get; private set; }

    /// <summary>The first of them.</summary>
    public IReadOnlyList<TrialHit> Hits => _hits;

    /// <summary>How many events just missed the rule.</summary>
    public long NearMissCount { get; private set; }

    /// <summary>The near misses, alike ones together, in the order in which they came.</summary>
    public IEnumerable<NearMissGroup> NearMisses => _groups.Values;

    /// <summary>Whether the rule has more values than were compared for near misses.</summary>
    public bool IsCut => _finder?.IsCut == true;

    /// <summary>Adds an alert.</summary>
    public void AddHit(string place, Alert alert) => AddHit(place, alert.Reasons.Select(reason => $"{reason.Field} \"{reason.Value}\"").FirstOrDefault() ?? "");

    /// <summary>Adds an event that matches.</summary>
    public void AddHit(string place, ISigmaEvent @event)
    {
        if (_hits.Count >= MaximumHits)
        {
            HitCount++;
            return;
        }

        _parts.Look(@event);
        var reason = RuleParts.SelectionsOf(rule).Where(selection => _parts.IsTrue(selection, selection.Node))
            .SelectMany(selection => _parts.Explain(selection, selection.Node)).FirstOrDefault(reason => reason.Value is not null);
        AddHit(place, reason is null ? "" : $"{reason.Field} \"{reason.Value}\"");
    }

    /// <summary>Looks at an event that does not match.</summary>
    /// <param name="place">Where it is.</param>
    /// <param name="event">The event.</param>
    /// <param name="values">Its values.</param>
    public void AddMiss(string place, ISigmaEvent @event, IReadOnlyList<EventValue> values)
    {
        _parts.Look(@event);
        _finder ??= new NearMissFinder(rule, _parts);
        if (_finder.Find(values) is not { } miss)
        {
            return;
        }

        NearMissCount++;
        if (_groups.TryGetValue(miss, out var group))
        {
            group.Count++;
        }
        else if (_groups.Count < MaximumGroups)
        {
            _groups.Add(miss, new NearMissGroup(miss, place) { Count = 1 });
        }
    }

    private void AddHit(string place, string reason)
    {
        HitCount++;
        if (_hits.Count < MaximumHits)
        {
            _hits.Add(new TrialHit(place, reason));
        }
    }
}

/// <summary>An event that matched: where it is, and why.</summary>
internal readonly record struct TrialHit(string Place, string Reason);

/// <summary>Near misses that are alike.</summary>
/// <param name="miss">What they are.</param>
/// <param name="place">Where the first one is.</param>
internal sealed class NearMissGroup(NearMiss miss, string place)
{
    /// <summary>What they are.</summary>
    public NearMiss Miss => miss;

    /// <summary>Where the first one is.</summary>
    public string Place => place;

    /// <summary>How many there are.</summary>
    public long Count { get; set; }
}
