using System.Globalization;

namespace WireDns.RuleTools.Conversion;

/// <summary>
/// A response policy zone that answers NXDOMAIN: <c>CNAME .</c> for a name, <c>*.name</c> for those below it
/// (draft-vixie-dnsop-dns-rpz §3). Names are relative, so that the zone can be loaded under any name.
/// </summary>
internal sealed class ResponsePolicyFormat : IRuleFormat
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules) =>
    [
        "$TTL 300",
        $"@ SOA localhost. hostmaster.localhost. {Serial(rules).ToString(CultureInfo.InvariantCulture)} 3600 600 86400 300",
        "@ NS localhost.",
    ];

    public IReadOnlyList<string> Convert(ConvertedRule rule)
    {
        var lines = new List<string>();
        foreach (var name in ListedName.Of(rule, hasBelow: true))
        {
            Add(name.IsItself, name.Name);
            Add(name.IsBelow, $"*.{name.Name}");
        }

        return lines.Count == 0 ? [] : [.. RuleHeader.Lines(rule.Rule, ";"), .. lines];

        void Add(bool isMeant, string owner)
        {
            if (isMeant && _seen.Add(owner))
            {
                lines.Add($"{owner} CNAME .");
            }
        }
    }

    // The day of the newest rule as YYYYMMDD00, so that the same rules give the same zone; 1 if no rule has a date.
    private static uint Serial(IReadOnlyList<ConvertedRule> rules)
    {
        uint serial = 1;
        foreach (var day in rules.Select(rule => rule.Rule.Modified ?? rule.Rule.Date))
        {
            if (DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            {
                serial = Math.Max(serial, (uint)((date.Year * 10000) + (date.Month * 100) + date.Day) * 100);
            }
        }

        return serial;
    }
}
