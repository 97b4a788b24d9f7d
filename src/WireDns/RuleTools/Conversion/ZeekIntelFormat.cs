namespace WireDns.RuleTools.Conversion;

/// <summary>A file of Zeek's intelligence framework: whole names as <c>Intel::DOMAIN</c>, columns with tabs between.</summary>
internal sealed class ZeekIntelFormat : IRuleFormat
{
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules) => ["#fields\tindicator\tindicator_type\tmeta.source\tmeta.desc\tmeta.url"];

    public IReadOnlyList<string> Convert(ConvertedRule rule)
    {
        var source = "Sigma rule " + Column(rule.Rule.Id ?? rule.Rule.File);
        var description = Column(rule.Rule.Title) + (rule.Rule.Author is { } author ? $" (by {Column(author)})" : "");
        var page = rule.Rule.References.Count > 0 ? Column(rule.Rule.References[0]) : "-";
        return
        [
            .. ListedName.Of(rule, hasBelow: false)
                .Where(name => _seen.Add(name.Name))
                .Select(name => $"{name.Name}\tIntel::DOMAIN\t{source}\t{description}\t{page}"),
        ];
    }

    // In Zeek's reader a backslash begins an escape; a column must not be empty or the mark of an absent value.
    private static string Column(string text) => RuleHeader.Text(text).Replace(@"\", "/", StringComparison.Ordinal) is { Length: > 0 } column ? column : "-";
}
