using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>
/// Matches JSON events against rules as they stand: no log source is looked at, no field is renamed, no lookup is put together. Not
/// thread-safe.
/// </summary>
internal sealed class EventMatcher
{
    private readonly MatchState _state;
    private readonly JsonEvent _event;
    private readonly RuleSet _rules;

    /// <summary>Compiles rules.</summary>
    public EventMatcher(IReadOnlyList<SigmaRule> rules)
    {
        var schema = new JsonEventSchema();
        _rules = RuleSet.Compile(rules, schema);
        _state = _rules.CreateState();
        _event = new JsonEvent(schema);
    }

    /// <summary>Matches one event. False where the text is not one JSON object; nothing has matched then.</summary>
    /// <param name="json">The event, UTF-8.</param>
    /// <param name="matches">Indices of the rules that matched, ascending; valid until the next call.</param>
    public bool TryMatch(ReadOnlySpan<byte> json, out ReadOnlySpan<int> matches)
    {
        if (!_event.TryLoad(json))
        {
            matches = [];
            return false;
        }

        _rules.Match(_event, _state);
        matches = _state.Matches;
        return true;
    }
}
