using WireDns.Alerts;
using WireDns.Detection.Correlation;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Wire;

namespace WireDns.Detection;

/// <summary>
/// Matches every message against the rules and raises the alerts. One lookup (a query, its retransmissions and its response) raises one
/// alert per rule. Called by one thread at a time; a message without a hit allocates nothing.
/// </summary>
/// <remarks>
/// A rule that needs only what a query carries is asked at once, of the response too, whose query may not have been seen. A rule that names
/// a field of the response is asked when the response comes, or when <see cref="DetectorOptions.LookupLifetime"/> is over, or at the end
/// of the source, with what is then known. Where no rule needs a response, only lookups that fired are remembered.
/// </remarks>
internal sealed class Detector : IMessageConsumer
{
    private readonly LoadedRules _rules;
    private readonly Func<Alert, bool> _raise;
    private readonly DetectorOptions _options;
    private readonly DnsEvent _event;
    private readonly MatchState _queryState;
    private readonly MatchState _responseState;
    private readonly LookupTable _lookups;
    private readonly WaitingQueries _waiting = new();
    private readonly Correlator _correlator;
    private readonly int[] _matches;
    private readonly long[] _alertsByRule;
    private readonly bool _hasResponseRules;
    private readonly NameCache _quietNames = new();
    private readonly NameCache? _quietResponseNames;
    private readonly bool _isDecidedByName;
    private readonly bool _isDecidedByLookup;

    /// <param name="rules">The rules.</param>
    /// <param name="raise">Takes an alert; false where it was dropped.</param>
    /// <param name="options">Bounds, and what is known of the network.</param>
    public Detector(LoadedRules rules, Func<Alert, bool> raise, DetectorOptions? options = null)
    {
        _rules = rules;
        _raise = raise;
        _options = options ?? new DetectorOptions();
        _lookups = new LookupTable(_options.MaximumLookups, _options.LookupLifetime);
        _hasResponseRules = rules.OnResponse.Rules.Count > 0;
        _event = new DnsEvent(rules.PublicSuffixes) { KeepsMessage = _hasResponseRules };
        _queryState = rules.OnQuery.CreateState();
        _responseState = rules.OnResponse.CreateState();
        _correlator = new Correlator(rules, _options.Correlations, _options.Resolvers.Count > 0 ? _options.IsResolver : null);
        _matches = new int[Math.Max(rules.OnQuery.Rules.Count, rules.OnResponse.Rules.Count)];
        _alertsByRule = new long[rules.Compiled.Count + rules.Correlations.Count];
        _quietResponseNames = _hasResponseRules ? new NameCache() : null;
        _isDecidedByName = rules.OnQuery.IsDecidedByFoldedText(DnsFields.OfTheName);
        _isDecidedByLookup = rules.OnQuery.IgnoresCase && rules.OnQuery.FieldIds.All(DnsFields.IsOfTheLookup);
    }

    /// <summary>Alerts that were raised, by the rule's index.</summary>
    public IReadOnlyList<long> AlertsByRule => _alertsByRule;

    /// <summary>What correlates the hits.</summary>
    public Correlator Correlator => _correlator;

    /// <summary>The lookups, those of the mirror's health among them.</summary>
    public LookupTable Lookups => _lookups;

    /// <summary>The seeds that messages must be observed with.</summary>
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
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        while (_lookups.IsOldestOver(now))
        {
            DropOldest(now);
        }
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        while (_lookups.Count > 0)
        {
            DropOldest(default);
        }

        _correlator.Clear();
    }

    /// <summary>Where no rule needs a response: a lookup is remembered once a rule has fired for it.</summary>
    private void ConsumeAlone(in ObservedMessage message, PacketSource source)
    {
        _event.Load(message);
        if (!MatchQuery(message))
        {
            return;
        }

        if (Expire(message.Payload.Time))
        {
            // Rules were asked about what expired, with the same event.
            _event.Load(message);
        }

        var place = _lookups.Find(message.Key, message.Payload.Time);
        _lookups[place].IsAsked = message.IsPlain && _isDecidedByLookup;
        Raise(_rules.OnQuery, _queryState, 0, place, message, source);
    }

    /// <summary>
    /// Where rules need responses: every lookup is remembered. Rules on queries that were asked about one of its messages say the same of the others,
    /// where they ask for nothing else than what these have in common.
    /// </summary>
    private void ConsumePaired(in ObservedMessage message, PacketSource source)
    {
        Expire(message.Payload.Time);
        _event.Load(message);
        var place = _lookups.Find(message.Key, message.Payload.Time);
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

    /// <summary>Asks the rules on queries. What is known of the message's name is made use of, and learnt.</summary>
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

    /// <summary>Asks the rules that need a response, likewise.</summary>
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

    /// <returns>Whether rules were asked about a lookup, so that the event holds another message now.</returns>
    private bool Expire(PacketTime now)
    {
        var hasAsked = false;
        while (_lookups.MustMakeRoom(now) || (_waiting.IsFull && _lookups.Count > 0))
        {
            hasAsked |= DropOldest(now);
        }

        return hasAsked;
    }

    // The last moment of a lookup: rules are asked about a query that was not answered, with what is known of it.
    private bool DropOldest(PacketTime now)
    {
        var place = _lookups.Oldest;
        var waiting = _lookups[place].WaitingQuery;
        if (waiting > 0)
        {
            var message = ObservedMessage.Read(_waiting.Get(waiting, out var source), Seeds);
            _event.Load(message);
            if (MatchResponse(message))
            {
                Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, place, message, source);
            }

            _waiting.Remove(waiting);
        }

        _lookups.DropOldest(now);
        return waiting > 0;
    }

    private void Raise(RuleSet rules, MatchState state, int firstIndex, long place, in ObservedMessage message, PacketSource source)
    {
        // To explain one match is to forget the others.
        var count = state.Matches.Length;
        var isSameEvent = false;
        state.Matches.CopyTo(_matches);
        for (var i = 0; i < count; i++)
        {
            var index = firstIndex + _matches[i];
            ref var lookup = ref _lookups[place];
            if (!lookup.Fired.TryAdd(index))
            {
                continue;
            }

            if (_correlator.Takes(index))
            {
                Correlate(index, place, message, source, isSameEvent);
                isSameEvent = true;
            }

            if (!_rules.Compiled[index].IsSilent)
            {
                Raise(_rules.Compiled[index], rules.Explain(_matches[i], _event.AsView, state), place, message, source, null);
            }
        }
    }

    private void Correlate(int rule, long place, in ObservedMessage message, PacketSource source, bool isSameEvent)
    {
        var hits = _correlator.Observe(rule, _event, message, place, _lookups[place].Fired.Rules[..^1], source, isSameEvent);
        for (var i = 0; i < hits.Count; i++)
        {
            Raise(_rules.Correlations[hits[i].Index], [], place, message, source, hits[i]);
        }
    }

    private void Raise(
        CompiledRule rule, IReadOnlyList<MatchReason> reasons, long place, in ObservedMessage message, PacketSource source, CorrelationHit? hit)
    {
        _alertsByRule[rule.Index]++;
        var queryPacketNumber = _lookups[place].QueryPacketNumber;
        var alert = AlertFactory.Create(rule, reasons, message, source, _rules.PublicSuffixes.Value) with
        {
            RelatedPacketNumber = message.IsResponse && queryPacketNumber > 0 ? queryPacketNumber : null,
            IsForwarded = _options.IsResolver(message.Client),
        };
        _raise(hit is null ? alert : _correlator.Complete(alert, hit, source));
    }
}
