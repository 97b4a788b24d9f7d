using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// Matches JSON events against rules as written: log sources are ignored, no field is renamed, and no lookup is put together. If it knows
/// which field holds the time of an event, correlations are matched too. Not thread-safe.
/// </summary>
internal sealed class EventMatcher
{
    private readonly MatchState _state;
    private readonly JsonEvent _event;
    private readonly RuleSet _rules;
    private readonly CorrelationEngine? _correlations;
    private readonly int _timestampField;
    private readonly int[] _matches;
    private readonly List<int> _found = [];

    /// <summary>Compiles rules.</summary>
    /// <param name="rules">The rules and correlations.</param>
    /// <param name="timestampField">The field that holds the time of an event; null to leave correlations out.</param>
    public EventMatcher(RuleLoadResult rules, string? timestampField = null)
    {
        var schema = new JsonEventSchema();
        _rules = RuleSet.Compile(rules.Rules, schema);
        if (timestampField is not null)
        {
            schema.TryResolve(timestampField, out var field);
            _timestampField = field.Id;
            _correlations = new CorrelationEngine(rules.Correlations, rules.Rules, schema);
            Documents = [.. rules.Rules, .. rules.Correlations.Select(correlation => correlation.Rule)];
        }
        else
        {
            Documents = rules.Rules;
        }

        _matches = new int[rules.Rules.Count];
        _state = _rules.CreateState();
        _event = new JsonEvent(schema);
    }

    /// <summary>What can match: the rules, and after them the correlations, if they are matched.</summary>
    public IReadOnlyList<SigmaDocument> Documents { get; }

    /// <summary>Events that a correlation would have used if they had a time.</summary>
    public long EventsWithoutTime { get; private set; }

    /// <summary>What correlations had to leave out or forget; null without correlations.</summary>
    public CorrelationCounters? Counters => _correlations?.Counters;

    /// <summary>Matches one event. False if the text is not one JSON object; nothing has matched then.</summary>
    /// <param name="json">The event, UTF-8.</param>
    /// <param name="number">The event's number, which must be unique.</param>
    /// <param name="matches">
    /// Indices into <see cref="Documents"/> of what matched, ascending. If correlations are matched, rules that only serve them are left
    /// out. Valid until the next call.
    /// </param>
    public bool TryMatch(ReadOnlySpan<byte> json, long number, out IReadOnlyList<int> matches)
    {
        _found.Clear();
        matches = _found;
        if (!_event.TryLoad(json))
        {
            return false;
        }

        if (_rules.Match(_event, _state))
        {
            var count = _state.Matches.Length;
            _state.Matches.CopyTo(_matches);
            Take(_matches.AsSpan(0, count), number);
        }

        return true;
    }

    private void Take(ReadOnlySpan<int> rules, long number)
    {
        foreach (var rule in rules)
        {
            if (_correlations is null || !_rules.Rules[rule].IsSilent)
            {
                _found.Add(rule);
            }
        }

        if (_correlations is not null)
        {
            Correlate(rules, number);
        }
    }

    private void Correlate(ReadOnlySpan<int> rules, long number)
    {
        var hasTime = TryReadTime(out var time);
        var isWanted = false;
        for (var i = 0; i < rules.Length; i++)
        {
            isWanted |= _correlations!.Takes(rules[i]);
            if (!hasTime)
            {
                continue;
            }

            foreach (var hit in _correlations.Observe(rules[i], _event, new CorrelationEvent(time, number, number), rules[..i]))
            {
                var index = _rules.Rules.Count + hit.Index;
                if (!_found.Contains(index))
                {
                    _found.Add(index);
                }
            }
        }

        EventsWithoutTime += isWanted && !hasTime ? 1 : 0;
        _found.Sort();
    }

    private bool TryReadTime(out long time)
    {
        time = 0;
        return _event.CountValues(_timestampField) > 0 && EventTimestamp.TryRead(_event.GetValue(_timestampField, 0), out time);
    }
}
