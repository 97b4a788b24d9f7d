namespace WireDns.RuleTools.Conversion;

/// <summary>The format of another tool.</summary>
internal interface IRuleFormat
{
    /// <summary>The lines before the first rule.</summary>
    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules);

    /// <summary>The lines of one rule, in printable text; none where nothing of it can be said in the format.</summary>
    public IReadOnlyList<string> Convert(ConvertedRule rule);
}
