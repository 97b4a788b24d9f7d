using System.Globalization;
using System.Text;
using WireDns.Alerts.Noise;

namespace WireDns.Output;

/// <summary>The part of the summary that says what was held back, and which silences cover what.</summary>
internal static class NoiseSummary
{
    private const int MaximumSilences = 20;

    /// <summary>Appends its lines; none if nothing was held back and there are no silences.</summary>
    public static void Write(StringBuilder text, NoiseFilter noise)
    {
        var counters = noise.Counters;
        Summary.LineIfAny(text, "  silenced", counters.Silenced, note: "not sent");
        Summary.LineIfAny(text, "  suppressed", counters.Suppressed, note: "not sent: repeats of one rule, client and registered domain");
        Summary.LineIfAny(text, "  rate-limited", counters.RateLimited, note: "not sent: beyond --rate-limit of their rule");
        Summary.LineIfAny(text, "  summaries", counters.Summaries, note: "alerts that say how many were suppressed or rate-limited, besides those above");
        Summary.LineIfAny(text, "  windows of repeats open now", counters.OpenWindows);
        Summary.LineIfAny(text, "  sent for want of room", counters.WithoutWindow, note: "too many windows of repeats were open: further alerts were sent, repeated or not");
        var silences = noise.Silences;
        foreach (var silence in silences.OrderByDescending(silence => silence.Hits).Take(MaximumSilences))
        {
            Summary.Line(text, "    " + silence.Place, silence.Hits, string.Create(
                CultureInfo.InvariantCulture,
                $"{(silence.Hits == 0 ? "silence that has hit nothing" : "silenced")}, until {silence.Until:yyyy-MM-ddTHH:mmZ}: {silence.Reason}"));
        }

        if (silences.Count > MaximumSilences)
        {
            var rest = silences.OrderByDescending(silence => silence.Hits).Skip(MaximumSilences).ToList();
            Summary.Line(text, "    further silences", rest.Count, string.Create(
                CultureInfo.InvariantCulture, $"of which {rest.Count(silence => silence.Hits == 0):N0} have hit nothing: {string.Join(", ", rest.Where(silence => silence.Hits == 0).Select(silence => silence.Place))}"));
        }
    }
}
