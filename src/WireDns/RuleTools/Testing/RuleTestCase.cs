namespace WireDns.RuleTools.Testing;

/// <summary>One case of a test file: the input, the rules, and the expected result.</summary>
internal sealed record RuleTestCase
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Line where it begins.</summary>
    public required int Line { get; init; }

    /// <summary>Rule files and folders.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>Captures; none if events are given.</summary>
    public IReadOnlyList<string> Captures { get; init; } = [];

    /// <summary>A file of JSON events; null if none is given.</summary>
    public string? EventFile { get; init; }

    /// <summary>JSON events in the case itself.</summary>
    public IReadOnlyList<byte[]> Events { get; init; } = [];

    /// <summary>The field with the time of an event, for correlations; null to leave them out.</summary>
    public string? TimestampField { get; init; }

    /// <summary>What is expected, by the id, title or file name of a rule.</summary>
    public required IReadOnlyList<(string Rule, Expectation Expectation)> Expected { get; init; }

    /// <summary>Whether rules that are not named may fire too.</summary>
    public bool AllowsOthers { get; init; }
}

/// <summary>The result of a test case.</summary>
/// <param name="File">The test file.</param>
/// <param name="Case">The case.</param>
/// <param name="Failures">What was not as expected; none if it passed.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record RuleTestResult(string File, RuleTestCase Case, IReadOnlyList<string> Failures, TimeSpan Duration);
