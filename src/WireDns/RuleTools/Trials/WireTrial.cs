using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Sigma.Matching;
using WireDns.Wire.Net;

namespace WireDns.RuleTools.Trials;

/// <summary>
/// Tries rules on captures. What they hit is what the engine alerts on, as in <c>read</c>; a message on which a rule that is asked does not match is
/// looked at for a near miss.
/// </summary>
internal sealed class WireTrial : IMessageConsumer
{
    private static readonly (int Field, string Name)[] TextFields =
    [
        .. FieldGuide.UsualNames
            .Where(pair => pair.Field is not (DnsField.MessageKind or DnsField.CommunityId or DnsField.HeaderFlags or DnsField.AnyEventId))
            .Where(pair => new DnsFields().TryResolve(pair.Name, out var field) && field.Kind is FieldKind.Name or FieldKind.Text or FieldKind.Address or FieldKind.Word)
            .Select(pair => ((int)pair.Field, pair.Name)),
    ];

    private readonly LoadedRules _rules;
    private readonly MatchState _onQuery;
    private readonly MatchState _onResponse;
    private readonly HashSet<int> _matching = [];
    private readonly Dictionary<(string? Id, string Title, string File), RuleTrial> _byRule = [];

    /// <param name="rules">The rules.</param>
    /// <param name="decoding">What is decoded as DNS.</param>
    public WireTrial(LoadedRules rules, PacketDecoderOptions decoding)
    {
        _rules = rules;
        _onQuery = rules.OnQuery.CreateState();
        _onResponse = rules.OnResponse.CreateState();
        Trials = [.. rules.OnQuery.Rules.Concat(rules.OnResponse.Rules).Select(rule => new RuleTrial(rule, new DnsFields()))];
        foreach (var trial in Trials)
        {
            _byRule.TryAdd((trial.Rule.Id, trial.Rule.Title, trial.Rule.File), trial);
        }

        Worker = new Worker(rules, Raise, decoding, observers: [this]);
    }

    /// <summary>Takes the packets.</summary>
    public Worker Worker { get; }

    /// <summary>The rules that run.</summary>
    public IReadOnlyList<RuleTrial> Trials { get; }

    /// <summary>The alerts of correlations, by title.</summary>
    public Dictionary<string, long> Correlations { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages that were looked at.</summary>
    public long Messages { get; private set; }

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (!message.Verdict.IsDelivered)
        {
            return;
        }

        Messages++;
        var @event = _rules.EventOf(message);
        _matching.Clear();
        Match(_rules.OnQuery, _onQuery, @event, 0);
        if (message.IsResponse)
        {
            Match(_rules.OnResponse, _onResponse, @event, _rules.OnQuery.Rules.Count);
        }

        List<EventValue>? values = null;
        var asked = message.IsResponse ? Trials.Count : _rules.OnQuery.Rules.Count;
        for (var i = 0; i < asked; i++)
        {
            if (!_matching.Contains(i))
            {
                Trials[i].AddMiss(Place(source.File, message.Payload.Origin.PacketNumber), @event, values ??= ValuesOf(@event));
            }
            else if (Trials[i].Rule.IsSilent)
            {
                // Only its correlation alerts.
                Trials[i].AddHit(Place(source.File, message.Payload.Origin.PacketNumber), @event);
            }
        }
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        // Nothing is remembered of a source.
    }

    private static string Place(string? file, long number) => string.Create(CultureInfo.InvariantCulture, $"{file}#{number}");

    private bool Raise(Alert alert)
    {
        if (_byRule.TryGetValue((alert.Rule.Id, alert.Rule.Title, alert.Rule.File), out var trial))
        {
            trial.AddHit(Place(alert.File, alert.PacketNumber), alert);
        }
        else
        {
            Correlations[alert.Rule.Title] = Correlations.GetValueOrDefault(alert.Rule.Title) + 1;
        }

        return true;
    }

    private void Match(RuleSet rules, MatchState state, ISigmaEvent @event, int first)
    {
        rules.Match(@event, state);
        foreach (var rule in state.Matches)
        {
            _matching.Add(first + rule);
        }
    }

    private static List<EventValue> ValuesOf(ISigmaEvent @event)
    {
        const int MaximumValues = 256;
        var values = new List<EventValue>();
        foreach (var (field, name) in TextFields)
        {
            for (var i = 0; i < Math.Min(@event.CountValues(field), MaximumValues); i++)
            {
                var value = @event.GetValue(field, i);
                if (value.Kind == FieldValueKind.Text)
                {
                    values.Add(new EventValue(name, Encoding.UTF8.GetString(value.Text)));
                }
            }
        }

        return values;
    }
}
