namespace WireDns.RuleTools.Conversion;

/// <summary>A plain list: one name per line. Its reader decides whether a name includes those below it.</summary>
internal sealed class DomainListFormat : IRuleFormat
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules) => [];

    public IReadOnlyList<string> Convert(ConvertedRule rule)
    {
        var lines = new List<string>();
        foreach (var name in ListedName.Of(rule, hasBelow: true))
        {
            if (!name.IsItself)
            {
                rule.Log.Add("the domain itself is listed for the names below it", name.Name);
            }

            if (_seen.Add(name.Name))
            {
                lines.Add(name.Name);
            }
        }

        return lines.Count == 0 ? [] : [.. RuleHeader.Lines(rule.Rule, "#"), .. lines];
    }
}

/// <summary>A hosts file that resolves whole names to nowhere (hosts(5)).</summary>
internal sealed class HostsFormat : IRuleFormat
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules) => [];

    public IReadOnlyList<string> Convert(ConvertedRule rule)
    {
        List<string> lines = [.. ListedName.Of(rule, hasBelow: false).Where(name => _seen.Add(name.Name)).Select(name => $"0.0.0.0 {name.Name}")];
        return lines.Count == 0 ? [] : [.. RuleHeader.Lines(rule.Rule, "#"), .. lines];
    }
}
