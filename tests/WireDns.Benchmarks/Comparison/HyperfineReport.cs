using System.Text.Json;

namespace WireDns.Benchmarks.Comparison;

/// <summary>Reads what <c>hyperfine --export-json</c> wrote about one run of one command.</summary>
internal static class HyperfineReport
{
    /// <summary>The run.</summary>
    /// <param name="json">The report's text.</param>
    /// <param name="peak">What GNU time wrote with <c>-f %M</c>; null if it was not used.</param>
    /// <exception cref="InvalidDataException">The report is not of one command that ran once.</exception>
    public static TimedRun Read(string json, string? peak)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var result = document.RootElement.GetProperty("results").EnumerateArray().Single();
            var seconds = result.GetProperty("times").EnumerateArray().Single().GetDouble();
            return new TimedRun(
                seconds, result.GetProperty("user").GetDouble(), result.GetProperty("system").GetDouble(), peak is null ? null : ReadPeak(peak));
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"hyperfine's report is not as expected: {exception.Message}", exception);
        }
    }

    // A command that failed has a line about that before the figure.
    private static long ReadPeak(string text) => long.TryParse(text.Trim().Split('\n')[^1], out var kibibytes)
        ? kibibytes
        : throw new InvalidDataException($"time wrote no figure: {text}");
}
