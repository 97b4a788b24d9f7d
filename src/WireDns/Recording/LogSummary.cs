using System.Text;
using WireDns.Output;

namespace WireDns.Recording;

/// <summary>The part of a run's summary about the log of lookups and the packets of alerts.</summary>
internal static class LogSummary
{
    /// <summary>How many lookups were logged, and what has no line of its own; for how many alerts packets are kept. Empty without either.</summary>
    public static string Of(RunOutputs outputs)
    {
        var text = new StringBuilder();
        if (outputs.Log is { } log)
        {
            Write(text, log);
        }

        if (outputs.Evidence is { } evidence)
        {
            Summary.Line(text, "alerts with evidence", evidence.Alerts, $"in {evidence.Folder}");
            Summary.LineIfAny(text, "  packets missing", evidence.Incomplete, note: "the comments of the others say what; a larger ring= holds more");
            Summary.LineIfAny(text, "  packets left out", evidence.LeftOut, note: "an address of a client is where --client-privacy cannot hide it");
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, DnsLog log)
    {
        Summary.Line(text, "lookups logged", log.Lookups);
        Summary.LineIfAny(text, "  responses without a line", log.RepeatedResponses, note: "they came again unchanged");
        Summary.LineIfAny(text, "  logged as unanswered before 10 s", log.GivenUpEarly, note: "there were too many at once: a response has a line of its own");
        Summary.LineIfAny(text, "  records passed on early", log.PassedEarly, note: "there were too many at once: the same record has another line");
    }
}
