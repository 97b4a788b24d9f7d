using WireDns.Sigma.Correlation;

namespace WireDns.Sigma.Rules;

/// <summary>Rules with their filters applied, and correlations with what they refer to.</summary>
/// <param name="Rules">The rules, in the order in which they were given.</param>
/// <param name="Correlations">The correlations, each behind those that it refers to, otherwise in the order in which they were given.</param>
/// <param name="Filters">The filters that apply to a rule.</param>
/// <param name="Diagnostics">What is wrong or odd between the documents.</param>
public sealed record ResolvedRules(
    IReadOnlyList<SigmaRule> Rules,
    IReadOnlyList<ResolvedCorrelation> Correlations,
    IReadOnlyList<FilterRule> Filters,
    IReadOnlyList<SigmaDiagnostic> Diagnostics);
