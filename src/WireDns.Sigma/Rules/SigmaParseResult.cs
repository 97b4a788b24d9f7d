using WireDns.Sigma.Correlation;

namespace WireDns.Sigma.Rules;

/// <summary>What a rule file held.</summary>
/// <param name="Rules">The rules that are sound, in the order of the file.</param>
/// <param name="Diagnostics">Everything that is wrong or odd, in the order of discovery.</param>
public sealed record SigmaParseResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics)
{
    /// <summary>The correlations that are sound as far as one file can tell, in the order of the file.</summary>
    public IReadOnlyList<CorrelationRule> Correlations { get; init; } = [];

    /// <summary>The filters that are sound as far as one file can tell, in the order of the file.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>
    /// What rejected correlations refer to. Such rules are made to be counted: they would raise an alert for each event if they stood alone.
    /// </summary>
    internal IReadOnlyList<RuleReference> RejectedReferences { get; init; } = [];

    /// <summary>Whether something was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
