using WireDns.Alerts;
using WireDns.Sigma.Matching;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>
/// Matches every message against the rules and raises the alerts. One lookup (a query, its retransmissions and its response) raises one
/// alert per rule. Called by one thread at a time; a message without a hit allocates nothing.
/// </summary>
internal sealed class Detector : IMessageConsumer
{
    private readonly LoadedRules _rules;
    private readonly Func<Alert, bool> _raise;
    private readonly DnsEvent _event;
    private readonly MatchState _queryState;
    private readonly MatchState _responseState;
    private readonly FiredLookups _fired = new();
    private readonly long[] _alertsByRule;

    /// <param name="rules">The rules.</param>
    /// <param name="raise">Takes an alert; false where it was dropped.</param>
    public Detector(LoadedRules rules, Func<Alert, bool> raise)
    {
        _rules = rules;
        _raise = raise;
        _event = new DnsEvent { KeepsMessage = rules.OnResponse.Rules.Count > 0 };
        _queryState = rules.OnQuery.CreateState();
        _responseState = rules.OnResponse.CreateState();
        _alertsByRule = new long[rules.Compiled.Count];
    }

    /// <summary>Where the messages come from.</summary>
    public PacketSource Source { get; set; } = new("");

    /// <summary>Alerts that were raised, by the rule's index.</summary>
    public IReadOnlyList<long> AlertsByRule => _alertsByRule;

    /// <summary>Lookups that were forgotten too early for want of room: a second alert for one of them is possible.</summary>
    public long EvictedLookups => _fired.Evicted;

    /// <inheritdoc/>
    public DnsMessageVerdict Consume(in TransportPayload payload)
    {
        var verdict = _event.Load(payload);
        if (verdict.IsDelivered)
        {
            if (_rules.OnQuery.Match(_event, _queryState))
            {
                Raise(_rules.OnQuery, _queryState, 0, payload, verdict);
            }

            if (_event.IsResponse && _rules.OnResponse.Rules.Count > 0 && _rules.OnResponse.Match(_event, _responseState))
            {
                Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, payload, verdict);
            }
        }

        return verdict;
    }

    /// <inheritdoc/>
    public void FinishSource() => _fired.Clear();

    private void Raise(RuleSet rules, MatchState state, int firstIndex, in TransportPayload payload, DnsMessageVerdict verdict)
    {
        var lookup = _fired.Find(payload);
        foreach (var match in state.Matches.ToArray())
        {
            var index = firstIndex + match;
            if (lookup.TryFire(index, payload.PacketNumber))
            {
                _alertsByRule[index]++;
                var reasons = rules.Explain(match, _event, state);
                _raise(AlertFactory.Create(_rules.Compiled[index], reasons, payload, verdict, Source));
            }
        }
    }
}
