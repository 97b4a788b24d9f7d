using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One JSON object on one line per alert: a Detection Finding (class 2004) of the Open Cybersecurity Schema Framework 1.5. A correlation's end closes
/// its finding, and a summary of repeats updates it. Events of the sensor are of the base class (0). What the schema has no field for is in
/// <c>unmapped.wiredns</c>, as in the ECS format. ASCII; docs/formats/ocsf.schema.json has all members.
/// </summary>
/// <param name="sensor">Name of the host that runs the sensor, or null to leave it out.</param>
/// <param name="version">The product's version, or null to leave it out.</param>
/// <param name="time">The clock for packets that have no time of their own; by default the system's.</param>
public sealed class OcsfFormat(string? sensor = null, string? version = null, TimeProvider? time = null) : ICuttableFormat
{
    private const string SchemaVersion = "1.5.0";
    private const int DetectionFinding = 2004;
    private const int Create = 1;
    private const int Update = 2;
    private const int Close = 3;
    private const int Other = 99;

    private static readonly JsonCut Shortened = new(
        "unmapped",
        core: ["class_uid", "category_uid", "type_uid", "activity_id", "severity_id", "time", "metadata.version", "metadata.product", "finding_info.uid"],
        important: ["finding_info.title", "message", "observables", "evidences", "is_alert"]);

    private readonly TimeProvider _clock = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        var activity = alert.Repeats is not null ? Update : alert.Correlation?.Extent is not null ? Close : Create;
        var now = Timestamp.Now(_clock);
        WriteClass(json, DetectionFinding, "Detection Finding", 2, "Findings", activity, activity switch { Update => "Update", Close => "Close", _ => "Create" });
        WriteSeverity(json, alert.Rule.Level);
        json.Milliseconds("time"u8, alert.UnixTimeNanoseconds ?? now);
        WriteExtent(json, alert);
        json.Text("message"u8, Sentence.Of(alert));
        json.Flag("is_alert"u8, activity == Create && alert.Anomaly is null);
        json.Number("status_id"u8, activity == Close ? 4 : 1);
        json.Text("status"u8, activity == Close ? "Resolved" : "New");
        WriteMetadata(json, alert.Interface ?? alert.File);
        OcsfFinding.Write(json, alert);
        OcsfEvidence.Write(json, alert);
        writer.WriteStartObject("unmapped"u8);
        EcsExtension.Write(json, alert);
        writer.WriteEndObject();
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    /// <remarks><c>class_uid</c> is 0.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        WriteClass(json, 0, "Base Event", 0, "Uncategorized", Other, "sensor-state");
        WriteSeverity(json, sensorEvent.Level);
        json.Milliseconds("time"u8, sensorEvent.UnixTimeNanoseconds);
        json.Text("message"u8, Sentence.Of(sensorEvent));
        json.Number("status_id"u8, sensorEvent.IsOk ? 1 : 2);
        json.Text("status"u8, sensorEvent.IsOk ? "Success" : "Failure");
        json.Text("status_code"u8, sensorEvent.Cause);
        json.Text("status_detail"u8, sensorEvent.Reason);
        WriteMetadata(json, sensorEvent.Interface, sensorEvent.Id);
        writer.WriteStartObject("unmapped"u8);
        EcsSensorEvent.WriteExtension(json, sensorEvent);
        writer.WriteEndObject();
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output) => Shortened.Write(message, maximumLength, output);

    private static void WriteClass(MemberWriter json, int number, string name, int category, string categoryName, int activity, string activityName)
    {
        json.Number("class_uid"u8, number);
        json.Text("class_name"u8, name);
        json.Number("category_uid"u8, category);
        json.Text("category_name"u8, categoryName);
        json.Number("activity_id"u8, activity);
        json.Text("activity_name"u8, activityName);
        json.Number("type_uid"u8, (number * 100L) + activity);
    }

    private static void WriteSeverity(MemberWriter json, AlertLevel level)
    {
        json.Number("severity_id"u8, (int)level + 1);
        json.Text("severity"u8, level.ToString());
    }

    private static void WriteExtent(MemberWriter json, Alert alert)
    {
        var (start, end, count) = alert switch
        {
            { Repeats: { } repeats } => (repeats.From, repeats.Until, repeats.Count),
            { Correlation.Extent: { } extent } => (extent.From, extent.Until, extent.Events),
            _ => (0L, 0L, 0L),
        };
        if (count > 0)
        {
            json.Milliseconds("start_time"u8, start);
            json.Milliseconds("end_time"u8, end);
            json.Number("count"u8, count);
        }
    }

    private void WriteMetadata(MemberWriter json, string? source, string? id = null)
    {
        json.Writer.WriteStartObject("metadata"u8);
        json.Text("version"u8, SchemaVersion);
        json.Text("uid"u8, id);
        json.Text("log_name"u8, "alerts");
        json.Text("log_provider"u8, sensor);
        json.Text("source"u8, source);
        json.Writer.WriteStartObject("product"u8);
        json.Text("name"u8, "WireDns");
        json.Text("vendor_name"u8, "WireDns");
        json.Text("version"u8, version);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndObject();
    }
}

/// <summary>What was found, and by which rule. A close and an update have the id of the finding that was created.</summary>
internal static class OcsfFinding
{
    private const int RuleAnalytic = 1;

    public static void Write(MemberWriter json, Alert alert)
    {
        var rule = alert.Rule;
        json.Writer.WriteStartObject("finding_info"u8);
        json.Text("uid"u8, Uid(alert));
        json.Text("uid_alt"u8, Uid(alert) == alert.Id ? null : alert.Id);
        json.Text("title"u8, alert.Anomaly is { } anomaly ? $"{anomaly.Kind}: {anomaly.Reason}" : rule.Title);
        json.Text("desc"u8, rule.Description);
        json.Text("src_url"u8, rule.References.Count > 0 ? rule.References[0] : null);
        json.Texts("types"u8, [alert.Anomaly is not null ? "anomaly" : alert.Correlation is not null ? "correlation" : "rule-match"]);
        json.Writer.WriteStartObject("analytic"u8);
        json.Number("type_id"u8, RuleAnalytic);
        json.Text("type"u8, "Rule");
        json.Text("uid"u8, rule.Id);
        json.Text("name"u8, rule.Title);
        json.Text("version"u8, rule.Modified);
        json.Text("category"u8, "sigma");
        json.Writer.WriteEndObject();
        WriteAttacks(json, rule);
        json.Writer.WriteEndObject();
    }

    private static string Uid(Alert alert) => alert.Repeats is { } repeats ? repeats.SentId
        : alert.Correlation?.Extent is not null && alert.Id.EndsWith("-end", StringComparison.Ordinal) ? alert.Id[..^4]
        : alert.Id;

    private static void WriteAttacks(MemberWriter json, AlertRule rule)
    {
        var tactics = rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().DistinctBy(tactic => tactic.Id).ToArray();
        if (tactics.Length + rule.AttackTechniques.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("attacks"u8);
        foreach (var tactic in tactics)
        {
            json.Writer.WriteStartObject();
            WriteNamed(json, "tactic"u8, tactic.Id, tactic.Name);
            json.Writer.WriteEndObject();
        }

        foreach (var id in rule.AttackTechniques)
        {
            json.Writer.WriteStartObject();
            if (id.Contains('.'))
            {
                WriteNamed(json, "sub_technique"u8, id, AttackNames.Shipped.Technique(id));
            }
            else
            {
                WriteNamed(json, "technique"u8, id, AttackNames.Shipped.Technique(id));
            }

            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }

    private static void WriteNamed(MemberWriter json, ReadOnlySpan<byte> member, string id, string? name)
    {
        json.Writer.WriteStartObject(member);
        json.Text("uid"u8, id);
        json.Text("name"u8, name);
        json.Writer.WriteEndObject();
    }
}

/// <summary>The lookup, as evidence and as observables.</summary>
internal static class OcsfEvidence
{
    private const int HostNameType = 1;
    private const int AddressType = 2;

    public static void Write(MemberWriter json, Alert alert)
    {
        if (alert.Client.Address.Length == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("evidences"u8);
        json.Writer.WriteStartObject();
        WriteEndpoint(json, "src_endpoint"u8, alert.Client);
        if (alert.Server.Address.Length > 0)
        {
            WriteEndpoint(json, "dst_endpoint"u8, alert.Server);
        }

        if (alert.Transport.Length > 0)
        {
            json.Writer.WriteStartObject("connection_info"u8);
            json.Number("direction_id"u8, 0);
            json.Text("protocol_name"u8, alert.Transport);
            json.Text("community_uid"u8, alert.CommunityId);
            json.Writer.WriteEndObject();
        }

        WriteMessage(json, alert.Message);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndArray();
        WriteObservables(json, alert);
    }

    private static void WriteEndpoint(MemberWriter json, ReadOnlySpan<byte> name, AlertEndpoint endpoint)
    {
        json.Writer.WriteStartObject(name);
        json.Text("ip"u8, endpoint.Address);
        json.Number("port"u8, endpoint.Port == AlertEndpoint.UnknownPort ? null : endpoint.Port);
        json.Writer.WriteEndObject();
    }

    /// <summary>The question as the schema has it, and the answers, for which an evidence has room as data only.</summary>
    private static void WriteMessage(MemberWriter json, AlertMessage message)
    {
        if (message.QuestionName is not { } name)
        {
            return;
        }

        json.Writer.WriteStartObject("query"u8);
        json.Writer.WritePropertyName("hostname"u8);
        json.Value(name);
        json.Text("type"u8, message.QuestionType);
        json.Text("class"u8, message.QuestionClass);
        json.Text("opcode"u8, message.Opcode);
        json.Number("packet_uid"u8, message.Id);
        json.Writer.WriteEndObject();
        if (message.IsResponse)
        {
            json.Writer.WriteStartObject("data"u8);
            json.Text("rcode"u8, message.ResponseCode);
            WriteAnswers(json, message.Answers);
            json.Writer.WriteEndObject();
        }
    }

    private static void WriteAnswers(MemberWriter json, IReadOnlyList<AlertAnswer> answers)
    {
        if (answers.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("answers"u8);
        for (var index = 0; index < Math.Min(answers.Count, EcsDns.MaximumAnswers); index++)
        {
            json.Writer.WriteStartObject();
            json.Text("name"u8, answers[index].Name);
            json.Text("type"u8, answers[index].Type);
            json.Text("class"u8, answers[index].Class);
            json.Number("ttl"u8, answers[index].TimeToLive);
            json.Text("rdata"u8, answers[index].Data);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }

    private static void WriteObservables(MemberWriter json, Alert alert)
    {
        json.Writer.WriteStartArray("observables"u8);
        WriteObservable(json, "evidences[].src_endpoint.ip", AddressType, alert.Client.Address);
        WriteObservable(json, "evidences[].dst_endpoint.ip", AddressType, alert.Server.Address);
        WriteObservable(json, "evidences[].query.hostname", HostNameType, alert.Message.QuestionName);
        for (var index = 0; index < alert.Repeats?.Names.Count; index++)
        {
            WriteObservable(json, string.Create(CultureInfo.InvariantCulture, $"unmapped.wiredns.repeats.names[{index}]"), HostNameType, alert.Repeats.Names[index]);
        }

        for (var index = 0; index < alert.Indicators.Count; index++)
        {
            WriteObservable(json, string.Create(CultureInfo.InvariantCulture, $"unmapped.wiredns.indicators[{index}].name"), HostNameType, alert.Indicators[index].Name);
        }

        json.Writer.WriteEndArray();
    }

    private static void WriteObservable(MemberWriter json, string name, int type, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            json.Writer.WriteStartObject();
            json.Text("name"u8, name);
            json.Number("type_id"u8, type);
            json.Text("type"u8, type == AddressType ? "IP Address" : "Hostname");
            json.Text("value"u8, value);
            json.Writer.WriteEndObject();
        }
    }
}
