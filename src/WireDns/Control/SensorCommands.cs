using System.Globalization;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Noise;
using WireDns.Detection.Rules;
using WireDns.Recording;
using WireDns.Sensor;
using WireDns.Settings;

namespace WireDns.Control;

/// <summary>
/// The commands about a running sensor. Figures are those of its last snapshot, which is at most some seconds old: no command waits for packets. Thread-safe.
/// </summary>
/// <param name="run">The sensor.</param>
/// <param name="outputs">What it writes to.</param>
/// <param name="reload">Reloads it.</param>
/// <param name="log">Is told what was done.</param>
/// <param name="counters">The requests so far.</param>
internal sealed class SensorCommands(LiveRun run, RunOutputs outputs, SensorReload reload, OperatorLog log, ControlCounters counters)
{
    private const int LongestReason = 500;
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(366);

    private int _silences;

    /// <summary>All of them.</summary>
    public IReadOnlyList<ControlCommand> All =>
    [
        new("status", [], WriteStatus),
        new("counters", [], WriteCounters),
        new("rules", [], WriteRules),
        new("interfaces", [], (_, json) => Snapshot.WriteInterfaces(json)),
        new("reload", [], Reload),
        new("reopen", [], Reopen),
        new("silence", ["action", "rule", "client", "name", "for", "reason", "id"], Silence),
    ];

    private SensorSnapshot Snapshot =>
        run.Snapshot ?? throw new ControlRefusal(ControlRefusal.Starting, "the sensor has just been started and has no figures yet");

    private void WriteStatus(ControlRequest request, Utf8JsonWriter json)
    {
        var snapshot = Snapshot;
        var faults = snapshot.Faults();
        json.WriteNumber("process"u8, Environment.ProcessId);
        json.WriteString("time"u8, Text(snapshot.Time));
        json.WriteNumber("uptime_seconds"u8, Math.Round(snapshot.Uptime.TotalSeconds, 3));
        json.WriteBoolean("ready"u8, faults.Count == 0);
        json.WriteStartArray("faults"u8);
        foreach (var fault in faults)
        {
            json.WriteStringValue(fault);
        }

        json.WriteEndArray();
        snapshot.WriteInterfaces(json);
        WriteState(json, "mirror", snapshot.Mirror);
        WriteState(json, "correlation", snapshot.Correlation);
        json.WritePropertyName("canary"u8);
        WriteCanary(json, snapshot.Canary);
        json.WriteNumber("rules"u8, run.Rules.Compiled.Count + run.Rules.Correlations.Count);
        json.WriteStartObject("reload"u8);
        var reloads = reload.Counters;
        json.WriteNumber("done"u8, reloads.Done);
        json.WriteNumber("refused"u8, reloads.Refused);
        json.WriteString("last_done"u8, reloads.LastDone is { } last ? Text(last) : null);
        json.WriteString("last"u8, reloads.Last);
        json.WriteNumber("rule_sets_in_memory"u8, reloads.SetsInMemory);
        json.WriteEndObject();
        json.WriteNumber("packets"u8, snapshot.Counters.Packets);
        json.WriteNumber("dns_packets"u8, snapshot.Counters.DnsPackets);
        json.WriteNumber("alerts"u8, snapshot.Counters["alerts"]);
        json.WriteNumber("held_back"u8, snapshot.Noise.Silenced + snapshot.Noise.Suppressed + snapshot.Noise.RateLimited);
        json.WriteNumber("events"u8, snapshot.Events);
        json.WriteStartArray("targets"u8);
        foreach (var sink in snapshot.Sinks)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, sink.Name);
            json.WriteString("items"u8, sink.Items);
            json.WriteNumber("delivered"u8, sink.Delivered);
            json.WriteNumber("waiting"u8, sink.Waiting);
            json.WriteNumber("lost"u8, sink.Lost);
            json.WriteNumber("trouble_seconds"u8, Math.Round(sink.TroubleLasts.TotalSeconds, 3));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("control"u8);
        json.WriteNumber("requests"u8, counters.Served);
        json.WriteStartObject("dropped_clients"u8);
        foreach (var (reason, count) in counters.Dropped)
        {
            json.WriteNumber(reason, count);
        }

        json.WriteEndObject();
        json.WriteNumber("lost_tail_lines"u8, counters.LostLines);
        json.WriteEndObject();
    }

    private void WriteCounters(ControlRequest request, Utf8JsonWriter json)
    {
        var snapshot = Snapshot;
        json.WriteString("time"u8, Text(snapshot.Time));
        json.WritePropertyName("counters"u8);
        LedgerFile.Write(json, snapshot.Counters, outputs, snapshot.WriteInterfaces);
    }

    private void WriteRules(ControlRequest request, Utf8JsonWriter json)
    {
        var rules = run.Rules;
        var alerts = run.Snapshot?.Counters.AlertsByRule ?? [];
        json.WriteStartArray("rules"u8);
        foreach (var rule in rules.Compiled.Concat(rules.Correlations))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, rule.Alert.Id);
            json.WriteString("title"u8, rule.Alert.Title);
            json.WriteString("level"u8, rule.Alert.Level.Name());
            json.WriteString("status"u8, rule.Alert.Status);
            json.WriteString("file"u8, rule.Alert.File);
            json.WriteString("caveat"u8, rule.Alert.Caveat);
            json.WriteNumber("alerts"u8, alerts.ElementAtOrDefault(rule.Number));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("errors"u8, rules.Errors);
        json.WriteNumber("not_running"u8, rules.Verdicts.Count(verdict => !verdict.Runs) + rules.CorrelationVerdicts.Count(verdict => !verdict.Runs));
    }

    private static void WriteCanary(Utf8JsonWriter json, CanarySnapshot? canary)
    {
        if (canary is null)
        {
            json.WriteNullValue();
            return;
        }

        json.WriteStartObject();
        json.WriteString("zone"u8, canary.Zone);
        json.WriteBoolean("periodic"u8, canary.Sending is not null);
        if (canary.Sending is { } sending)
        {
            json.WriteNumber("interval_seconds"u8, sending.Interval.TotalSeconds);
            json.WriteString("resolver"u8, sending.Resolver?.ToString());
            sending.State.WriteMembers(json);
            json.WriteNumber("sent"u8, sending.Sent);
        }

        json.WriteNumber("matched"u8, canary.Matched);
        json.WritePropertyName("last"u8);
        if (canary.Last is { } last)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, last.Name);
            json.WriteString("stage"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(last.Stage.ToString()));
            json.WriteString("sent"u8, last.Sent is { } sent ? Text(sent) : null);
            json.WriteString("answer"u8, last.Answer);
            json.WriteString("seen"u8, last.Sighting is { } sighting ? Text(sighting.Seen) : null);
            last.Sighting?.WriteMembers(json);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNullValue();
        }

        json.WriteEndObject();
    }

    private static void WriteState(Utf8JsonWriter json, string part, InterfaceState state)
    {
        json.WriteStartObject(part);
        state.WriteMembers(json);
        json.WriteEndObject();
    }

    private void Reload(ControlRequest request, Utf8JsonWriter json)
    {
        var outcome = reload.Run(request.User);
        if (outcome.Changes is not { } changes)
        {
            throw new ControlRefusal(ControlRefusal.Refused, outcome.Words);
        }

        json.WriteString("outcome"u8, outcome.Words);
        json.WriteNumber("rules"u8, changes.Running.After);
        json.WriteNumber("added"u8, changes.Added);
        json.WriteNumber("removed"u8, changes.Removed);
        json.WriteNumber("changed"u8, changes.Changed);
        json.WriteStartArray("need_a_restart"u8);
        foreach (var setting in outcome.Restarts)
        {
            json.WriteStringValue(setting);
        }

        json.WriteEndArray();
    }

    private void Reopen(ControlRequest request, Utf8JsonWriter json)
    {
        outputs.RotateFiles();
        log.Note(OperatorLog.Files, "the files of alerts and lookups begin anew", request.User);
    }

    private void Silence(ControlRequest request, Utf8JsonWriter json)
    {
        switch (request["action"] ?? "list")
        {
            case "list":
                break;
            case "add":
                AddSilence(request);
                break;
            case "remove":
                if (outputs.Noise.Remove(request["id"] ?? "") is not { } removed)
                {
                    throw new ControlRefusal(ControlRefusal.BadRequest, $"there is no silence '{request["id"]}' that was added here");
                }

                log.Note(OperatorLog.Silences, $"{removed.Place} was taken away: {Describe(removed)}", request.User);
                break;
            case var action:
                throw new ControlRefusal(ControlRefusal.BadRequest, $"action is list, add or remove, not '{action}'");
        }

        WriteSilences(json);
    }

    private void AddSilence(ControlRequest request)
    {
        var (rule, client, name, reason) = (request["rule"], request["client"], request["name"], request["reason"]);
        if (rule is null && client is null && name is null)
        {
            throw Wrong("give at least one of rule, client and name: a silence of everything would hide an attack");
        }

        if (!Durations.TryParse(request["for"], out var time) || time <= TimeSpan.Zero || time > LongestSilence)
        {
            throw Wrong($"for takes a time of at most 366d, as 30m, 2h or 7d, not '{request["for"]}'");
        }

        if (reason is null || reason.Length is 0 or > LongestReason)
        {
            throw Wrong(string.Create(CultureInfo.InvariantCulture, $"reason takes a text of 1 to {LongestReason} characters, which says why"));
        }

        if (SilenceFile.Check(rule, client, name, out var network) is { } fault)
        {
            throw Wrong(fault);
        }

        var place = string.Create(CultureInfo.InvariantCulture, $"ctl-{Interlocked.Increment(ref _silences)}");
        var silence = new Silence(place, TimeProvider.System.GetUtcNow() + time, reason) { Rule = rule, Client = network, Name = name };
        if (!outputs.Noise.TryAdd(silence))
        {
            throw new ControlRefusal(ControlRefusal.Refused, string.Create(CultureInfo.InvariantCulture, $"{NoiseOptions.MaximumAddedSilences:N0} silences were added already"));
        }

        log.Note(OperatorLog.Silences, $"{place} silences {Describe(silence)}", request.User);

        static ControlRefusal Wrong(string text) => new(ControlRefusal.BadRequest, text);
    }

    // Targets may not see a client's address.
    private string Describe(Silence silence) => string.Join(
        ", ",
        new[]
        {
            silence.Rule is null ? null : $"rule {silence.Rule}",
            silence.Client is null ? null : outputs.Privacy is null ? $"client {silence.Client}" : "a client",
            silence.Name is null ? null : $"name {silence.Name}",
            $"until {Text(silence.Until)}",
        }.OfType<string>()) + $": {silence.Reason}";

    private void WriteSilences(Utf8JsonWriter json)
    {
        var now = TimeProvider.System.GetUtcNow();
        json.WriteStartArray("silences"u8);
        foreach (var silence in outputs.Noise.Silences.Where(silence => now < silence.Until))
        {
            json.WriteStartObject();
            json.WriteString("id"u8, silence.Place);
            json.WriteString("rule"u8, silence.Rule);
            json.WriteString("client"u8, silence.Client?.ToString());
            json.WriteString("name"u8, silence.Name);
            json.WriteString("until"u8, Text(silence.Until));
            json.WriteString("reason"u8, silence.Reason);
            json.WriteNumber("hits"u8, silence.Hits);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
