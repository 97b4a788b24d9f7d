using System.Globalization;
using System.Text;

namespace WireDns.Benchmarks.Comparison;

/// <summary>The results as Markdown: a row for each program, five columns for each capture.</summary>
internal static class ComparisonTable
{
    /// <summary>Writes the table. Ratios are to the first row: 4 × is four times its time.</summary>
    /// <param name="results">For each capture, a result for each program, in the same order.</param>
    public static string Write(IReadOnlyList<IReadOnlyList<PeerResult>> results)
    {
        var text = new StringBuilder("| |");
        foreach (var ofCapture in results)
        {
            var capture = ofCapture[0].Capture;
            text.Append(CultureInfo.InvariantCulture, $" {capture.Name}: seconds | processor | ratio | MiB | found of {capture.Planted} |");
        }

        text.Append("\n|---|");
        text.Insert(text.Length, "---|", results.Count * 5).Append('\n');
        for (var row = 0; row < results[0].Count; row++)
        {
            text.Append("| ").Append(results[0][row].Peer.Name.Replace("|", @"\|", StringComparison.Ordinal)).Append(" |");
            foreach (var ofCapture in results)
            {
                AppendCells(text, ofCapture[row], ofCapture[0]);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static void AppendCells(StringBuilder text, PeerResult result, PeerResult reference)
    {
        if (result.Runs.Count == 0)
        {
            text.Append(" not run | | | | |");
            return;
        }

        text.Append(CultureInfo.InvariantCulture, $" {Figure(result.Seconds!.Value)}{(result.Runs.Count == 1 ? " (one run)" : "")} |");
        text.Append(CultureInfo.InvariantCulture, $" {Figure(result.ProcessorSeconds!.Value)} |");
        text.Append(reference.Runs.Count == 0 ? "" : $" {Figure(Median.Ratio(result.Runs, reference.Runs))} ×").Append(" |");
        text.Append(CultureInfo.InvariantCulture, $" {result.PeakMebibytes:0} |");
        text.Append(result.Hits switch
        {
            null => " |",
            { Others: 0 } hits => $" {hits.Found} |",
            var hits => $" {hits.Value.Found}, and {hits.Value.Others} others |",
        });
    }

    /// <summary>A figure with three significant digits.</summary>
    public static string Figure(double value) => value switch
    {
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        >= 1 => value.ToString("0.00", CultureInfo.InvariantCulture),
        _ => value.ToString("0.000", CultureInfo.InvariantCulture),
    };
}
