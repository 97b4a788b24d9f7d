using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>The format of another tool, into which rules are converted.</summary>
internal interface IRuleFormat
{
    /// <summary>The lines before the first rule.</summary>
    public IEnumerable<string> Begin(IReadOnlyList<ConvertedRule> rules);

    /// <summary>The lines of one rule, in printable text; none if the format can express nothing of it.</summary>
    public IReadOnlyList<string> Convert(ConvertedRule rule);
}

/// <summary>A rule, and the part of it that can be converted.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Alternatives">What it requires of the name; at least one alternative.</param>
/// <param name="Log">Receives what a format leaves out.</param>
internal sealed record ConvertedRule(SigmaRule Rule, IReadOnlyList<IReadOnlyList<NameTerm>> Alternatives, ConversionLog Log);
