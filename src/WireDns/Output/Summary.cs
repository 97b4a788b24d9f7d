using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Detection;

namespace WireDns.Output;

/// <summary>The summary of a run for people, on stderr: the ledger, the alerts per rule and what was not delivered.</summary>
internal static class Summary
{
    private const int LabelWidth = 20;
    private const int NumberWidth = 14;

    /// <summary>The ledger: packets, messages and the reasons behind them.</summary>
    public static string Of(Ledger ledger, TimeSpan duration)
    {
        var text = new StringBuilder();
        Line(text, "packets", ledger.Packets, string.Create(CultureInfo.InvariantCulture, $"in {duration.TotalSeconds:0.00} s"));
        Line(text, "  dns", ledger.DnsPackets, "");
        Line(text, "  not dns", ledger.NotDns, Reasons(ledger, "not_dns"));
        Line(text, "  undecodable", ledger.Undecodable, Reasons(ledger, "undecodable"));
        Line(text, "  incomplete", ledger.IncompletePackets, Reasons(ledger, "incomplete_packets"));
        if (ledger.Decoder.Held > 0)
        {
            Line(text, "  in reassembly", ledger.Decoder.Held, "");
        }

        Line(text, "dns messages", ledger.Messages, "");
        Line(text, "  malformed", ledger.Malformed, Reasons(ledger, "malformed"));
        Line(text, "  incomplete", ledger.Incomplete, Reasons(ledger, "incomplete"));
        return text.ToString();
    }

    /// <summary>The alerts, per rule that fired, and what became of them.</summary>
    public static string Of(Detector detector, LoadedRules rules, AlertDelivery delivery)
    {
        var text = new StringBuilder();
        Line(text, "alerts", detector.AlertsByRule.Sum(), string.Create(CultureInfo.InvariantCulture, $"by {rules.Compiled.Count:N0} {(rules.Compiled.Count == 1 ? "rule" : "rules")}"));
        foreach (var rule in rules.Compiled.Where(rule => detector.AlertsByRule[rule.Index] > 0)
            .OrderByDescending(rule => rule.Alert.Level).ThenByDescending(rule => detector.AlertsByRule[rule.Index]))
        {
            Line(text, "  " + rule.Alert.Level.ToString().ToLowerInvariant(), detector.AlertsByRule[rule.Index], rule.Alert.Title);
        }

        foreach (var counters in delivery.Counters.Where(counters => counters.HasLosses))
        {
            Line(text, "  not delivered", counters.Dropped + counters.FailedTotal, Losses(counters));
        }

        if (detector.EvictedLookups > 0)
        {
            Line(text, "  lookups forgotten", detector.EvictedLookups, "early, for want of room: their responses may have raised a second alert");
        }

        return text.ToString();
    }

    /// <summary>Appends a line: what, how many, and a note.</summary>
    public static void Line(StringBuilder text, string label, long number, string note) => text.Append(string.Create(
        CultureInfo.InvariantCulture, $"{label.PadRight(LabelWidth)}{number.ToString("N0", CultureInfo.InvariantCulture).PadLeft(NumberWidth)}  {note}").TrimEnd()).Append('\n');

    private static string Reasons(Ledger ledger, string counter) => string.Join(", ", ledger.Reasons()
        .Where(entry => entry.Counter == counter && entry.Count > 0)
        .OrderByDescending(entry => entry.Count)
        .Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Reason} {entry.Count:N0}")));

    private static string Losses(DeliveryCounters counters)
    {
        var reasons = counters.Failed.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Key} {entry.Value:N0}"));
        if (counters.Dropped > 0)
        {
            reasons = reasons.Prepend(string.Create(CultureInfo.InvariantCulture, $"queue full {counters.Dropped:N0}"));
        }

        return $"to {counters.Name}: {string.Join(", ", reasons)}{(counters.LastFault is null ? "" : $" ({counters.LastFault})")}";
    }
}
