using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;
using WireDns.Detection.Counters;
using WireDns.Detection.Intel;
using WireDns.Detection.Rules;
using WireDns.Sensor;
using WireDns.Terminal;

namespace WireDns.Metrics;

/// <summary>
/// Writes a snapshot in Prometheus' text format 0.0.4. Labels are names of interfaces, of targets, of reasons and ids of rules: nothing from the wire, so their number
/// does not depend on traffic.
/// </summary>
internal sealed class MetricsText
{
    /// <summary>The content type of the text.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // Counters that are one metric: together they are all packets, and all lookups that ended.
    private static readonly (string Counter, string Outcome)[] Packets =
        [("dns_packets", "dns"), ("not_dns", "not_dns"), ("undecodable", "undecodable"), ("incomplete_packets", "incomplete")];

    private static readonly (string Counter, string Outcome)[] Lookups =
        [("lookups_complete", "complete"), ("lookups_query_alone", "query_alone"), ("lookups_response_alone", "response_alone")];

    // What is the case now, and not counted.
    private static readonly Dictionary<string, string> Gauges = new(StringComparer.Ordinal)
    {
        ["held_packets"] = "wiredns_held_packets",
        ["lookups_waiting"] = "wiredns_lookups_waiting",
        ["shortest_slice"] = "wiredns_shortest_slice_bytes",
        ["longest_slice"] = "wiredns_longest_slice_bytes",
    };

    private static readonly HashSet<string> Elsewhere = ["packets", "alerts", "intel_hits", "intel_expired", .. Packets.Concat(Lookups).Select(part => part.Counter)];

    // Its reasons are the names of networks, which are from the wire.
    private const string OfTheWire = "seen_in_other_networks";

    private readonly StringBuilder _text = new(16 * 1024);

    /// <summary>Writes everything.</summary>
    /// <param name="snapshot">What is known.</param>
    /// <param name="rules">The rules, for the ids of those that raised alerts.</param>
    /// <param name="reloads">The reloads so far.</param>
    /// <param name="failedRequests">Requests that broke off before their answer.</param>
    public static byte[] Of(SensorSnapshot snapshot, LoadedRules rules, ReloadCounters reloads, long failedRequests)
    {
        var metrics = new MetricsText();
        metrics.Head("wiredns_http_failed_requests_total", "counter", "Requests for metrics or health that broke off.");
        metrics.Sample("wiredns_http_failed_requests_total", failedRequests);
        metrics.WriteProcess(snapshot);
        metrics.WriteReloads(reloads);
        metrics.WriteLedger(snapshot.Counters);
        metrics.WriteInterfaces(snapshot);
        metrics.WriteAlerts(snapshot, rules);
        metrics.WriteIntel(snapshot, rules);
        metrics.WriteSinks(snapshot.Sinks);
        return Encoding.UTF8.GetBytes(metrics._text.ToString());
    }

    private void WriteProcess(SensorSnapshot snapshot)
    {
        Head("wiredns_build_info", "gauge", "Which build runs.");
        Sample("wiredns_build_info", 1, ("version", ProductVersion.Text));
        Head("wiredns_snapshot_timestamp_seconds", "gauge", "When these figures were taken; older than some seconds: the sensor hangs.");
        Sample("wiredns_snapshot_timestamp_seconds", (snapshot.Time - DateTimeOffset.UnixEpoch).TotalSeconds);
        Head("wiredns_uptime_seconds", "gauge", "How long the sensor has been running.");
        Sample("wiredns_uptime_seconds", snapshot.Uptime.TotalSeconds);
        using var process = Process.GetCurrentProcess();
        Head("process_cpu_seconds_total", "counter", "Processor time of the process.");
        Sample("process_cpu_seconds_total", process.TotalProcessorTime.TotalSeconds);
        Head("process_resident_memory_bytes", "gauge", "Resident memory of the process.");
        Sample("process_resident_memory_bytes", process.WorkingSet64);
        Head("process_start_time_seconds", "gauge", "When the process was started.");
        Sample("process_start_time_seconds", (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds);
    }

    private void WriteReloads(ReloadCounters reloads)
    {
        Head("wiredns_reloads_total", "counter", "Reloads of rules, lists, silences and targets.");
        Sample("wiredns_reloads_total", reloads.Done, ("outcome", "done"));
        Sample("wiredns_reloads_total", reloads.Refused, ("outcome", "refused"));
        if (reloads.LastDone is { } last)
        {
            Head("wiredns_last_reload_timestamp_seconds", "gauge", "When the last reload was done.");
            Sample("wiredns_last_reload_timestamp_seconds", (last - DateTimeOffset.UnixEpoch).TotalSeconds);
        }
    }

    private void WriteLedger(RunCounters counters)
    {
        Head("wiredns_packets_total", "counter", "Packets by where they ended, and why. With wiredns_held_packets they add up to all that were read.");
        foreach (var (counter, outcome) in Packets)
        {
            Count("wiredns_packets_total", counters, counter, ("outcome", outcome));
        }

        Head("wiredns_lookups_total", "counter", "Lookups by what was seen of them: query and response, or one of the two.");
        foreach (var (counter, outcome) in Lookups)
        {
            Sample("wiredns_lookups_total", counters[counter], ("outcome", outcome));
        }

        foreach (var name in counters.All().Keys.Concat(counters.Reasons().Select(entry => entry.Counter)).Distinct().Where(name => !Elsewhere.Contains(name)))
        {
            var isGauge = Gauges.TryGetValue(name, out var metric);
            metric ??= $"wiredns_{name}_total";
            Head(metric, isGauge ? "gauge" : "counter", $"{name} of docs/ledger.md.");
            Count(metric, counters, name);
        }
    }

    // By reason where a counter has reasons; what none explains has an empty one.
    private void Count(string metric, RunCounters counters, string counter, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var explained = 0L;
        var reasons = counter == OfTheWire ? [] : counters.Reasons().Where(entry => entry.Counter == counter).ToList();
        foreach (var (_, reason, count) in reasons)
        {
            explained += count;
            Sample(metric, count, [.. labels, ("reason", reason)]);
        }

        if (reasons.Count == 0)
        {
            Sample(metric, counters[counter], labels.Length == 0 ? [] : [.. labels, ("reason", "")]);
        }
        else if (counters[counter] > explained)
        {
            Sample(metric, counters[counter] - explained, [.. labels, ("reason", "")]);
        }
    }

    private void WriteInterfaces(SensorSnapshot snapshot)
    {
        Head("wiredns_interface_packets_total", "counter", "Packets that were captured.");
        Each(one => Sample("wiredns_interface_packets_total", one.Statistics.Delivered, ("interface", one.Name)));
        Head("wiredns_interface_dns_packets_total", "counter", "Packets that carried DNS.");
        Each(one => Sample("wiredns_interface_dns_packets_total", one.DnsPackets, ("interface", one.Name)));
        Head("wiredns_interface_dropped_packets_total", "counter", "Packets that were lost before the sensor.");
        Each(one =>
        {
            Sample("wiredns_interface_dropped_packets_total", one.Statistics.DroppedByKernel, ("interface", one.Name), ("by", "kernel"));
            Sample("wiredns_interface_dropped_packets_total", one.Statistics.DroppedByInterface, ("interface", one.Name), ("by", "interface"));
        });
        Head("wiredns_interface_late_packets_total", "counter", "Packets that came to the rules before older ones of another thread, which did not keep up.");
        Each(one => Sample("wiredns_interface_late_packets_total", one.LatePackets, ("interface", one.Name)));
        Head("wiredns_interface_interruptions_total", "counter", "How often the interface was gone or had no link, however short.");
        Each(one => Sample("wiredns_interface_interruptions_total", one.Interruptions, ("interface", one.Name)));
        Head("wiredns_backlog_dropped_packets_total", "counter", "Packets that the kernel dropped before any capture saw them, on all interfaces of the machine.");
        Sample("wiredns_backlog_dropped_packets_total", snapshot.BacklogDropped);
        Head("wiredns_state", "gauge", "1 for the state that a part is in: an interface, the mirror as a whole, or the canaries.");
        Each(one => State("interface", one.Name, one.State));
        State("mirror", "", snapshot.Mirror);
        if (snapshot.Canary?.Sending is { } sending)
        {
            State("canary", "", sending.State);
            Head("wiredns_canary_sent_total", "counter", "Canaries that the sensor has sent.");
            Sample("wiredns_canary_sent_total", sending.Sent);
        }

        if (snapshot.Canary is { Matched: var matched })
        {
            Head("wiredns_canary_matched_total", "counter", "Canaries that the sensor has seen and matched.");
            Sample("wiredns_canary_matched_total", matched);
        }

        Head("wiredns_events_total", "counter", "Events of the sensor.");
        Sample("wiredns_events_total", snapshot.Events);

        void Each(Action<InterfaceSnapshot> write)
        {
            foreach (var one in snapshot.Interfaces)
            {
                write(one);
            }
        }

        void State(string part, string name, InterfaceState state)
        {
            foreach (var sight in Enum.GetValues<Sight>())
            {
                Sample("wiredns_state", state.Sight == sight ? 1 : 0, ("part", part), ("name", name), ("state", sight.ToString().ToLowerInvariant()));
            }
        }
    }

    private void WriteAlerts(SensorSnapshot snapshot, LoadedRules rules)
    {
        WriteRules(rules);
        Head("wiredns_alerts_total", "counter", "Alerts that were raised, before suppression.");
        Sample("wiredns_alerts_total", snapshot.Counters["alerts"]);
        Head("wiredns_alerts_held_back_total", "counter", "Alerts that were not sent to any target, and why.");
        Sample("wiredns_alerts_held_back_total", snapshot.Noise.Silenced, ("reason", "silenced"));
        Sample("wiredns_alerts_held_back_total", snapshot.Noise.Suppressed, ("reason", "suppressed"));
        Sample("wiredns_alerts_held_back_total", snapshot.Noise.RateLimited, ("reason", "rate_limited"));
        // Also of those without any: Prometheus takes the first sample of a series for its start, and would miss the first alert.
        Head("wiredns_rule_alerts_total", "counter", "Alerts by rule.");
        foreach (var rule in rules.Compiled.Concat(rules.Correlations).DistinctBy(NameOf))
        {
            Sample(
                "wiredns_rule_alerts_total", snapshot.Counters.AlertsByRule.ElementAtOrDefault(rule.Number),
                ("rule", NameOf(rule)), ("title", rule.Alert.Title), ("level", rule.Alert.Level.Name()));
        }

        static string NameOf(CompiledRule rule) => rule.Alert.Id ?? rule.Alert.Title;
    }

    private void WriteRules(LoadedRules rules)
    {
        var resting = rules.Verdicts.Where(verdict => !verdict.Runs).ToLookup(verdict => verdict.LeftOut is null ? verdict.Coverage : RuleCoverage.Full);
        Head("wiredns_rules", "gauge", "Rules and correlations: how many run, and why the others do not.");
        Sample("wiredns_rules", rules.Compiled.Count + rules.Correlations.Count, ("state", "running"));
        Sample("wiredns_rules", rules.Errors, ("state", "failed"));
        Sample("wiredns_rules", resting[RuleCoverage.Inert].Count() + rules.CorrelationVerdicts.Count(verdict => !verdict.Runs), ("state", "inert"));
        Sample("wiredns_rules", resting[RuleCoverage.NotDns].Count(), ("state", "not_dns"));
        Sample("wiredns_rules", resting[RuleCoverage.Full].Count(), ("state", "left_out"));
    }

    private void WriteIntel(SensorSnapshot snapshot, LoadedRules rules)
    {
        if (rules.Intel.All.Count == 0)
        {
            return;
        }

        Head("wiredns_intel_indicators", "gauge", "Indicators that a list has; 0 if nothing in its file can be used.");
        Each(list => Sample("wiredns_intel_indicators", list.Count, ("list", list.Name)));
        Head("wiredns_intel_expired_indicators", "gauge", "Those of them that have expired by now.");
        Each(list => Sample("wiredns_intel_expired_indicators", list.CountExpired(snapshot.Time), ("list", list.Name)));
        Head("wiredns_intel_refused_entries", "gauge", "Entries of a list's file that are not used, by reason.");
        Each(list =>
        {
            Sample("wiredns_intel_refused_entries", list.Duplicates, ("list", list.Name), ("reason", "duplicate"));
            foreach (var (refusal, count) in list.Refused)
            {
                Sample("wiredns_intel_refused_entries", count, ("list", list.Name), ("reason", refusal.Name()));
            }
        });
        Head("wiredns_intel_hits_total", "counter", "Lookups of indicators: those that hold, and those of expired ones, which raise nothing.");
        Each(list =>
        {
            Sample("wiredns_intel_hits_total", snapshot.Counters.Count("intel_hits", list.Name), ("list", list.Name), ("outcome", "fired"));
            Sample("wiredns_intel_hits_total", snapshot.Counters.Count("intel_expired", list.Name), ("list", list.Name), ("outcome", "expired"));
        });

        void Each(Action<IntelList> write)
        {
            foreach (var list in rules.Intel.All)
            {
                write(list);
            }
        }
    }

    private void WriteSinks(IReadOnlyList<SinkCounters> sinks)
    {
        Head("wiredns_sink_items_total", "counter", "What each target was given, by its end.");
        foreach (var sink in sinks)
        {
            Item(sink, "delivered", "", sink.Delivered);
            Item(sink, "filtered", "", sink.Filtered);
            Item(sink, "dropped", "queue_full", sink.Dropped);
            foreach (var failure in Enum.GetValues<SendFailure>().Where(failure => failure != SendFailure.None))
            {
                Item(sink, "failed", failure.Name(), sink.Failed.GetValueOrDefault(failure));
            }
        }

        Head("wiredns_sink_retries_total", "counter", "How often sending failed and was tried again.");
        Each(sink => Sample("wiredns_sink_retries_total", sink.Retries, Labels(sink)));
        Head("wiredns_sink_repeated_items_total", "counter", "Items that were sent again though they may have arrived.");
        Each(sink => Sample("wiredns_sink_repeated_items_total", sink.Repeated, Labels(sink)));
        Head("wiredns_sink_waiting_items", "gauge", "Items that wait.");
        Each(sink =>
        {
            Sample("wiredns_sink_waiting_items", sink.InMemory, [.. Labels(sink), ("where", "memory")]);
            Sample("wiredns_sink_waiting_items", sink.Spooled, [.. Labels(sink), ("where", "spool")]);
        });
        Head("wiredns_sink_trouble_seconds", "gauge", "How long nothing has got through; 0 if nothing holds it up.");
        Each(sink => Sample("wiredns_sink_trouble_seconds", sink.TroubleLasts.TotalSeconds, Labels(sink)));

        void Each(Action<SinkCounters> write)
        {
            foreach (var sink in sinks)
            {
                write(sink);
            }
        }

        void Item(SinkCounters sink, string outcome, string reason, long count) =>
            Sample("wiredns_sink_items_total", count, [.. Labels(sink), ("outcome", outcome), ("reason", reason)]);

        static (string, string)[] Labels(SinkCounters sink) => [("sink", sink.Name), ("items", sink.Items)];
    }

    private void Head(string name, string type, string help) => _text.Append($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        _text.Append(name);
        for (var i = 0; i < labels.Length; i++)
        {
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"");
            foreach (var character in labels[i].Value)
            {
                _ = character switch
                {
                    '\\' or '"' => _text.Append('\\').Append(character),
                    '\n' => _text.Append("\\n"),
                    _ => _text.Append(character),
                };
            }

            _text.Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
