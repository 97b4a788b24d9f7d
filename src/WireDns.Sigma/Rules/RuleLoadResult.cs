using WireDns.Sigma.Correlation;

namespace WireDns.Sigma.Rules;

/// <summary>What a <see cref="RuleLoader"/> found.</summary>
/// <param name="Rules">The sound rules with their filters applied, by file in ordinal order and then in the order of the file.</param>
/// <param name="Diagnostics">Everything that is wrong or odd, in the same order.</param>
/// <param name="FileCount">The files that were read.</param>
public sealed record RuleLoadResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics, int FileCount)
{
    /// <summary>The sound correlations, each behind those that it refers to.</summary>
    public IReadOnlyList<ResolvedCorrelation> Correlations { get; init; } = [];

    /// <summary>The filters that were applied to any rule.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>Whether a file or a rule was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
