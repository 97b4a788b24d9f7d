using WireDns.Alerts;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Hunting;

/// <summary>
/// The rules that a log with hidden clients cannot answer: those that ask for an address, or for what is made of one. Immutable.
/// </summary>
internal sealed class HiddenFields
{
    private static readonly DnsField[] OfAddresses =
        [DnsField.ClientAddress, DnsField.ServerAddress, DnsField.ResolvedAddress, DnsField.AnswerData, DnsField.CommunityId];

    private readonly HashSet<(string? Id, string Title, string File)> _refused = [];

    /// <summary>The lines that name them, for the user.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Finds them among the rules that run.</summary>
    public static HiddenFields Of(LoadedRules rules)
    {
        var hidden = new HiddenFields();
        var fields = new DnsFields();
        foreach (var verdict in rules.Verdicts.Where(verdict => verdict.Runs))
        {
            var asked = verdict.Rule.FieldUses.Select(use => use.Name).Distinct(StringComparer.Ordinal).FirstOrDefault(
                name => fields.TryResolve(name, verdict.Rule.LogSource, out var field) && Array.IndexOf(OfAddresses, (DnsField)field.Id) >= 0);
            if (asked is not null)
            {
                hidden.Refuse(verdict.Rule, $"it asks for {asked}, and clients are hidden in this log");
            }
        }

        foreach (var correlation in rules.RunningCorrelations)
        {
            if (correlation.BaseRules.FirstOrDefault(rule => hidden._refused.Contains(Key(rule))) is { } refused)
            {
                hidden.Refuse(correlation.Rule, $"it counts '{refused.Title}', which is refused");
            }
        }

        return hidden;
    }

    /// <summary>Whether the rule of an alert is one of them.</summary>
    public bool Refuses(AlertRule rule) => _refused.Contains((rule.Id, rule.Title, rule.File));

    private void Refuse(SigmaDocument rule, string reason)
    {
        _refused.Add(Key(rule));
        Refusals.Add($"{rule.File}: '{rule.Title}' is refused: {reason}");
    }

    private static (string? Id, string Title, string File) Key(SigmaDocument rule) => (rule.Id, rule.Title, rule.File);
}
