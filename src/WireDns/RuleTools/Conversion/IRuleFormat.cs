using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>The format of another tool.</summary>
internal interface IRuleFormat
{
    /// <summary>The lines before the first rule.</summary>
    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules);

    /// <summary>The lines of one rule, in printable text; none where nothing of it can be said in the format.</summary>
    public IReadOnlyList<string> Convert(ConvertedRule rule);
}

/// <summary>A rule with what can be carried of it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Alternatives">What it asks of the name; at least one alternative.</param>
/// <param name="Log">Takes what a format leaves out of them.</param>
internal sealed record ConvertedRule(SigmaRule Rule, IReadOnlyList<IReadOnlyList<NameTerm>> Alternatives, ConversionLog Log);
