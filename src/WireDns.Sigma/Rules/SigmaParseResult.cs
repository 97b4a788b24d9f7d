namespace WireDns.Sigma.Rules;

/// <summary>What a rule file held.</summary>
/// <param name="Rules">The rules that are sound, in the order of the file.</param>
/// <param name="Diagnostics">Everything that is wrong or odd, in the order of discovery.</param>
public sealed record SigmaParseResult(IReadOnlyList<SigmaRule> Rules, IReadOnlyList<SigmaDiagnostic> Diagnostics)
{
    /// <summary>Whether something was rejected.</summary>
    public bool HasErrors => Diagnostics.Any(d => d.Severity == DiagnosticSeverity.Error);
}
