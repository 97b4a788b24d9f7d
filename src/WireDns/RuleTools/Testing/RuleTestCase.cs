namespace WireDns.RuleTools.Testing;

/// <summary>One case of a test file: what is put to which rules, and what must come of it.</summary>
internal sealed record RuleTestCase
{
    /// <summary>What it is called.</summary>
    public required string Name { get; init; }

    /// <summary>Line where it begins.</summary>
    public required int Line { get; init; }

    /// <summary>Rule files and folders.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>Captures; none where events are given.</summary>
    public IReadOnlyList<string> Captures { get; init; } = [];

    /// <summary>A file of JSON events; null where none is given.</summary>
    public string? EventFile { get; init; }

    /// <summary>JSON events that stand in the case itself.</summary>
    public IReadOnlyList<byte[]> Events { get; init; } = [];

    /// <summary>The field that says when an event was, for correlations; null where they are left out.</summary>
    public string? TimestampField { get; init; }

    /// <summary>What must come, by the id, title or file name of a rule.</summary>
    public required IReadOnlyList<(string Rule, Expectation Expectation)> Expected { get; init; }

    /// <summary>Whether rules that are not named may fire too.</summary>
    public bool AllowsOthers { get; init; }
}

/// <summary>The result of a test case.</summary>
/// <param name="File">The test file.</param>
/// <param name="Case">The case.</param>
/// <param name="Failures">What was not as expected; none where it passed.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record RuleTestResult(string File, RuleTestCase Case, IReadOnlyList<string> Failures, TimeSpan Duration);
