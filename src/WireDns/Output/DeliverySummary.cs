using System.Globalization;
using System.Text;
using WireDns.Alerts.Delivery;

namespace WireDns.Output;

/// <summary>
/// The part of the summary that says where the alerts and events are that were handed over to the sinks: for each, the numbers of the note add up to the number
/// before it, plus what an earlier run had left in the spool.
/// </summary>
internal static class DeliverySummary
{
    /// <summary>Appends its lines; one sink that has delivered all has none, because the number of alerts says it.</summary>
    public static void Write(StringBuilder text, IReadOnlyList<SinkCounters> sinks)
    {
        if (sinks.Count > 1 || sinks.Any(sink => sink.Delivered != sink.HandedOver || sink.Recovered > 0))
        {
            foreach (var sink in sinks)
            {
                Summary.Line(text, "  handed over", sink.HandedOver, $"{sink.Items} to {sink.Name}: {Parts(sink)}");
                Line(text, "    tried again", sink.Retries, sink.Repeated > 0
                    ? string.Create(CultureInfo.InvariantCulture, $"times; at most {sink.Repeated:N0} {sink.Items} arrived twice because of that")
                    : "times");
            }
        }

        foreach (var sink in sinks.Where(sink => sink.HasLosses))
        {
            Summary.Line(text, "  not delivered", sink.Lost, $"{sink.Items} to {sink.Name}: {sink.DescribeLosses()}");
        }

        foreach (var sink in sinks)
        {
            Line(text, "  in the spool", sink.Spooled, $"for {sink.Name}: they are delivered by a later run with the same --spool");
            Line(text, "  cut", sink.Cut, $"to {sink.Name}: the message was too long, so parts of it were left out; see --syslog-max-length");
        }
    }

    private static string Parts(SinkCounters sink)
    {
        IEnumerable<(long Count, string What)> parts =
        [
            (sink.Delivered, "delivered"), (sink.Filtered, "not for it (level=, rule=, events=)"), (sink.InMemory, "waiting in memory"), (sink.Spooled, "waiting in the spool"),
            (sink.Dropped, "dropped (queue full)"), (sink.FailedTotal, "failed"),
        ];
        var text = string.Join(", ", parts.Where((part, index) => index == 0 || part.Count > 0)
            .Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count:N0} {part.What}")));
        return sink.Recovered == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text}; {sink.Recovered:N0} of them by an earlier run");
    }

    private static void Line(StringBuilder text, string label, long number, string note)
    {
        if (number > 0)
        {
            Summary.Line(text, label, number, note);
        }
    }
}
