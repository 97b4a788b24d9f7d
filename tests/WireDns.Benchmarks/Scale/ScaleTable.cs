using System.Globalization;
using System.Text;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Scale;

/// <summary>The results as Markdown: a row for each set of rules. Ratios are to the smallest set of the kind.</summary>
internal static class ScaleTable
{
    /// <summary>Writes the table of one build.</summary>
    public static string Write(string product, IReadOnlyList<ScaleResult> results)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"| {product} | start and load: seconds | MiB | scan: seconds | ratio | whole run: MiB | alerts |\n");
        text.Append("|---|---|---|---|---|---|---|\n");
        foreach (var result in results)
        {
            var smallest = results.First(other => other.Case.Name == result.Case.Name);
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {result.Case.Name} {result.Case.Size:N0} | {ComparisonTable.Figure(result.LoadSeconds)} | {result.LoadMebibytes:0} ");
            text.Append(
                CultureInfo.InvariantCulture,
                $"| {ComparisonTable.Figure(result.ScanSeconds)} | {ComparisonTable.Figure(result.ScanSeconds / smallest.ScanSeconds)} × ");
            text.Append(CultureInfo.InvariantCulture, $"| {result.PeakMebibytes:0} | {result.Scan.Hits?.Found} |\n");
        }

        return text.ToString();
    }
}
