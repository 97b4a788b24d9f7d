using System.Globalization;
using System.Text;
using Org.BouncyCastle.Crypto.Digests;
using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Correlation;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Takes the hits of rules to correlations, and remembers of them what an alert tells. One lookup is one event. A hit allocates only where a
/// group is new and where a correlation becomes true.
/// </summary>
internal sealed class Correlator
{
    // The rule in the upper bits of a tag, the hit's number in its log in the lower ones: enough for years of any wire.
    private const int NumberBits = 44;

    private const int MaximumKnownClients = 4096;

    private readonly LoadedRules _rules;
    private readonly DetectorOptions _options;
    private readonly CorrelationEngine _engine;
    private readonly EvidenceLog?[] _evidence;
    private readonly Dictionary<NetAddress, bool> _isResolver = [];

    public Correlator(LoadedRules rules, DetectorOptions options)
    {
        _rules = rules;
        _options = options;
        _engine = new CorrelationEngine(
            rules.RunningCorrelations, [.. rules.OnQuery.Rules, .. rules.OnResponse.Rules], new DnsFields(), options.Correlations);
        _evidence = [.. Enumerable.Range(0, rules.Compiled.Count).Select(rule => _engine.Takes(rule) ? new EvidenceLog() : null)];
    }

    /// <summary>What could not be taken or had to be forgotten.</summary>
    public CorrelationCounters Counters => _engine.Counters;

    /// <summary>Hits without a packet time, which no window has a place for.</summary>
    public long WithoutTime { get; private set; }

    /// <summary>Hits that a known resolver made for a client of its own, which are that client's and not counted twice.</summary>
    public long Forwarded { get; private set; }

    /// <summary>Whether any correlation takes hits of a rule.</summary>
    public bool Takes(int rule) => _evidence[rule] is not null;

    /// <summary>Takes a hit. What is returned is valid until the next call.</summary>
    /// <param name="rule">The rule's index.</param>
    /// <param name="event">The message, loaded.</param>
    /// <param name="message">The same message.</param>
    /// <param name="lookup">The lookup's number.</param>
    /// <param name="earlierRules">Rules that the lookup was a hit of before.</param>
    /// <param name="source">Where the message comes from.</param>
    /// <param name="isSameEvent">Whether the event has not changed since the call before.</param>
    public IReadOnlyList<CorrelationHit> Observe(
        int rule, DnsEvent @event, in ObservedMessage message, long lookup, ReadOnlySpan<int> earlierRules, PacketSource source, bool isSameEvent)
    {
        var client = message.Client;
        if (!message.Payload.Time.HasValue)
        {
            WithoutTime++;
            return [];
        }

        if (IsResolver(client))
        {
            Forwarded++;
            return [];
        }

        var hasName = @event.CountValues((int)DnsField.QuestionName) > 0;
        var name = hasName ? @event.GetValue((int)DnsField.QuestionName, 0).Text : default;
        var number = _evidence[rule]!.Add(client, message.ClientPort, name, hasName, message.Payload.PacketNumber, source);
        var stamp = new CorrelationEvent(message.Payload.Time.Nanoseconds, lookup, ((long)rule << NumberBits) | number);
        return _engine.Observe(rule, @event.AsView, stamp, earlierRules, isSameEvent);
    }

    /// <summary>Turns the alert of the message that made a correlation true into that of the correlation.</summary>
    public Alert Complete(Alert alert, CorrelationHit hit, PacketSource source)
    {
        var rule = hit.Correlation.Rule;
        var type = rule.TypeText;
        var value = hit.Value.ToString(CultureInfo.InvariantCulture);
        return alert with
        {
            Id = Identify(alert.Id, hit.Group),
            Reasons = [new AlertReason("correlation", type, [], $"{rule.Condition} in {rule.TimespanText}", value, 0, value.Length)],
            Correlation = new AlertCorrelation
            {
                Type = type,
                Condition = rule.Condition.ToString(),
                Timespan = rule.TimespanText,
                Value = hit.Value,
                Group = [.. hit.Group.Select(group => new CorrelatedValue(group.Name, group.Value))],
                Events = [.. hit.Events.Select(reported => Find(reported, source)).OfType<CorrelatedEvent>()],
            },
        };
    }

    /// <summary>Forgets everything that was counted: the source ends.</summary>
    public void Clear()
    {
        _engine.Clear();
        foreach (var log in _evidence)
        {
            log?.Clear();
        }
    }

    private CorrelatedEvent? Find(ReportedEvent reported, PacketSource source) =>
        _evidence[(int)(reported.Tag >> NumberBits)]!.Find(reported.Tag & ((1L << NumberBits) - 1), reported.Time, source);

    private bool IsResolver(NetAddress client)
    {
        if (_options.Resolvers.Count == 0)
        {
            return false;
        }

        if (!_isResolver.TryGetValue(client, out var isResolver))
        {
            // Each look allocates; what was found is kept, for clients that come again.
            if (_isResolver.Count == MaximumKnownClients)
            {
                _isResolver.Clear();
            }

            isResolver = _options.IsResolver(client);
            _isResolver.Add(client, isResolver);
        }

        return isResolver;
    }

    // One message can make a correlation true for several groups.
    private static string Identify(string id, IReadOnlyList<GroupValue> group)
    {
        var hash = new Sha256Digest();
        hash.BlockUpdate(Encoding.UTF8.GetBytes($"{id}\0{string.Join('\0', group.Select(value => value.Value))}"));
        Span<byte> digest = stackalloc byte[32];
        hash.DoFinal(digest);
        return Convert.ToHexStringLower(digest[..16]);
    }
}
