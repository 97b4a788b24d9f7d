using System.Diagnostics.CodeAnalysis;
using WireDns.Alerts;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Correlation;
using WireDns.Detection.Counters;
using WireDns.Detection.Intel;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Detection.Rules;
using WireDns.Detection.State;
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
    internal const int MaximumEpisodes = 8192;

    private readonly DetectorOptions _options;
    private readonly DnsEvent _event;
    private readonly LookupTable _lookups;
    private WaitingQueries _waiting = new();
    private readonly RaisedAlerts _alerts;
    private readonly ICorrelations _correlations;
    private readonly NameCache _quietNames = new();
    private readonly KnownQuestions _knownQueries = new();
    private readonly KnownQuestions _knownResponses = new();
    private readonly AnomalyPace? _anomalies;
    private readonly NetworkSightings _sightings = new();
    private readonly IndicatorHits _indicators = new();
    private readonly ListedValueCheck _takesIndicator;

    // Derived from the rules.
    private LoadedRules _rules;
    private MatchState _queryState;
    private MatchState _responseState;
    private CompiledRule[] _compiled;
    private bool[] _takes;
    private int[] _matches;
    private int[] _recurring;
    private int _queryRuleCount;
    private int[] _correlated = [];
    private bool _hasResponseRules;
    private bool _hasCorrelations;
    private bool _isDecidedByName;
    private bool[] _isOfTheName;
    private bool _isDecidedByLookup;

    // Whether the event has the message at hand: it is loaded when it is needed.
    private bool _isLoaded;

    /// <param name="rules">The rules.</param>
    /// <param name="raise">Receives an alert; returns false if the alert was dropped.</param>
    /// <param name="options">Limits, and what the user knows about the network.</param>
    public Detector(LoadedRules rules, Func<Alert, bool> raise, DetectorOptions? options = null)
    {
        _options = options ?? new DetectorOptions();
        _takesIndicator = _indicators.Takes;
        _anomalies = _options.AnomaliesPerSecond > 0 ? new AnomalyPace(_options.AnomaliesPerSecond) : null;
        _lookups = new LookupTable(_options.MaximumLookups, _options.LookupLifetime);
        _event = new DnsEvent(rules.PublicSuffixes);
        _alerts = new RaisedAlerts(rules, raise, _options.IsResolver, _options.Privacy);
        var correlator = new Correlator(
            rules, _options.Correlations with { MaximumEpisodes = _options.TellsCorrelationEnds ? MaximumEpisodes : 0 },
            new RaisedAlerts(rules, raise, _options.IsResolver, _options.Privacy), _options.Resolvers.Count > 0 ? _options.IsResolver : null, _options.MayDelayCorrelations, SignalMaker.Of(_options.TakeSignal, _options.LookupLifetime));
        _correlations = ThreadedCorrelations.For(rules, correlator, Seeds, _options.CorrelationQueueLength, _options.CorrelatesInParallel);
        Use(rules);
    }

    /// <summary>The counters so far. Allocates; for reports.</summary>
    public DetectorCounters Counters => new(
        [.. _alerts.ByRule.Zip(_correlations.Correlator.Alerts.ByRule, (own, correlated) => own + correlated)],
        _alerts.OfForgottenRules + _correlations.Correlator.Alerts.OfForgottenRules, _anomalies?.HeldBack ?? 0, _sightings, _indicators, _correlations);

    /// <summary>The table of lookups, including those that only serve the mirror's health.</summary>
    public LookupTable Lookups => _lookups;

    /// <summary>The seeds that messages must be parsed with.</summary>
    public MessageSeeds Seeds { get; private set; } = MessageSeeds.Next();

    /// <inheritdoc/>
    public UnwantedNames? UnwantedNames { get; private set; }

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (!message.Verdict.IsDelivered)
        {
            return;
        }

        _isLoaded = false;
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
    /// <remarks>All at once that lies far apart in memory, so that the processor waits for it but once.</remarks>
    public void Expect(LookupKey key, ulong nameHash, bool isResponse)
    {
        _lookups.Expect(key);
        _knownQueries.Expect(key.Question);
        if (isResponse)
        {
            _knownResponses.Expect(key.Question);
        }

        if (_hasCorrelations)
        {
            _correlations.Expect(nameHash);
        }
    }

    /// <inheritdoc/>
    public void NoteQuery(LookupKey key, ushort flags, in Packet packet)
    {
        Expire(packet.Time);
        _lookups[_lookups.Find(key, packet.Time)].TryNoteQuery(flags, packet.Number, packet.Time);
    }

    /// <inheritdoc/>
    public void Note(in Anomaly anomaly, PacketSource source)
    {
        if (_anomalies is not null && _anomalies.TryTell(anomaly.Origin.Time))
        {
            RaiseInTurn(null, _alerts.Make(anomaly, source));
        }
    }

    /// <inheritdoc/>
    public void Pause() => _correlations.Settle();

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

    /// <inheritdoc/>
    public void Suspend() => _correlations.Suspend();

    /// <summary>Begins to write what is remembered. Any thread may call it.</summary>
    public WorkerSaving Save(PacketSource source, long maximumLength) => new(_rules, Seeds, _lookups, _waiting, _correlations, source, maximumLength);

    /// <summary>Goes on with what a detector of another process has written. Call it before the first message; use the new <see cref="Seeds"/> afterwards.</summary>
    public RestoredState Restore(BinaryReader reader, PacketSource source)
    {
        var restoring = new WorkerRestoring(_rules, _lookups, _waiting, _correlations.Correlator, source);
        try
        {
            var restored = restoring.Read(reader);
            Seeds = restoring.Seeds;
            _correlations.Use(restoring.Seeds);
            _takes = [.. _rules.Compiled.Select(rule => _correlations.Takes(rule.Index))];
            return restored;
        }
        catch
        {
            _waiting = new WaitingQueries();
            _lookups.Clear();
            throw;
        }
    }

    /// <summary>
    /// Replaces the rules from the next message on. What has fired stays fired if a rule is in both sets, and waiting queries keep waiting. What is
    /// known about names and lookups is forgotten, because it came from the previous rules.
    /// </summary>
    public void Swap(LoadedRules rules)
    {
        _lookups.SwapRules(areOthers: rules.Numbers != _rules.Numbers);
        _correlations.Swap(rules);
        _alerts.Swap(rules);
        _quietNames.Clear();
        _knownQueries.Clear();
        _knownResponses.Clear();
        Use(rules);
    }

    [MemberNotNull(
        nameof(_rules), nameof(_queryState), nameof(_responseState), nameof(_compiled), nameof(_takes), nameof(_matches), nameof(_recurring), nameof(_isOfTheName))]
    private void Use(LoadedRules rules)
    {
        _rules = rules;
        _indicators.Use(rules.Intel);
        _queryState = rules.OnQuery.CreateState();
        _responseState = rules.OnResponse.CreateState();
        _compiled = [.. rules.Compiled];
        _takes = [.. rules.Compiled.Select(rule => _correlations.Takes(rule.Index))];
        _hasCorrelations = _takes.Contains(true);
        _queryRuleCount = rules.OnQuery.Rules.Count;
        _matches = new int[Math.Max(_queryRuleCount, rules.OnResponse.Rules.Count)];
        _recurring = new int[_matches.Length];
        _hasResponseRules = rules.OnResponse.Rules.Count > 0;
        _event.KeepsMessage = _hasResponseRules;
        _isDecidedByName = rules.OnQuery.IsDecidedByFoldedText(DnsFields.OfTheName);
        _isOfTheName = [.. rules.OnQuery.DecidedBy(DnsFields.OfTheName)];
        UnwantedNames = _isDecidedByName ? UnwantedNames.Of(rules, _quietNames, _knownResponses) : null;
        _isDecidedByLookup = rules.OnQuery.IgnoresCase && rules.OnQuery.FieldIds.All(DnsFields.IsOfTheLookup);
    }

    /// <summary>Used if no rule needs a response: a lookup is remembered once a rule has fired for it.</summary>
    private void ConsumeAlone(in ObservedMessage message, PacketSource source)
    {
        var matches = MatchQuery(message);
        if (!matches.IsEmpty)
        {
            Expire(message.Payload.Time);
            var place = Find(message);
            _lookups[place].IsAsked = message.IsPlain && _isDecidedByLookup;
            RaiseQuery(matches, place, message, source);
        }
    }

    /// <summary>
    /// Used if rules need responses: every lookup is remembered. If the rules on queries use only fields that all messages of a lookup share,
    /// evaluating them on one message decides for the others.
    /// </summary>
    private void ConsumePaired(in ObservedMessage message, PacketSource source)
    {
        Expire(message.Payload.Time);
        var place = Find(message);
        ref var lookup = ref _lookups[place];
        if (!message.IsPlain || !lookup.IsAsked)
        {
            lookup.IsAsked |= message.IsPlain && _isDecidedByLookup;
            var matches = MatchQuery(message);
            if (!matches.IsEmpty)
            {
                RaiseQuery(matches, place, message, source);
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

    /// <summary>Loads the message at hand into the event, unless that was done.</summary>
    private void Load(in ObservedMessage message)
    {
        if (!_isLoaded)
        {
            _event.Load(message);
            _isLoaded = true;
        }
    }

    /// <summary>The rules on queries that match, by index. Uses what is known about the message's name or question, and adds to it.</summary>
    private ReadOnlySpan<int> MatchQuery(in ObservedMessage message)
    {
        if (!_isDecidedByName)
        {
            return Match(_rules.OnQuery, _queryState, _knownQueries, message);
        }

        if (_queryRuleCount == 0 || (message.IsPlain && _quietNames.Contains(message.NameHash)))
        {
            return default;
        }

        Load(message);
        _rules.OnQuery.Match(_event.AsView, _queryState);
        if (message.IsPlain && IsNameQuiet())
        {
            _quietNames.Add(message.NameHash);
        }

        return _queryState.Matches;
    }

    /// <summary>Whether no message with the name of the last one can match: nothing was found in it, or nothing that suffices, and the name alone decides that.</summary>
    private bool IsNameQuiet()
    {
        foreach (var rule in _queryState.Candidates)
        {
            if (!_isOfTheName[rule])
            {
                return false;
            }
        }

        return _queryState.Matches.IsEmpty;
    }

    private ReadOnlySpan<int> Match(RuleSet rules, MatchState state, KnownQuestions questions, in ObservedMessage message)
    {
        KnownMatches known = default;
        if (message.IsPlain && questions.TryFind(message.Key.Question, out known) && rules.AreAllRecurring)
        {
            return known.Rules;
        }

        Load(message);
        rules.Match(_event.AsView, state, known);
        if (message.IsPlain && !known.IsKnown)
        {
            var count = 0;
            foreach (var rule in state.Matches)
            {
                if (rules.IsRecurring(rule))
                {
                    _recurring[count++] = rule;
                }
            }

            questions.Add(message.Key.Question, _recurring.AsSpan(0, count), !state.HadRecurringHits);
        }

        return state.Matches;
    }

    private void Pair(long place, in ObservedMessage message, PacketSource source)
    {
        var payload = message.Payload;
        ref var lookup = ref _lookups[place];
        if (!message.IsResponse)
        {
            if (lookup.TryNoteQuery(message.Header.Flags, payload.PacketNumber, payload.Time))
            {
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
        Load(message);
        _event.RoundTripNanoseconds = lookup.QueryPacketNumber == 0 ? null : payload.Time.NanosecondsSince(lookup.QueryTime);
        _event.QueryFlags = lookup.QueryPacketNumber == 0 ? null : lookup.QueryFlags;
        RaiseResponse(place, message, source);
    }

    private void Expire(PacketTime now)
    {
        while (_lookups.MustMakeRoom(now) || (_waiting.IsFull && _lookups.Count > 0))
        {
            DropOldest(now);
        }
    }

    // The end of a lookup: rules are evaluated on its unanswered query, with what is known about it.
    private void DropOldest(PacketTime now)
    {
        var place = _lookups.Oldest;
        var waiting = _lookups[place].WaitingQuery;
        try
        {
            if (waiting > 0 && _hasResponseRules)
            {
                var message = ObservedMessage.Read(_waiting.Get(waiting, out var source), Seeds);
                _isLoaded = false;
                Load(message);
                RaiseResponse(place, message, source);
            }
        }
        finally
        {
            _isLoaded = false;

            // Also after a fault, or the next message would meet it again.
            if (waiting > 0)
            {
                _waiting.Remove(waiting);
            }

            _lookups.DropOldest(now);
        }
    }

    private void RaiseQuery(ReadOnlySpan<int> matches, long place, in ObservedMessage message, PacketSource source) =>
        Raise(_rules.OnQuery, _queryState, 0, matches, place, message, source);

    /// <summary>Evaluates the rules that need a response on the message that is loaded.</summary>
    private void RaiseResponse(long place, in ObservedMessage message, PacketSource source)
    {
        var matches = Match(_rules.OnResponse, _responseState, _knownResponses, message);
        if (!matches.IsEmpty)
        {
            Raise(_rules.OnResponse, _responseState, _queryRuleCount, matches, place, message, source);
        }
    }

    private void Raise(
        RuleSet rules, MatchState state, int firstIndex, ReadOnlySpan<int> matches, long place, in ObservedMessage message, PacketSource source)
    {
        // Explain reuses the state; copy the matches first.
        var count = matches.Length;
        var isSameEvent = false;
        matches.CopyTo(_matches);
        for (var i = 0; i < count; i++)
        {
            var rule = _compiled[firstIndex + _matches[i]];
            ref var lookup = ref _lookups[place];
            if (!lookup.Fired.TryAdd(rule.Number))
            {
                continue;
            }

            if (rule.UsesIndicators && !HaveIndicators(rules, state, _matches[i], message))
            {
                continue;
            }

            if (_takes[rule.Index])
            {
                Load(message);
                var hit = new LookupHit(place, lookup.QueryPacketNumber, lookup.Fired.CorrelatedBeforeLast(ref _correlated), source);
                if (!_correlations.Take(rule.Index, _event, message, hit, isSameEvent))
                {
                    lookup.Fired.NoteShed();
                }

                isSameEvent = true;
            }

            if (!rule.IsSilent)
            {
                Load(message);
                var reasons = rules.Explain(_matches[i], _event.AsView, state);
                var facts = new LookupFacts(lookup.QueryPacketNumber)
                {
                    Indicators = rule.UsesIndicators ? _indicators.Describe() : [],
                    RoundTripNanoseconds = message.IsResponse && lookup.QueryPacketNumber > 0 ? message.Payload.Time.NanosecondsSince(lookup.QueryTime) : null,
                };
                RaiseInTurn(rule, _alerts.Make(rule, reasons, message, facts, source));
            }
        }

        if (isSameEvent)
        {
            _correlations.EndMessage();
        }
    }

    private void RaiseInTurn(CompiledRule? rule, Alert alert) => _correlations.Raise(() => _alerts.Raise(rule, alert));

    /// <summary>Whether a rule that matches the message does so without indicators that have expired.</summary>
    private bool HaveIndicators(RuleSet rules, MatchState state, int rule, in ObservedMessage message)
    {
        Load(message);
        _indicators.Begin(message.Payload.Time);
        var stillMatches = rules.StillMatches(rule, _event.AsView, state, _takesIndicator);
        _indicators.End(stillMatches);
        return stillMatches;
    }
}
