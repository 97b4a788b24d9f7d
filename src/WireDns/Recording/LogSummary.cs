using System.Text;
using WireDns.Output;

namespace WireDns.Recording;

/// <summary>The part of a run's summary about the log of lookups.</summary>
internal static class LogSummary
{
    /// <summary>How many lookups were logged, and what has no line of its own; empty without a log.</summary>
    public static string Of(DnsLog? log)
    {
        if (log is null)
        {
            return "";
        }

        var text = new StringBuilder();
        Summary.Line(text, "lookups logged", log.Lookups);
        Summary.LineIfAny(text, "  responses without a line", log.RepeatedResponses, note: "they came again unchanged");
        Summary.LineIfAny(text, "  logged as unanswered before 10 s", log.GivenUpEarly, note: "there were too many at once: a response has a line of its own");
        Summary.LineIfAny(text, "  records passed on early", log.PassedEarly, note: "there were too many at once: the same record has another line");
        return text.ToString();
    }
}
