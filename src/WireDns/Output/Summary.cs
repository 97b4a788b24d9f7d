using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Noise;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Counters;
using WireDns.Detection.Health;
using WireDns.Detection.Lookups;
using WireDns.Detection.Rules;

namespace WireDns.Output;

/// <summary>
/// The summary of a run for people, on stderr: the ledger, the mirror's health, encrypted DNS, the alerts per rule and what was not
/// delivered. Columns: what, how many, its share of the whole, a note.
/// </summary>
internal static class Summary
{
    private const int LabelWidth = 40;
    private const int NumberWidth = 15;
    private const int ShareWidth = 9;
    private const int MaximumClients = 10;
    private const int MaximumNetworks = 10;

    /// <summary>The ledger: packets, messages, the reasons behind them, the mirror's health and encrypted DNS.</summary>
    /// <param name="ledger">The counters.</param>
    /// <param name="duration">How long the run has taken.</param>
    /// <param name="privacy">What hides the addresses of clients; null if nothing does.</param>
    public static string Of(RunCounters ledger, TimeSpan duration, ClientPrivacy? privacy = null)
    {
        var text = new StringBuilder();
        var seconds = Math.Max(duration.TotalSeconds, 0.001);
        Line(text, "packets", ledger.Packets, string.Create(
            CultureInfo.InvariantCulture, $"in {duration.TotalSeconds:0.00} s, {ledger.Packets / seconds:N0} a second"));
        WriteCounter(text, ledger, "  with DNS", ledger.DnsPackets, ledger.Packets, null);
        WriteCounter(text, ledger, "  not DNS", ledger.NotDns, ledger.Packets, "not_dns", privacy);
        WriteCounter(text, ledger, "  undecodable", ledger.Undecodable, ledger.Packets, "undecodable", privacy);
        WriteCounter(text, ledger, "  incomplete", ledger.IncompletePackets, ledger.Packets, "incomplete_packets");
        if (ledger.Held > 0)
        {
            WriteCounter(text, ledger, "  in reassembly now", ledger.Held, ledger.Packets, null);
        }

        Line(text, "DNS messages", ledger.Messages, "");
        WriteCounter(text, ledger, "  malformed", ledger.Malformed, ledger.Messages + ledger.MalformedNotDelivered, "malformed", privacy);
        WriteCounter(text, ledger, "  incomplete", ledger.Incomplete, 0, "incomplete");
        WriteHealth(text, ledger);
        WriteEncryptedDns(text, EncryptedDnsUse.Of(ledger, MaximumClients), privacy);
        return text.ToString();
    }

    /// <summary>The alerts, per rule that fired, and the delivery of alerts and lookups.</summary>
    public static string Of(RunCounters counters, LoadedRules rules, NoiseFilter noise, IReadOnlyList<SinkCounters> sinks)
    {
        var text = new StringBuilder();
        var running = rules.Compiled.Concat(rules.Correlations)
            .Select(rule => (rule.Alert, Count: counters.AlertsByRule.ElementAtOrDefault(rule.Number))).ToList();
        var fired = running.Count(rule => rule.Count > 0);
        Line(text, "alerts", counters["alerts"], string.Create(
            CultureInfo.InvariantCulture, $"by {fired:N0} of {running.Count:N0} {(running.Count == 1 ? "rule" : "rules")}"));
        foreach (var rule in running.Where(rule => rule.Count > 0).OrderByDescending(rule => rule.Alert.Level).ThenByDescending(rule => rule.Count))
        {
            Line(text, "  " + rule.Alert.Level.ToString().ToLowerInvariant(), rule.Count, rule.Alert.Title);
        }

        LineIfAny(text, "  of rules that run no more", counters["alerts"] - running.Sum(rule => rule.Count));
        LineIfAny(text, "  seen again in other virtual networks", counters["seen_in_other_networks"], note: "without a second alert");
        foreach (var (_, network, count) in counters.Reasons().Where(entry => entry.Counter == "seen_in_other_networks").OrderByDescending(entry => entry.Count).Take(MaximumNetworks))
        {
            Line(text, "    " + network, count, "");
        }

        foreach (var list in rules.Intel.All)
        {
            Line(text, "  hits of the list " + list.Name, counters.Count("intel_hits", list.Name), string.Create(
                CultureInfo.InvariantCulture, $"of {list.Count:N0} indicators; {counters.Count("intel_expired", list.Name):N0} hits of expired ones raised nothing"));
        }

        LineIfAny(text, "  anomalies not sent", counters["anomalies_held_back"], note: "there were too many in a second; the reasons above count them");
        LineIfAny(text, "  ends of correlations", counters["correlation_ends"], note: "an alert each, besides those above");
        LineIfAny(text, "  ends of correlations not told", counters["correlation_ends_untold"], note: "too many were true at once");
        NoiseSummary.Write(text, noise);
        DeliverySummary.Write(text, sinks);
        if (counters["lookups_forgotten"] > 0)
        {
            Line(text, "  lookups forgotten", counters["lookups_forgotten"], "early, for want of room: their responses may have raised a second alert");
        }

        WriteCorrelations(text, counters);
        return text.ToString();
    }

    private static void WriteCorrelations(StringBuilder text, RunCounters counters)
    {
        LineIfAny(text, "  messages not correlated", counters["correlation_shed"], note: "there were more hits than the correlations' thread got done: one may have been missed");
        foreach (var (_, reason, count) in counters.Reasons().Where(entry => entry.Counter == "correlation_shed"))
        {
            LineIfAny(text, "    " + ReasonText.Of(reason), count, counters["correlation_shed"]);
        }

        LineIfAny(text, "  groups of events forgotten", counters["correlation_evicted_groups"], note: "early, for want of room: a correlation may have been missed; see --correlation-groups, --correlation-events");
        LineIfAny(text, "  numbers forgotten", counters["correlation_evicted_numbers"], note: "early, for want of room: a sum, mean or percentile is that of the newest");
        LineIfAny(text, "  events too late to correlate", counters["correlation_late"], note: "they came when the time span of their group was over");
        LineIfAny(text, "  clocks set back", counters["correlation_set_back"], note: "groups of events were begun anew");
        LineIfAny(text, "  events of too many groups", counters["correlation_overflown"], note: "they had more values than groups are made of");
        LineIfAny(text, "  events without a time", counters["correlation_without_time"], note: "they were not correlated");
    }

    /// <summary>Appends a line: what, how many, and a note.</summary>
    public static void Line(StringBuilder text, string label, long number, string note = "") => Line(text, label, number, 0, note);

    // A share of nothing is not shown.
    private static void Line(StringBuilder text, string label, long number, long whole, string note)
    {
        var share = whole == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{Share(number, whole)} %");
        text.Append(string.Create(
            CultureInfo.InvariantCulture,
            $"{label.PadRight(LabelWidth)}{number.ToString("N0", CultureInfo.InvariantCulture).PadLeft(NumberWidth)}{share.PadLeft(ShareWidth)}  {note}").TrimEnd())
            .Append('\n');
    }

    // Something never shows as 0.0, and less than all never as 100.0.
    private static string Share(long number, long whole)
    {
        var share = Math.Round(100.0 * number / whole, 1);
        return share == 0 && number > 0 ? "<0.1"
            : share == 100 && number < whole ? ">99.9"
            : share.ToString("0.0", CultureInfo.InvariantCulture);
    }

    private static void WriteCounter(StringBuilder text, RunCounters ledger, string label, long number, long whole, string? counter, ClientPrivacy? privacy = null)
    {
        Line(text, label, number, whole, "");
        foreach (var (_, reason, count) in ledger.Reasons()
            .Where(entry => entry.Counter == counter && entry.Count > 0)
            .OrderByDescending(entry => entry.Count))
        {
            Line(text, "    " + ReasonText.Of(reason), count, whole, PlacesText.Of(ledger, counter, reason, count, privacy));
            foreach (var (_, name, part) in ledger.Reasons().Where(entry => entry.Counter == reason && entry.Count > 0))
            {
                Line(text, "      " + ReasonText.Of(name), part, whole, PlacesText.Of(ledger, reason, name, part, privacy));
            }
        }
    }

    private static void WriteHealth(StringBuilder text, RunCounters ledger)
    {
        var health = MirrorHealth.Of(ledger);
        var lookups = health.Lookups;
        Line(text, "lookups", lookups.Total, Directions(lookups.Verdict));
        LineIfAny(text, "  query and response seen", lookups.Complete, lookups.Total);
        LineIfAny(text, "  query alone", lookups.QueriesAlone, lookups.Total);
        LineIfAny(text, "  response alone", lookups.ResponsesAlone, lookups.Total);
        LineIfAny(text, "  waiting for the response now", lookups.Waiting);
        LineIfAny(text, "  given up before 10 s", lookups.GivenUpEarly, note: "others with the same address, port and id came, or too many at once; they are among those seen alone");
        text.Append(health.Findings.Count > 0 ? "health of the mirror:\n"
            : ledger.Packets == 0 ? "health of the mirror: not known, as no packet was seen\n"
            : ledger.DnsPackets == 0 ? "health of the mirror: not known, as no DNS was seen\n"
            : "health of the mirror: no fault found\n");
        LineIfAny(text, "  packets that came twice", health.ExactDuplicatePackets, ledger.DnsPackets);
        LineIfAny(text, "  bytes missing from TCP streams", health.LostTcpBytes);
        LineIfAny(text, "  overlaps with different bytes", health.OverlapsWithDifferentBytes);
        LineIfAny(text, "  messages cut by the snap length", health.CutMessages);
        LineIfAny(text, "  packets cut before the capture", health.SlicedPackets, ledger.Packets);
        LineIfAny(text, "  datagrams in fragments that gave way", health.EvictedFragmentedDatagrams);
        LineIfAny(text, "  TCP connections that gave way", health.EvictedTcpConnections);
        foreach (var finding in health.Findings)
        {
            text.Append("  ! ").Append(finding.Advice).Append('\n');
        }
    }

    private static void WriteEncryptedDns(StringBuilder text, EncryptedDnsUse use, ClientPrivacy? privacy)
    {
        if (use.Packets == 0)
        {
            return;
        }

        Line(text, "encrypted DNS, not readable", use.Packets, "packets");
        foreach (var client in use.Clients)
        {
            Line(text, "  " + (privacy?.HideClient(client.Address) ?? client.Address), client.Packets, use.Packets, client.Describe());
        }

        if (use.FurtherClients > 0)
        {
            Line(text, string.Create(CultureInfo.InvariantCulture, $"  {use.FurtherClients:N0} further clients"), use.FurtherPackets, use.Packets, "");
        }

        LineIfAny(text, "  clients that there was no room for", use.UnattributedPackets, note: "see --encrypted-dns-clients");
        text.Append("  ! rules do not see these lookups: decide whether these clients may use a resolver that is not yours\n");
    }

    /// <summary>Appends a line where the number is not 0.</summary>
    public static void LineIfAny(StringBuilder text, string label, long number, long whole = 0, string note = "")
    {
        if (number > 0)
        {
            Line(text, label, number, whole, note);
        }
    }

    private static string Directions(MirroredDirections verdict) => verdict switch
    {
        MirroredDirections.Queries => "half-mirrored: queries without responses",
        MirroredDirections.Responses => "half-mirrored: responses without queries",
        MirroredDirections.EitherOfThem => "half-mirrored: one direction of each",
        _ => "",
    };
}
