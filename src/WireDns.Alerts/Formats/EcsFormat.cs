using System.Buffers;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One JSON object (RFC 8259) on one line per alert, with the field names and types of the Elastic Common Schema, 8.17 or 9.0; anything that the
/// schema has no field for is under <c>wiredns</c>. The output is ASCII: everything else is escaped, so no text can touch the terminal or
/// the line. A field that has no value is absent. The table of all fields is in docs/formats/ecs.md.
/// </summary>
/// <param name="sensor">Name of the host that runs the sensor (observer.hostname), or null to leave it out.</param>
/// <param name="version">The product's version (observer.version), or null to leave it out.</param>
/// <param name="time">The clock for <c>event.created</c>, and for <c>@timestamp</c>, which the schema requires, of packets that have no time of
/// their own; by default the system's.</param>
/// <param name="schema">The schema's version; by default 8.17.</param>
public sealed class EcsFormat(string? sensor = null, string? version = null, TimeProvider? time = null, EcsVersion schema = EcsVersion.V8) : ICuttableFormat
{
    private string SchemaVersion { get; } = schema == EcsVersion.V9 ? "9.0.0" : "8.17.0";

    // wiredns.omitted lists what was left out. An index needs the first two, and without the next two the alert says nothing.
    private static readonly JsonCut Shortened = new(
        "wiredns",
        core: ["@timestamp", "ecs.version", "event.kind", "event.id"],
        important: ["event.severity", "wiredns.anomaly", "rule.id", "rule.name", "source.ip", "destination.ip", "dns.question", "wiredns.level", "wiredns.sensor"]);

    private readonly TimeProvider _clock = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        var now = Timestamp.Now(_clock);
        json.Time("@timestamp"u8, alert.UnixTimeNanoseconds ?? now);
        json.Text("message"u8, Sentence.Of(alert));
        json.Texts("tags"u8, alert.Rule.Tags);
        WriteSchema(json);
        WriteEvent(json, alert, now);
        if (alert.Anomaly is null)
        {
            EcsRule.Write(json, alert.Rule, alert.Indicators);
        }

        EcsNetwork.Write(json, alert);
        if (!ReferenceEquals(alert.Message, AlertMessage.None))
        {
            EcsDns.Write(json, alert.Message);
        }

        WriteObserver(json, alert.Interface);
        WriteFile(json, alert);
        EcsExtension.Write(json, alert);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    /// <remarks><c>event.kind</c> is <c>event</c>, and not <c>alert</c>.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        json.Time("@timestamp"u8, sensorEvent.UnixTimeNanoseconds);
        json.Text("message"u8, Sentence.Of(sensorEvent));
        WriteSchema(json);
        EcsSensorEvent.WriteEvent(json, sensorEvent, Severity(sensorEvent.Level));
        WriteObserver(json, sensorEvent.Interface);
        EcsSensorEvent.WriteExtension(json, sensorEvent);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output) =>
        Shortened.Write(message, maximumLength, output);

    private void WriteSchema(MemberWriter json)
    {
        json.Writer.WriteStartObject("ecs"u8);
        json.Text("version"u8, SchemaVersion);
        json.Writer.WriteEndObject();
    }

    private static void WriteEvent(MemberWriter json, Alert alert, long now)
    {
        if (alert.Anomaly is { } anomaly)
        {
            WriteAnomalyEvent(json, alert, anomaly, now);
            return;
        }

        json.Writer.WriteStartObject("event"u8);
        json.Text("kind"u8, "alert");
        json.Texts("category"u8, ["network", "intrusion_detection"]);
        json.Texts("type"u8, ["info", "protocol"]);
        json.Text("action"u8, alert.Repeats is not null ? "repeats" : alert.Correlation?.Extent is not null ? "correlation-end" : "rule-match");
        json.Text("module"u8, "wiredns");
        json.Text("dataset"u8, "wiredns.alert");
        json.Text("id"u8, alert.Id);
        json.Number("severity"u8, Severity(alert.Rule.Level));
        if (alert.Reasons.Count > 0)
        {
            var reason = alert.Reasons[0];
            json.Text("reason"u8, $"{(reason.IsNegated ? "not " : "")}{string.Join('|', [reason.Field ?? "keyword", .. reason.Modifiers])}: {reason.Pattern}");
        }

        WriteCreated(json, alert, now);
        WriteOutcome(json, alert);
        json.Writer.WriteEndObject();
    }

    /// <summary>When the sensor saw it. Not of a file: each run over it must write the same.</summary>
    private static void WriteCreated(MemberWriter json, Alert alert, long now)
    {
        if (alert.File is null)
        {
            json.Time("created"u8, now);
        }
    }

    /// <summary>How the lookup ended, and from when until when it, or what was summed up, lasted.</summary>
    private static void WriteOutcome(MemberWriter json, Alert alert)
    {
        json.Text("outcome"u8, alert.Message switch
        {
            { IsResponse: false } => null,
            { ResponseCode: "NOERROR" } => "success",
            _ => "failure",
        });
        var (start, end) = alert switch
        {
            { Repeats: { } repeats } => (repeats.From, repeats.Until),
            { Correlation.Extent: { } extent } => (extent.From, extent.Until),
            { RoundTripNanoseconds: { } roundTrip and >= 0, UnixTimeNanoseconds: { } time } => (time - roundTrip, time),
            _ => (0L, 0L),
        };
        if (end != 0)
        {
            json.Number("duration"u8, end - start);
            json.Time("start"u8, start);
            json.Time("end"u8, end);
        }
    }

    private static void WriteAnomalyEvent(MemberWriter json, Alert alert, AlertAnomaly anomaly, long now)
    {
        json.Writer.WriteStartObject("event"u8);
        json.Text("kind"u8, "event");
        json.Texts("category"u8, ["network"]);
        json.Texts("type"u8, ["info", "protocol"]);
        json.Text("action"u8, "anomaly");
        json.Text("module"u8, "wiredns");
        json.Text("dataset"u8, "wiredns.anomaly");
        json.Text("id"u8, alert.Id);
        json.Number("severity"u8, Severity(alert.Rule.Level));
        json.Text("reason"u8, $"{anomaly.Kind}: {anomaly.Reason}");
        WriteCreated(json, alert, now);
        json.Writer.WriteEndObject();
    }

    /// <summary>The numbers that Elastic's own detection rules and the Sigma converters give to the levels.</summary>
    private static int Severity(AlertLevel level) => level switch
    {
        AlertLevel.Critical => 99,
        AlertLevel.High => 73,
        AlertLevel.Medium => 47,
        AlertLevel.Low => 21,
        _ => 1,
    };

    private void WriteObserver(MemberWriter json, string? ingress)
    {
        json.Writer.WriteStartObject("observer"u8);
        json.Text("vendor"u8, "WireDns");
        json.Text("product"u8, "WireDns");
        json.Text("type"u8, "ids");
        json.Text("version"u8, version);
        json.Text("hostname"u8, sensor);
        if (ingress is not null)
        {
            json.Writer.WriteStartObject("ingress"u8);
            json.Writer.WriteStartObject("interface"u8);
            json.Text("name"u8, ingress);
            json.Writer.WriteEndObject();
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndObject();
    }

    private static void WriteFile(MemberWriter json, Alert alert)
    {
        if (alert.File is not null)
        {
            json.Writer.WriteStartObject("log"u8);
            json.Writer.WriteStartObject("file"u8);
            json.Text("path"u8, alert.File);
            json.Writer.WriteEndObject();
            json.Writer.WriteEndObject();
        }
    }
}

/// <summary>The versions of the Elastic Common Schema that can be written. Fields that are in use here are the same in both.</summary>
public enum EcsVersion
{
    /// <summary>8.17.</summary>
    V8,

    /// <summary>9.0.</summary>
    V9,
}
