using WireDns.Benchmarks.Scale;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goal 8: a million values.</summary>
internal static class ScaleGoals
{
    private const int Few = 22;
    private const int Million = 1_000_000;

    /// <summary>The rule sets that it is about.</summary>
    public static ScaleCase[] Cases(string folder) =>
        [.. ScaleCase.Forms.SelectMany(_ => (int[])[Few, Million], (form, size) => ScaleCase.OfValues(folder, form, size))];

    /// <summary>Judges the results of one build.</summary>
    public static IEnumerable<Goal> Judge(IReadOnlyList<ScaleResult> results)
    {
        foreach (var form in ScaleCase.Forms)
        {
            var few = results.First(result => result.Case == (result.Case with { Name = form, Size = Few }));
            var million = results.First(result => result.Case == (result.Case with { Name = form, Size = Million }));
            yield return Goal.AtMost(8, $"a million `{form}` cost at most 2 × what 22 cost, without loading", million.ScanSeconds / few.ScanSeconds, 2, " ×");
            yield return Goal.AtMost(8, $"… are loaded in 3 s, beyond what 22 take", million.LoadSeconds - few.LoadSeconds, 3, " s");
            // The goal is in millions of bytes.
            yield return Goal.AtMost(
                8, "… and in 150 MB, beyond what 22 take", (million.LoadMebibytes - few.LoadMebibytes) * 1024 * 1024 / 1e6, 150, " MB");
        }
    }
}
