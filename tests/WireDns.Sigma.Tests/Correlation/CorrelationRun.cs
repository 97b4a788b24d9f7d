using System.Text;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>Runs JSON events through rules and an engine, in the order in which they are given.</summary>
internal sealed class CorrelationRun
{
    public const long Second = 1_000_000_000;

    private readonly JsonEvent _event;
    private readonly RuleSet _rules;
    private readonly MatchState _state;
    private long _id;

    public CorrelationRun(ResolvedRules resolved, CorrelationLimits? limits = null)
    {
        var schema = new JsonEventSchema();
        _rules = RuleSet.Compile(resolved.Rules, schema);
        Engine = new CorrelationEngine(resolved.Correlations, resolved.Rules, schema, limits);
        _event = new JsonEvent(schema);
        _state = _rules.CreateState();
    }

    public CorrelationEngine Engine { get; }

    /// <summary>The hits of one event, whose tag is its number from 0.</summary>
    public List<CorrelationHit> Observe(double seconds, string json) => ObserveAt((long)(seconds * Second), json);

    public List<CorrelationHit> ObserveAt(long time, string json)
    {
        Assert.True(_event.TryLoad(Encoding.UTF8.GetBytes(json)), json);
        _rules.Match(_event, _state);
        var hits = new List<CorrelationHit>();
        var stamp = new CorrelationEvent(time, _id, _id);
        for (var i = 0; i < _state.Matches.Length; i++)
        {
            hits.AddRange(Engine.Observe(_state.Matches[i], _event, stamp, _state.Matches[..i]));
        }

        _id++;
        return hits;
    }

    /// <summary>The hit of an entry that had to wait, whose event this was.</summary>
    public CorrelationHit Complete(DelayedHit delayed, string json)
    {
        Assert.True(_event.TryLoad(Encoding.UTF8.GetBytes(json)), json);
        return Engine.Complete(delayed, _event);
    }

    /// <summary>The times, in seconds, of the events that made a condition true.</summary>
    public List<double> Fire(IEnumerable<(double Seconds, string Json)> events) =>
        [.. events.Where(entry => Observe(entry.Seconds, entry.Json).Count > 0).Select(entry => entry.Seconds)];

    /// <summary>The same, for events that hold only the name of a rule: <c>0 a, 1 a, 2.5 b</c>.</summary>
    public string Fire(string events) => string.Join(
        ", ", Fire(events.Split(", ").Select(entry => entry.Split(' ')).Select(entry => (
            double.Parse(entry[0], System.Globalization.CultureInfo.InvariantCulture),
            $"{{\"kind\":\"{entry[1]}\",\"v\":{(entry.Length > 2 ? entry[2] : "null")},\"host\":\"{(entry.Length > 3 ? entry[3] : "h")}\"}}")))
            .Select(seconds => seconds.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
