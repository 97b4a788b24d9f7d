using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;
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

    // The counters of which the ledger is made, and their names as outcomes.
    private static readonly (string Counter, string Outcome)[] Outcomes =
        [("dns_packets", "dns"), ("not_dns", "not_dns"), ("undecodable", "undecodable"), ("incomplete_packets", "incomplete")];

    // What is the case now, and not counted.
    private static readonly HashSet<string> Gauges = ["held_packets", "lookups_waiting", "shortest_slice", "longest_slice"];

    private static readonly HashSet<string> Elsewhere = ["packets", "alerts", .. Outcomes.Select(outcome => outcome.Counter)];

    private readonly StringBuilder _text = new(16 * 1024);

    /// <summary>Writes everything.</summary>
    /// <param name="snapshot">What is known.</param>
    /// <param name="rules">The rules, for the ids of those that raised alerts.</param>
    /// <param name="failedRequests">Requests that broke off before their answer.</param>
    public static byte[] Of(SensorSnapshot snapshot, LoadedRules rules, long failedRequests)
    {
        var metrics = new MetricsText();
        metrics.Head("wiredns_http_failed_requests_total", "counter", "Requests for metrics or health that broke off.");
        metrics.Sample("wiredns_http_failed_requests_total", failedRequests);
        metrics.WriteProcess(snapshot);
        metrics.WriteLedger(snapshot);
        metrics.WriteInterfaces(snapshot);
        metrics.WriteAlerts(snapshot, rules);
        metrics.WriteSinks(snapshot.Sinks);
        return Encoding.UTF8.GetBytes(metrics._text.ToString());
    }

    private void WriteProcess(SensorSnapshot snapshot)
    {
        Head("wiredns_build_info", "gauge", "Which build runs.");
        Sample("wiredns_build_info", 1, ("version", ProductVersion.Text));
        Head("wiredns_snapshot_time_seconds", "gauge", "When these figures were taken; older than some seconds: the sensor hangs.");
        Sample("wiredns_snapshot_time_seconds", (snapshot.Time - DateTimeOffset.UnixEpoch).TotalSeconds);
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

    private void WriteLedger(SensorSnapshot snapshot)
    {
        var counters = snapshot.Counters;
        Head("wiredns_packets_total", "counter", "Packets by where they ended: dns, not_dns, undecodable, incomplete, and why. Their sum and held packets are all that were read.");
        foreach (var (counter, outcome) in Outcomes)
        {
            var explained = 0L;
            foreach (var (_, reason, count) in counters.Reasons().Where(entry => entry.Counter == counter))
            {
                explained += count;
                Sample("wiredns_packets_total", count, ("outcome", outcome), ("reason", reason));
            }

            if (counters[counter] > explained || outcome == "dns")
            {
                Sample("wiredns_packets_total", counters[counter] - explained, ("outcome", outcome), ("reason", ""));
            }
        }

        // The names of networks are from the wire.
        foreach (var group in counters.Reasons().Where(entry => entry.Counter != "seen_in_other_networks" && Outcomes.All(outcome => outcome.Counter != entry.Counter)).GroupBy(entry => entry.Counter))
        {
            Head($"wiredns_{group.Key}_reasons_total", "counter", $"The counter {group.Key} of docs/ledger.md, by reason.");
            foreach (var (_, reason, count) in group)
            {
                Sample($"wiredns_{group.Key}_reasons_total", count, ("reason", reason));
            }
        }

        foreach (var (name, value) in counters.All().Where(entry => !Elsewhere.Contains(entry.Key)))
        {
            var isGauge = Gauges.Contains(name);
            var metric = isGauge ? $"wiredns_{name}{(name.EndsWith("slice", StringComparison.Ordinal) ? "_bytes" : "")}" : $"wiredns_{name}_total";
            Head(metric, isGauge ? "gauge" : "counter", $"The counter {name} of docs/ledger.md.");
            Sample(metric, value);
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
        Head("wiredns_state", "gauge", "1 for the state that a part is in: an interface, or the mirror as a whole.");
        Each(one => State("interface", one.Name, one.State));
        State("mirror", "", snapshot.Mirror);
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
        Head("wiredns_rules", "gauge", "Rules and correlations that run.");
        Sample("wiredns_rules", rules.Compiled.Count + rules.Correlations.Count);
        Head("wiredns_alerts_total", "counter", "Alerts that were raised, before suppression.");
        Sample("wiredns_alerts_total", snapshot.Counters["alerts"]);
        Head("wiredns_rule_alerts_total", "counter", "Alerts by rule; rules without any have no sample.");
        foreach (var rule in rules.Compiled.Concat(rules.Correlations))
        {
            if (snapshot.Counters.AlertsByRule.ElementAtOrDefault(rule.Number) is > 0 and var count)
            {
                Sample("wiredns_rule_alerts_total", count, ("rule", rule.Alert.Id ?? rule.Alert.Title), ("level", rule.Alert.Level.Name()));
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
            foreach (var (failure, count) in sink.Failed)
            {
                Item(sink, "failed", failure.Name(), count);
            }
        }

        Head("wiredns_sink_retries_total", "counter", "How often sending failed and was tried again.");
        Each(sink => Sample("wiredns_sink_retries_total", sink.Retries, Labels(sink)));
        Head("wiredns_sink_repeated_total", "counter", "Items that were sent again though they may have arrived.");
        Each(sink => Sample("wiredns_sink_repeated_total", sink.Repeated, Labels(sink)));
        Head("wiredns_sink_waiting", "gauge", "Items that wait.");
        Each(sink =>
        {
            Sample("wiredns_sink_waiting", sink.InMemory, [.. Labels(sink), ("where", "memory")]);
            Sample("wiredns_sink_waiting", sink.Spooled, [.. Labels(sink), ("where", "spool")]);
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
