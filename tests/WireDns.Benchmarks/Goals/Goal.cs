namespace WireDns.Benchmarks.Goals;

/// <summary>One goal that the project sets for its speed.</summary>
/// <param name="Number">The number of the goal, as docs/performance.md has it.</param>
/// <param name="What">What is wanted.</param>
/// <param name="Figure">What was measured, or why nothing was.</param>
/// <param name="IsMet">Whether that is enough; null if it was not measured.</param>
internal sealed record Goal(int Number, string What, string Figure, bool? IsMet)
{
    /// <summary>A goal that wants a figure to be at most something.</summary>
    public static Goal AtMost(int number, string what, double? figure, double limit, string unit, string? missing = null) => new(
        number, what, figure is { } value ? $"{Comparison.ComparisonTable.Figure(value)}{unit}" : missing ?? "not measured", figure <= limit ? true : figure is null ? null : false);

    /// <summary>A goal that wants a figure to be at least something.</summary>
    public static Goal AtLeast(int number, string what, double? figure, double limit, string unit, string? missing = null) =>
        AtMost(number, what, figure, double.MaxValue, unit, missing) with { IsMet = figure is { } value ? value >= limit : null };
}
