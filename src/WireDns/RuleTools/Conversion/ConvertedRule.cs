using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>A rule with what can be carried of it.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Alternatives">What it asks of the name; at least one alternative.</param>
/// <param name="Log">Takes what a format leaves out of them.</param>
internal sealed record ConvertedRule(SigmaRule Rule, IReadOnlyList<IReadOnlyList<NameTerm>> Alternatives, ConversionLog Log);
