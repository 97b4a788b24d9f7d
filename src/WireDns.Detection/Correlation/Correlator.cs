using System.Buffers.Binary;
using System.Globalization;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Detection.Raising;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Sigma.Rules;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Passes the hits of rules to correlations, keeps what alerts show about them, and raises the correlations' alerts. One lookup is one event. A hit
/// allocates only if it starts a new group or makes a correlation true. Call it from one thread at a time.
/// </summary>
internal sealed partial class Correlator : ICorrelations
{
    // A tag has the rule's number in its upper bits, and the hit's number in the rule's log in its lower bits: enough for years of traffic.
    private const int NumberBits = 44;

    private const int MaximumKnownClients = 4096;

    private readonly CorrelationLimits _limits;
    private readonly RaisedAlerts _alerts;
    private readonly Func<NetAddress, bool>? _isKnownResolver;
    private readonly Dictionary<NetAddress, bool> _isResolver = [];
    private readonly DnsEvent? _delayedEvent;
    private readonly DelayedMessages _delayedMessages = new();
    private readonly SignalMaker? _signals;
    private LoadedRules _rules;
    private CorrelationEngine _engine;
    private long _message;

    // By the rule's index to record hits; by its number to keep the logs across reloads.
    private EvidenceLog?[] _evidence = [];
    private Dictionary<int, EvidenceLog> _evidenceByNumber = [];

    // The index of each rule by its number, less than 0 for one that does not run, and a buffer for the indices of a lookup's earlier hits.
    private int[] _places = [];
    private int[] _earlier = [];
    private int[] _numbers = [];

    /// <param name="rules">The rules.</param>
    /// <param name="limits">Limits on what is remembered.</param>
    /// <param name="alerts">Makes, raises and counts the alerts of correlations only.</param>
    /// <param name="isKnownResolver">Whether an address is one of the internal resolvers; null if none is known.</param>
    /// <param name="mayDelay">Whether hits may wait until others have come, or until <see cref="Settle"/>, which is faster.</param>
    /// <param name="signals">Takes the hits in place of the correlations, for another process that correlates them; null for none.</param>
    public Correlator(
        LoadedRules rules, CorrelationLimits limits, RaisedAlerts alerts, Func<NetAddress, bool>? isKnownResolver, bool mayDelay = false, SignalMaker? signals = null)
    {
        _signals = signals;
        _delayedEvent = mayDelay ? new DnsEvent(rules.PublicSuffixes) : null;
        _rules = rules;
        _limits = limits;
        _alerts = alerts;
        _isKnownResolver = isKnownResolver;
        _engine = new CorrelationEngine(rules.RunningCorrelations, RulesOf(rules), new DnsFields(), limits);
        Prepare();
    }

    /// <summary>Events that could not be taken or had to be forgotten.</summary>
    public CorrelationCounters Counters => _engine.Counters;

    /// <summary>Hits without a packet time, which cannot be placed in a time window.</summary>
    public long WithoutTime { get; private set; }

    /// <summary>
    /// Hits of lookups that a known resolver made for one of its clients. They count for that client, and not a second time for the resolver.
    /// </summary>
    public long Forwarded { get; private set; }

    /// <summary>The raised alerts.</summary>
    public RaisedAlerts Alerts => _alerts;

    /// <inheritdoc/>
    Correlator ICorrelations.Correlator => this;

    /// <inheritdoc/>
    public ShedHits? Shed => null;

    /// <summary>The engine, whose parts tell which hits belong together (<see cref="CorrelationEngine.Parts"/>).</summary>
    public CorrelationEngine Engine => _engine;

    /// <summary>The index of a running rule, by its number.</summary>
    public int PlaceOf(int number) => _places[number];

    /// <inheritdoc/>
    public bool Takes(int rule) => _evidence[rule] is not null;

    /// <inheritdoc/>
    public void Expect(ulong nameHash) => _engine.Expect(nameHash, DnsEvent.IdentifiedByName);

    /// <summary>Takes a hit, and raises the alerts of all correlations that it makes true.</summary>
    /// <inheritdoc/>
    public bool Take(int rule, DnsEvent @event, in ObservedMessage message, in LookupHit hit, bool isSameEvent)
    {
        var client = message.Client;
        if (!message.Payload.Time.HasValue)
        {
            WithoutTime++;
            return true;
        }

        if (IsResolver(client))
        {
            Forwarded++;
            return true;
        }

        if (_signals is not null)
        {
            _signals.Send(_engine, _rules, rule, @event, message, hit);
            return true;
        }

        var name = NameOf(@event, out var form);
        var file = hit.Source.FileOf(message.Payload.InterfaceIndex);
        var number = _evidence[rule]!.Add(client, message.ClientPort, name, form, message.Payload.PacketNumber, file);
        var stamp = new CorrelationEvent(message.Payload.Time.Nanoseconds, hit.Lookup, ((long)_numbers[rule] << NumberBits) | number);
        if (!isSameEvent && _delayedEvent is not null)
        {
            Delay(@event, message, hit);
        }

        var found = _engine.Observe(rule, @event.AsView, stamp, _engine.AsksForEarlierRules(rule) ? PlacesOf(hit.EarlierRules) : default, isSameEvent);
        if (_engine.HasDelayedHits)
        {
            RaiseDelayed();
        }

        RaiseEnds();
        for (var i = 0; i < found.Count; i++)
        {
            Raise(found[i], message, hit);
        }

        return true;
    }

    /// <inheritdoc/>
    public void EndMessage()
    {
    }

    /// <inheritdoc/>
    public Task Do(Action<Correlator> work)
    {
        work(this);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Suspend() => Settle();

    /// <inheritdoc/>
    public void Use(in MessageSeeds seeds)
    {
    }

    /// <inheritdoc/>
    public void Settle()
    {
        if (_delayedEvent is not null)
        {
            _engine.Settle();
            RaiseDelayed();
        }
    }

    /// <inheritdoc/>
    public void Raise(Action raise)
    {
        Settle();
        raise();
    }

    private void Delay(DnsEvent @event, in ObservedMessage message, in LookupHit hit)
    {
        // A number is used again if nothing waits for it.
        _message += _engine.NewestDelayed == _message ? 1 : 0;
        _engine.Delay = DelayedMessages.Takes(message) ? _message : null;
        if (_engine.Delay is not null)
        {
            _delayedMessages.Keep(_message, message, hit, @event);
        }
    }

    private void RaiseDelayed()
    {
        while (_engine.HasDelayedHits)
        {
            var delayed = _engine.DelayedHits[0];
            _engine.DelayedHits.RemoveAt(0);
            var message = _delayedMessages.Get(delayed.Number, out var known);
            _delayedEvent!.KeepsMessage = _rules.OnResponse.Rules.Count > 0;
            _delayedEvent.Load(message);
            _delayedEvent.RoundTripNanoseconds = known.RoundTripNanoseconds;
            _delayedEvent.QueryFlags = known.QueryFlags;
            Raise(_engine.Complete(delayed, _delayedEvent.AsView), message, known.Before(0));
        }
    }

    private void Raise(CorrelationHit found, in ObservedMessage message, in LookupHit hit)
    {
        var correlation = _rules.Correlations[found.Index];
        var alert = Complete(_alerts.Make(correlation, [], message, new LookupFacts(hit.QueryPacketNumber), hit.Source), found);
        if (found.Episode is { } episode)
        {
            episode.State = CorrelationEnd.Keep(alert);
        }

        _alerts.Raise(correlation, alert);
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        Settle();
        _engine.Expire(now.Nanoseconds);
        RaiseEnds();
    }

    /// <summary>Replaces the rules. Correlations that are unchanged keep counting; all others start again.</summary>
    public void Swap(LoadedRules rules)
    {
        Settle();
        if (rules.Numbers != _rules.Numbers)
        {
            // The numbers that evidence is stored under now mean other rules.
            Clear();
            _evidenceByNumber.Clear();
        }

        RaiseEnds();
        _alerts.Swap(rules);
        _engine = _engine.Follow(rules.RunningCorrelations, RulesOf(rules), new DnsFields());
        _message = 0;
        RaiseEnds();
        _rules = rules;
        Prepare();
    }

    private static IReadOnlyList<SigmaRule> RulesOf(LoadedRules rules) => [.. rules.OnQuery.Rules, .. rules.OnResponse.Rules];

    private void Prepare()
    {
        _places = new int[_rules.Compiled.Select(rule => rule.Number).DefaultIfEmpty(-1).Max() + 1];
        Array.Fill(_places, -1);
        foreach (var rule in _rules.Compiled)
        {
            _places[rule.Number] = rule.Index;
        }

        _earlier = new int[_rules.Compiled.Count];
        _numbers = [.. _rules.Compiled.Select(rule => rule.Number)];
        _evidence = [.. _rules.Compiled.Select(rule => !_engine.Takes(rule.Index) ? null : _evidenceByNumber.GetValueOrDefault(rule.Number) ?? new EvidenceLog())];
        _evidenceByNumber = _rules.Compiled.Where(rule => _evidence[rule.Index] is not null).ToDictionary(rule => rule.Number, rule => _evidence[rule.Index]!);
    }

    /// <summary>The indices of running rules, by their numbers; rules that no longer run are skipped.</summary>
    private ReadOnlySpan<int> PlacesOf(ReadOnlySpan<int> numbers)
    {
        var count = 0;
        foreach (var number in numbers)
        {
            if (number < _places.Length && _places[number] is >= 0 and var place)
            {
                _earlier[count++] = place;
            }
        }

        return _earlier.AsSpan(0, count);
    }

    /// <summary>The name of the first question, in the form that costs least.</summary>
    private static ReadOnlySpan<byte> NameOf(DnsEvent @event, out NameForm form)
    {
        if (@event.TryGetWireName(out var name))
        {
            form = NameForm.Wire;
            return name;
        }

        form = @event.CountValues((int)DnsField.QuestionName) > 0 ? NameForm.Text : NameForm.None;
        return form == NameForm.Text ? @event.GetValue((int)DnsField.QuestionName, 0).Text : default;
    }

    /// <summary>Turns an alert for the message that made a correlation true into the correlation's alert.</summary>
    private Alert Complete(Alert alert, CorrelationHit hit)
    {
        var rule = hit.Correlation.Rule;
        var type = rule.TypeText;
        var value = hit.Value.ToString(CultureInfo.InvariantCulture);
        return alert with
        {
            Id = Identify(alert, hit),
            Reasons = [new AlertReason("correlation", type, [], $"{rule.Condition} in {rule.TimespanText}", value, 0, value.Length)],
            Correlation = new AlertCorrelation
            {
                Type = type,
                Condition = rule.Condition.ToString(),
                Timespan = rule.TimespanText,
                Value = hit.Value,
                Group = [.. hit.Group.Select(group => new CorrelatedValue(group.Name, group.Value))],
                Events = [.. hit.Events.Select(reported => Find(reported, alert.File)).OfType<CorrelatedEvent>()],
            },
        };
    }

    /// <summary>Forgets all events, because the source has ended.</summary>
    public void Clear()
    {
        Settle();
        _engine.Clear();
        RaiseEnds();
        foreach (var log in _evidenceByNumber.Values)
        {
            log.Clear();
        }
    }

    private void RaiseEnds()
    {
        if (!_engine.HasEnded)
        {
            return;
        }

        foreach (var episode in _engine.Ended)
        {
            if (episode.State is Alert start)
            {
                _alerts.RaiseEnd(CorrelationEnd.Of(start, episode));
            }
        }

        _engine.ForgetEnded();
    }

    private CorrelatedEvent? Find(ReportedEvent reported, string? file) =>
        _evidenceByNumber.TryGetValue((int)(reported.Tag >> NumberBits), out var log)
            ? log.Find(reported.Tag & ((1L << NumberBits) - 1), reported.Time, file)
            : null;

    private bool IsResolver(NetAddress client)
    {
        if (_isKnownResolver is null)
        {
            return false;
        }

        if (!_isResolver.TryGetValue(client, out var isResolver))
        {
            // Each check allocates, so its result is kept for when the client appears again.
            if (_isResolver.Count == MaximumKnownClients)
            {
                _isResolver.Clear();
            }

            isResolver = _isKnownResolver(client);
            _isResolver.Add(client, isResolver);
        }

        return isResolver;
    }

    // One message can make a correlation true for several groups. The id is of the first event that counts and not of the message: a sensor that was killed and has forgotten the
    // last minute becomes true by a later message, and its alert has the id of the one before.
    private string Identify(Alert alert, CorrelationHit hit)
    {
        if (hit.From is not { } from)
        {
            return AlertFactory.Hash(default, $"{alert.Id}\0{string.Join('\0', hit.Group.Select(value => _alerts.ForId(value.Value, alert)))}");
        }

        Span<byte> first = stackalloc byte[sizeof(long) + sizeof(int)];
        BinaryPrimitives.WriteInt64BigEndian(first, from);
        BinaryPrimitives.WriteInt32BigEndian(first[sizeof(long)..], hit.Rise);
        var group = hit.Group.Select(value => _alerts.ForId(value.Value.ToLowerInvariant(), alert));
        return AlertFactory.Hash(hit.Rise == 0 ? first[..sizeof(long)] : first, $"{alert.Rule.Id ?? alert.Rule.Title}\0{string.Join('\0', group)}");
    }
}
