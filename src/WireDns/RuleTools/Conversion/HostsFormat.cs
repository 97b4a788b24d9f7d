namespace WireDns.RuleTools.Conversion;

/// <summary>A hosts file that leads whole names to nowhere (hosts(5)).</summary>
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
