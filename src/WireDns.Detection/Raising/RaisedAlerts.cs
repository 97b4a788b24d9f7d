using WireDns.Alerts;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Wire.Net;

namespace WireDns.Detection.Raising;

/// <summary>Makes alerts, passes them on, and counts them by rule number. Call it from one thread at a time.</summary>
/// <param name="rules">The rules.</param>
/// <param name="raise">Receives an alert; returns false if the alert was dropped.</param>
/// <param name="isResolver">Whether an address is one of the internal resolvers.</param>
/// <param name="privacy">What takes the addresses of clients out of alerts afterwards; null for nothing.</param>
internal sealed class RaisedAlerts(LoadedRules rules, Func<Alert, bool> raise, Func<NetAddress, bool> isResolver, ClientPrivacy? privacy)
{
    private LoadedRules _rules = rules;
    private long[] _byRule = new long[LengthFor(rules)];

    /// <summary>Number of alerts, indexed by rule number.</summary>
    public IReadOnlyList<long> ByRule => _byRule;

    /// <summary>Number of alerts from rules whose numbers are no longer known.</summary>
    public long OfForgottenRules { get; private set; }

    /// <summary>Makes the alert for a message that a rule matched. Does not raise it.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="reasons">Why it matched.</param>
    /// <param name="message">The message.</param>
    /// <param name="facts">What is known of the lookup.</param>
    /// <param name="source">Where the message comes from.</param>
    public Alert Make(CompiledRule rule, IReadOnlyList<MatchReason> reasons, in ObservedMessage message, in LookupFacts facts, PacketSource source) =>
        AlertFactory.Create(
            rule, reasons, message, facts with { IsForwarded = isResolver(message.Client) }, source, _rules.PublicSuffixes.Value, privacy);

    /// <summary>A text as it goes into an id.</summary>
    public string ForId(string text, Alert alert) => privacy?.Hide(text, alert.Client.Address) ?? text;

    /// <summary>Raises an alert of a rule, or of none.</summary>
    public void Raise(CompiledRule? rule, Alert alert)
    {
        if (rule is not null)
        {
            _byRule[rule.Number]++;
        }

        raise(alert);
    }

    /// <summary>Number of closing alerts of correlations, which are not among the others.</summary>
    public long Ends { get; private set; }

    /// <summary>Raises the closing alert of a correlation.</summary>
    public void RaiseEnd(Alert alert)
    {
        Ends++;
        raise(alert);
    }

    /// <summary>Makes the alert for an anomaly. Does not raise it.</summary>
    public Alert Make(in Anomaly anomaly, PacketSource source) => AlertFactory.Create(anomaly, source, _rules.PublicSuffixes.Value);

    /// <summary>Replaces the rules. Counts stay.</summary>
    public void Swap(LoadedRules rules)
    {
        if (rules.Numbers != _rules.Numbers)
        {
            OfForgottenRules += _byRule.Sum();
            Array.Clear(_byRule);
        }

        _rules = rules;
        Array.Resize(ref _byRule, Math.Max(_byRule.Length, LengthFor(rules)));
    }

    private static int LengthFor(LoadedRules rules) => rules.Compiled.Concat(rules.Correlations).Select(rule => rule.Number + 1).DefaultIfEmpty().Max();
}
