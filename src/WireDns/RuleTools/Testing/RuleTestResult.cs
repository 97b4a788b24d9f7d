namespace WireDns.RuleTools.Testing;

/// <summary>What became of a case.</summary>
/// <param name="File">The test file.</param>
/// <param name="Case">The case.</param>
/// <param name="Failures">What was not as expected; none where it passed.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record RuleTestResult(string File, RuleTestCase Case, IReadOnlyList<string> Failures, TimeSpan Duration);
