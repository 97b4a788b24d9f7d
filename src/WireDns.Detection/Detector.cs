using WireDns.Alerts;
using WireDns.Detection.Correlation;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Matching;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

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
    // What is the same for all questions of one name, but for the case of letters.
    private static readonly int[] FieldsOfTheName =
    [
        (int)DnsField.QuestionName, (int)DnsField.QuestionLength, (int)DnsField.Subdomain, (int)DnsField.RegisteredDomain, (int)DnsField.PublicSuffix,
    ];

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
    private readonly NameCache? _namesWithoutHit;
    private PacketTime _now;
    private long _evictedElsewhere;

    /// <param name="rules">The rules.</param>
    /// <param name="raise">Takes an alert; false where it was dropped.</param>
    /// <param name="options">Bounds, and what is known of the network.</param>
    public Detector(LoadedRules rules, Func<Alert, bool> raise, DetectorOptions? options = null)
    {
        _rules = rules;
        _raise = raise;
        _options = options ?? new DetectorOptions();
        _hasResponseRules = rules.OnResponse.Rules.Count > 0;
        _event = new DnsEvent(rules.PublicSuffixes) { KeepsMessage = _hasResponseRules };
        _queryState = rules.OnQuery.CreateState();
        _responseState = rules.OnResponse.CreateState();
        _lookups = new LookupTable(_options.MaximumLookups, _options.LookupLifetime);
        _correlator = new Correlator(rules, _options);
        _matches = new int[Math.Max(rules.OnQuery.Rules.Count, rules.OnResponse.Rules.Count)];
        _alertsByRule = new long[rules.Compiled.Count + rules.Correlations.Count];
        _namesWithoutHit = rules.OnQuery.IsDecidedByFoldedText(FieldsOfTheName) ? new NameCache() : null;
    }

    /// <summary>Where the messages come from.</summary>
    public PacketSource Source { get; set; } = PacketSource.OfFile("");

    /// <summary>Alerts that were raised, by the rule's index.</summary>
    public IReadOnlyList<long> AlertsByRule => _alertsByRule;

    /// <summary>What correlates the hits.</summary>
    public Correlator Correlator => _correlator;

    /// <summary>Lookups that were forgotten too early for want of room: a second alert for one of them is possible.</summary>
    public long EvictedLookups => _lookups.Evicted + _evictedElsewhere;

    /// <summary>Adds what another detector of the same rules has counted, at rest.</summary>
    public void Absorb(Detector other)
    {
        _evictedElsewhere += other.EvictedLookups;
        _correlator.Absorb(other._correlator);
        for (var rule = 0; rule < _alertsByRule.Length; rule++)
        {
            _alertsByRule[rule] += other._alertsByRule[rule];
        }
    }

    /// <inheritdoc/>
    public NameCache? UnwantedNames => _hasResponseRules ? null : _namesWithoutHit;

    /// <inheritdoc/>
    public DnsMessageVerdict Consume(in TransportPayload payload) => Consume(payload, isWithoutHit: false, out _);

    /// <inheritdoc/>
    public void ConsumeSound(in TransportPayload payload, ulong nameHash)
    {
        var isWithoutHit = _namesWithoutHit is not null && _namesWithoutHit.Contains(nameHash);
        Consume(payload, isWithoutHit, out var hadHits);
        if (!hadHits && !isWithoutHit)
        {
            _namesWithoutHit?.Add(nameHash);
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

        _lookups.Clear();
        _correlator.Clear();
    }

    /// <param name="payload">The message.</param>
    /// <param name="isWithoutHit">Whether it is known that no rule on queries can match.</param>
    /// <param name="hadHits">Whether a value of such a rule was found in it.</param>
    private DnsMessageVerdict Consume(in TransportPayload payload, bool isWithoutHit, out bool hadHits)
    {
        hadHits = false;
        _now = payload.Time;
        var verdict = _event.Load(payload);
        if (!verdict.IsDelivered)
        {
            return verdict;
        }

        var isHit = !isWithoutHit && _rules.OnQuery.Match(_event.AsView, _queryState);
        hadHits = !isWithoutHit && _queryState.HadHits;
        if (!isHit && !_hasResponseRules)
        {
            return verdict;
        }

        if (Expire())
        {
            // Rules were asked about what expired, with the same event.
            _event.Load(payload);
        }

        var place = _lookups.Find(payload, out _);
        if (isHit)
        {
            Raise(_rules.OnQuery, _queryState, 0, place, payload, verdict, Source);
        }

        if (_hasResponseRules)
        {
            Pair(place, payload, verdict);
        }

        return verdict;
    }

    private void Pair(long place, in TransportPayload payload, DnsMessageVerdict verdict)
    {
        ref var lookup = ref _lookups[place];
        if (!_event.IsResponse)
        {
            if (lookup.QueryPacketNumber == 0)
            {
                lookup.QueryPacketNumber = payload.PacketNumber;
                lookup.QueryTime = payload.Time;
                lookup.WaitingQuery = _rules.CanFireWithoutResponse && !lookup.IsAnswered ? _waiting.Add(payload, Source) : 0;
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
        if (_rules.OnResponse.Match(_event.AsView, _responseState))
        {
            Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, place, payload, verdict, Source);
        }
    }

    /// <returns>Whether rules were asked about a lookup, so that the event holds another message now.</returns>
    private bool Expire()
    {
        var hasAsked = false;
        while (_lookups.MustMakeRoom(_now) || (_waiting.IsFull && _lookups.Count > 0))
        {
            hasAsked |= DropOldest(_now);
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
            var payload = _waiting.Get(waiting, out var source);
            var verdict = _event.Load(payload);
            if (_rules.OnResponse.Match(_event.AsView, _responseState))
            {
                Raise(_rules.OnResponse, _responseState, _rules.OnQuery.Rules.Count, place, payload, verdict, source);
            }

            _waiting.Remove(waiting);
        }

        _lookups.DropOldest(now);
        return waiting > 0;
    }

    private void Raise(
        RuleSet rules, MatchState state, int firstIndex, long place, in TransportPayload payload, DnsMessageVerdict verdict, PacketSource source)
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
                Correlate(index, place, payload, verdict, source, isSameEvent);
                isSameEvent = true;
            }

            if (!_rules.Compiled[index].IsSilent)
            {
                Raise(_rules.Compiled[index], rules.Explain(_matches[i], _event.AsView, state), place, payload, verdict, source, null);
            }
        }
    }

    private void Correlate(int rule, long place, in TransportPayload payload, DnsMessageVerdict verdict, PacketSource source, bool isSameEvent)
    {
        var hits = _correlator.Observe(rule, _event, payload, place, _lookups[place].Fired.Rules[..^1], source, isSameEvent);
        for (var i = 0; i < hits.Count; i++)
        {
            Raise(_rules.Correlations[hits[i].Index], [], place, payload, verdict, source, hits[i]);
        }
    }

    private void Raise(
        CompiledRule rule, IReadOnlyList<MatchReason> reasons, long place, in TransportPayload payload, DnsMessageVerdict verdict,
        PacketSource source, CorrelationHit? hit)
    {
        _alertsByRule[rule.Index]++;
        var queryPacketNumber = _lookups[place].QueryPacketNumber;
        var alert = AlertFactory.Create(rule, reasons, payload, verdict, source, _rules.PublicSuffixes.Value) with
        {
            RelatedPacketNumber = _event.IsResponse && queryPacketNumber > 0 ? queryPacketNumber : null,
            IsForwarded = _options.IsResolver(_event.IsResponse ? payload.Destination : payload.Source),
        };
        _raise(hit is null ? alert : _correlator.Complete(alert, hit, source));
    }
}
