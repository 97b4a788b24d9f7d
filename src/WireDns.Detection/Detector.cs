using System.Diagnostics.CodeAnalysis;
using WireDns.Alerts;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Correlation;
using WireDns.Detection.Counters;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Wire;

namespace WireDns.Detection;

/// <summary>
/// Matches every message against the rules and raises alerts. One lookup (a query, its retransmissions and its response) raises one alert per rule.
/// Call it from one thread at a time. A message without a hit allocates nothing.
/// </summary>
/// <remarks>
/// A rule that needs only what a query carries is evaluated at once, and on responses too, because their query may not have been seen. A rule that
/// names a field of the response is evaluated when the response arrives. If none arrives, it is evaluated with what is known by then, once
/// <see cref="DetectorOptions.LookupLifetime"/> is over or the source ends. If no rule needs a response, only lookups that fired are remembered.
/// </remarks>
internal sealed class Detector : IMessageConsumer
{
    // An alert of about 2 KiB is kept for each.
    private const int MaximumEpisodes = 8192;

    private readonly DetectorOptions _options;
    private readonly DnsEvent _event;
    private readonly LookupTable _lookups;
    private readonly WaitingQueries _waiting = new();
    private readonly RaisedAlerts _alerts;
    private readonly ICorrelations _correlations;
    private readonly NameCache _quietNames = new();
    private readonly AnomalyPace? _anomalies;
    private readonly NetworkSightings _sightings = new();

    // Derived from the rules.
    private LoadedRules _rules;
    private MatchState _queryState;
    private MatchState _responseState;
    private int[] _matches;
    private bool _hasResponseRules;
    private NameCache? _quietResponseNames;
    private bool _isDecidedByName;
    private bool _isDecidedByLookup;

    /// <param name="rules">The rules.</param>
    /// <param name="raise">Receives an alert; returns false if the alert was dropped.</param>
    /// <param name="options">Limits, and what the user knows about the network.</param>
    public Detector(LoadedRules rules, Func<Alert, bool> raise, DetectorOptions? options = null)
    {
        _options = options ?? new DetectorOptions();
        _anomalies = _options.AnomaliesPerSecond > 0 ? new AnomalyPace(_options.AnomaliesPerSecond) : null;
        _lookups = new LookupTable(_options.MaximumLookups, _options.LookupLifetime);
        _event = new DnsEvent(rules.PublicSuffixes);
        _alerts = new RaisedAlerts(rules, raise, _options.IsResolver);
        var correlator = new Correlator(
            rules, _options.Correlations with { MaximumEpisodes = _options.TellsCorrelationEnds ? MaximumEpisodes : 0 }, new RaisedAlerts(rules, raise, _options.IsResolver), _options.Resolvers.Count > 0 ? _options.IsResolver : null);
        _correlations = _options.CorrelationQueueLength > 0
            ? new QueuedCorrelations(rules, correlator, Seeds, _options.CorrelationQueueLength)
            : correlator;
        Use(rules);
    }

    /// <summary>The counters so far. Allocates; for reports.</summary>
    public DetectorCounters Counters => new(
        [.. _alerts.ByRule.Zip(_correlations.Correlator.Alerts.ByRule, (own, correlated) => own + correlated)],
        _alerts.OfForgottenRules + _correlations.Correlator.Alerts.OfForgottenRules, _anomalies?.HeldBack ?? 0, _sightings, _correlations);

    /// <summary>The table of lookups, including those that only serve the mirror's health.</summary>
    public LookupTable Lookups => _lookups;

    /// <summary>The seeds that messages must be parsed with.</summary>
    public MessageSeeds Seeds { get; } = MessageSeeds.Next();

    /// <inheritdoc/>
    public NameCache? UnwantedNames => _isDecidedByName && !_hasResponseRules ? _quietNames : null;

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (!message.Verdict.IsDelivered)
        {
            return;
        }

        if (_hasResponseRules)
        {
            ConsumePaired(message, source);
        }
        else if (!message.IsPlain || !_isDecidedByLookup || !_lookups.IsAsked(message.Key, message.Payload.Time))
        {
            ConsumeAlone(message, source);
        }
        else if (!message.Payload.Tunnels.IsEmpty)
        {
            _sightings.Note(ref _lookups[_lookups.Find(message.Key, message.Payload.Time)], message.Payload.Tunnels);
        }
    }

    /// <inheritdoc/>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        if (_anomalies is not null && _anomalies.TryTell(anomaly.Origin.Time))
        {
            _alerts.Raise(anomaly, source);
        }
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        while (_lookups.IsOldestOver(now))
        {
            DropOldest(now);
        }

        _correlations.Tick(now);
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        while (_lookups.Count > 0)
        {
            DropOldest(default);
        }

        _correlations.Clear();
    }

    /// <summary>
    /// Replaces the rules from the next message on. What has fired stays fired if a rule is in both sets, and waiting queries keep waiting. What is
    /// known about names and lookups is forgotten, because it came from the previous rules.
    /// </summary>
    public void Swap(LoadedRules rules)
    {
        _lookups.SwapRules(areOthers: rules.Numbers != _rules.Numbers);
        _alerts.Swap(rules);
        _correlations.Swap(rules);
        _quietNames.Clear();
        _quietResponseNames?.Clear();
        Use(rules);
    }

    [MemberNotNull(nameof(_rules), nameof(_queryState), nameof(_responseState), nameof(_matches))]
    private void Use(LoadedRules rules)
    {
        _rules = rules;
        _queryState = rules.OnQuery.CreateState();
        _responseState = rules.OnResponse.CreateState();
        _matches = new int[Math.Max(rules.OnQuery.Rules.Count, rules.OnResponse.Rules.Count)];
        _hasResponseRules = rules.OnResponse.Rules.Count > 0;
        _quietResponseNames ??= _hasResponseRules ? new NameCache() : null;
        _event.KeepsMessage = _hasResponseRules;
        _isDecidedByName = rules.OnQuery.IsDecidedByFoldedText(DnsFields.OfTheName);
        _isDecidedByLookup = rules.OnQuery.IgnoresCase && rules.OnQuery.FieldIds.All(DnsFields.IsOfTheLookup);
    }

    /// <summary>Used if no rule needs a response: a lookup is remembered once a rule has fired for it.</summary>
    private void ConsumeAlone(in ObservedMessage message, PacketSource source)
    {
        _event.Load(message);
        if (!MatchQuery(message))
        {
            return;
        }

        if (Expire(message.Payload.Time))
        {
            // Rules were evaluated on what expired, using the same event.
            _event.Load(message);
        }

        var place = Find(message);
        _lookups[place].IsAsked = message.IsPlain && _isDecidedByLookup;
        Raise(_rules.OnQuery, _queryState, 0, place, message, source);
    }

    /// <summary>
    /// Used if rules need responses: every lookup is remembered. If the rules on queries use only fields that all messages of a lookup share,
    /// evaluating them on one message decides for the others.
    /// </summary>
    private void ConsumePaired(in ObservedMessage message, PacketSource source)
    {
        Expire(message.Payload.Time);
        _event.Load(message);
        var place = Find(message);
        if (!message.IsPlain || !_lookups[place].IsAsked)
        {
            _lookups[place].IsAsked |= message.IsPlain && _isDecidedByLookup;
            if (MatchQuery(message))
            {
                Raise(_rules.OnQuery, _queryState, 0, place, message, source);
            }
        }

        Pair(place, message, source);
    }

    private long Find(in ObservedMessage message)
    {
        var place = _lookups.Find(message.Key, message.Payload.Time);
        if (!message.Payload.Tunnels.IsEmpty)
        {
            _sightings.Note(ref _lookups[place], message.Payload.Tunnels);
        }

        return place;
    }

    /// <summary>Evaluates the rules on queries. Uses what is known about the message's name, and adds to it.</summary>
    private bool MatchQuery(in ObservedMessage message)
    {
        var isQuiet = message.IsPlain && _quietNames.Contains(message.NameHash);
        if (isQuiet && _isDecidedByName)
        {
            return false;
        }

        var isHit = _rules.OnQuery.Match(_event.AsView, _queryState, isQuiet);
        if (message.IsPlain && !isQuiet && !(_isDecidedByName ? _queryState.HadHits : _queryState.HadRecurringHits))
        {
            _quietNames.Add(message.NameHash);
        }

        return isHit;
    }

    /// <summary>Evaluates the rules that need a response, using names in the same way.</summary>
    private bool MatchResponse(in ObservedMessage message)
    {
        var isQuiet = message.IsPlain && _quietResponseNames!.Contains(message.NameHash);
        var isHit = _rules.OnResponse.Match(_event.AsView, _responseState, isQuiet);
        if (message.IsPlain && !isQuiet && !_responseState.HadRecurringHits)
        {
            _quietResponseNames!.Add(message.NameHash);
        }

        return isHit;
    }

    private void Pair(long place, in ObservedMessage message, PacketSource source)
    {
        var payload = message.Payload;
        ref var lookup = ref _lookups[place];
        if (!_event.IsResponse)
        {
            if (lookup.QueryPacketNumber == 0)
            {
                lookup.QueryPacketNumber = payload.PacketNumber;
                lookup.QueryTime = payload.Time;
                lookup.QueryFlags = message.Header.Flags;
                lookup.WaitingQuery = _rules.CanFireWithoutResponse && !lookup.IsAnswered ? _waiting.Add(payload, source) : 0;
            }

            return;
        }

        if (lookup.WaitingQuery > 0)
        {
            _waiting.Remove(lookup.WaitingQuery);
            lookup.WaitingQuery = 0;
        }

        lookup.IsAnswered = true;
        _event.RoundTripNanoseconds = lookup.QueryPacketNumber == 0 ? null : payload.Time.NanosecondsSince(lookup.QueryTime);
        _event.QueryFlags = lookup.QueryPacketNumber == 0 ? null : lookup.QueryFlags;
        if (MatchResponse(message))
        {
            Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, place, message, source);
        }
    }

    /// <returns>Whether rules were evaluated on a lookup, so that the event now holds another message.</returns>
    private bool Expire(PacketTime now)
    {
        var hasAsked = false;
        while (_lookups.MustMakeRoom(now) || (_waiting.IsFull && _lookups.Count > 0))
        {
            hasAsked |= DropOldest(now);
        }

        return hasAsked;
    }

    // The end of a lookup: rules are evaluated on its unanswered query, with what is known about it.
    private bool DropOldest(PacketTime now)
    {
        var place = _lookups.Oldest;
        var waiting = _lookups[place].WaitingQuery;
        try
        {
            if (waiting > 0 && _hasResponseRules)
            {
                var message = ObservedMessage.Read(_waiting.Get(waiting, out var source), Seeds);
                _event.Load(message);
                if (MatchResponse(message))
                {
                    Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, place, message, source);
                }
            }
        }
        finally
        {
            // Also after a fault, or the next message would meet it again.
            if (waiting > 0)
            {
                _waiting.Remove(waiting);
            }

            _lookups.DropOldest(now);
        }

        return waiting > 0;
    }

    private void Raise(RuleSet rules, MatchState state, int firstIndex, long place, in ObservedMessage message, PacketSource source)
    {
        // Explain reuses the state; copy the matches first.
        var count = state.Matches.Length;
        var isSameEvent = false;
        state.Matches.CopyTo(_matches);
        for (var i = 0; i < count; i++)
        {
            var rule = _rules.Compiled[firstIndex + _matches[i]];
            ref var lookup = ref _lookups[place];
            if (!lookup.Fired.TryAdd(rule.Number))
            {
                continue;
            }

            if (_correlations.Takes(rule.Index))
            {
                var hit = new LookupHit(place, lookup.QueryPacketNumber, lookup.Fired.Rules[..^1], source);
                _correlations.Take(rule.Index, _event, message, hit, isSameEvent);
                isSameEvent = true;
            }

            if (!rule.IsSilent)
            {
                var reasons = rules.Explain(_matches[i], _event.AsView, state);
                _alerts.Raise(rule, _alerts.Make(rule, reasons, message, lookup.QueryPacketNumber, source) with
                {
                    RoundTripNanoseconds = message.IsResponse && lookup.QueryPacketNumber > 0 ? message.Payload.Time.NanosecondsSince(lookup.QueryTime) : null,
                });
            }
        }

        if (isSameEvent)
        {
            _correlations.EndMessage();
        }
    }
}
