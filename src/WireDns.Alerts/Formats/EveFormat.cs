using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One JSON object on one line per alert, as Suricata 8 writes it into eve.json: <c>event_type</c> is <c>alert</c> with the lookup in <c>dns</c>
/// (version 3), <c>anomaly</c> for anomalies, <c>engine</c> for events of the sensor. What Suricata has no field for is in
/// <c>alert.context</c>, as in the ECS format. ASCII; docs/formats/eve.schema.json has all members.
/// </summary>
/// <param name="sensor">Name of the host that runs the sensor (<c>host</c>), or null to leave it out.</param>
/// <param name="time">The clock for packets that have no time of their own; by default the system's.</param>
public sealed class EveFormat(string? sensor = null, TimeProvider? time = null) : ICuttableFormat
{
    // Generators 1 to 3 are Suricata's and Snort's own.
    private const int Generator = 9053;

    // A number that every reader of JSON keeps whole (RFC 8259 §6), as Suricata's own are.
    private const ulong FlowMask = (1UL << 51) - 1;

    private static readonly JsonCut Shortened = new(
        "alert",
        core: ["timestamp", "event_type"],
        important: ["alert.signature", "alert.signature_id", "alert.severity", "alert.metadata", "src_ip", "dest_ip", "dns.queries", "dns.version", "anomaly.event", "engine.message"]);

    private readonly TimeProvider _clock = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        var hasMessage = !ReferenceEquals(alert.Message, AlertMessage.None);
        WriteTimestamp(writer, alert.UnixTimeNanoseconds ?? Timestamp.Now(_clock));
        if (alert.Server.Address.Length > 0)
        {
            json.Number("flow_id"u8, (long)(Hash($"{alert.Client.Address} {alert.Client.Port} {alert.Server.Address} {alert.Server.Port} {alert.Transport}") & FlowMask));
        }

        json.Text("in_iface"u8, alert.Interface);
        json.Number("pcap_cnt"u8, alert.PacketNumber);
        json.Text("event_type"u8, alert.Anomaly is null || alert.Repeats is not null ? "alert" : "anomaly");
        WriteVlans(writer, alert.VlanIds);
        WriteEnds(json, alert);
        json.Text("proto"u8, alert.Transport.ToUpperInvariant());
        json.Text("community_id"u8, alert.CommunityId);
        json.Text("pkt_src"u8, alert.File is null ? "wire/pcap" : "pcap");
        if (alert.Anomaly is null || alert.Repeats is not null)
        {
            EveAlert.Write(json, alert, Generator, SignatureId(alert));
        }
        else
        {
            WriteAnomaly(json, alert.Anomaly);
        }

        if (hasMessage)
        {
            json.Text("app_proto"u8, "dns");
            json.Text("direction"u8, alert.Message.IsResponse ? "to_client" : "to_server");
            EveDns.Write(json, alert.Message);
        }

        json.Text("pcap_filename"u8, alert.File);
        json.Text("host"u8, sensor);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    /// <remarks><c>event_type</c> is <c>engine</c>. The parts are in <c>metadata.flowvars</c>, which has room for names and values.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        WriteTimestamp(writer, sensorEvent.UnixTimeNanoseconds);
        json.Text("in_iface"u8, sensorEvent.Interface);
        json.Text("event_type"u8, "engine");
        json.Text("log_level"u8, sensorEvent.Level >= AlertLevel.High ? "Error" : sensorEvent.IsOk ? "Notice" : "Warning");
        writer.WriteStartObject("engine"u8);
        json.Text("message"u8, Sentence.Of(sensorEvent));
        json.Text("module"u8, "wiredns");
        json.Text("error"u8, sensorEvent.Cause);
        writer.WriteEndObject();
        writer.WriteStartObject("metadata"u8);
        writer.WriteStartArray("flowvars"u8);
        WritePair(json, "id"u8, sensorEvent.Id);
        WritePair(json, "part"u8, sensorEvent.Part);
        WritePair(json, "state"u8, sensorEvent.State);
        WritePair(json, "reason"u8, sensorEvent.Reason);
        WritePair(json, "previous_state"u8, sensorEvent.PreviousState);
        WritePair(json, "previous_seconds"u8, sensorEvent.PreviousSeconds.ToString(CultureInfo.InvariantCulture));
        WritePair(json, "user_id"u8, sensorEvent.UserId?.ToString(CultureInfo.InvariantCulture));
        writer.WriteEndArray();
        writer.WriteEndObject();
        json.Text("host"u8, sensor);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output) => Shortened.Write(message, maximumLength, output);

    /// <summary>The same number for the same rule, in the range of signature ids: a hash of the rule's id, or of its title if it has none.</summary>
    internal static int SignatureId(Alert alert) => (int)(Hash(alert.Rule.Id ?? alert.Rule.Title) % int.MaxValue) + 1;

    // 64-bit FNV-1a: nothing has to be secret, and the number must be the same in every run.
    private static ulong Hash(string text)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var octet in Encoding.UTF8.GetBytes(text))
        {
            hash = (hash ^ octet) * 1_099_511_628_211;
        }

        return hash ^ (hash >> 32);
    }

    private static void WriteTimestamp(Utf8JsonWriter writer, long nanoseconds)
    {
        Span<byte> text = stackalloc byte[Timestamp.MaximumLength + 5];
        var length = Timestamp.Format(text, nanoseconds, decimals: 6) - 1; // without the Z
        "+0000"u8.CopyTo(text[length..]);
        writer.WriteString("timestamp"u8, JsonEncodedText.Encode(text[..(length + 5)], JavaScriptEncoder.UnsafeRelaxedJsonEscaping));
    }

    private static void WriteVlans(Utf8JsonWriter writer, IReadOnlyList<int> ids)
    {
        if (ids.Count > 0)
        {
            writer.WriteStartArray("vlan"u8);
            for (var index = 0; index < ids.Count; index++)
            {
                writer.WriteNumberValue(ids[index]);
            }

            writer.WriteEndArray();
        }
    }

    /// <summary>Source and destination of the packet: a response comes from the server.</summary>
    private static void WriteEnds(MemberWriter json, Alert alert)
    {
        var (source, destination) = alert.Message.IsResponse ? (alert.Server, alert.Client) : (alert.Client, alert.Server);
        json.Text("src_ip"u8, source.Address);
        json.Number("src_port"u8, source.Port == AlertEndpoint.UnknownPort ? null : source.Port);
        json.Text("dest_ip"u8, destination.Address);
        json.Number("dest_port"u8, destination.Port == AlertEndpoint.UnknownPort ? null : destination.Port);
        json.Number("ip_v"u8, alert.Client.Address.Length == 0 ? null : alert.Client.Address.Contains(':') ? 6 : 4);
    }

    private static void WriteAnomaly(MemberWriter json, AlertAnomaly anomaly)
    {
        json.Writer.WriteStartObject("anomaly"u8);
        json.Text("app_proto"u8, anomaly.Kind == "malformed" ? "dns" : null);
        json.Text("type"u8, anomaly.Kind == "malformed" ? "applayer" : "decode");
        json.Text("event"u8, anomaly.Reason);
        json.Text("layer"u8, anomaly.Kind == "malformed" ? "proto_parser" : null);
        json.Writer.WriteEndObject();
    }

    private static void WritePair(MemberWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            json.Writer.WriteStartObject();
            json.Text(name, value);
            json.Writer.WriteEndObject();
        }
    }
}

/// <summary>The signature that fired, and what the rule says of itself.</summary>
internal static class EveAlert
{
    public static void Write(MemberWriter json, Alert alert, int generator, int signature)
    {
        var rule = alert.Rule;
        json.Writer.WriteStartObject("alert"u8);
        json.Text("action"u8, "allowed");
        json.Number("gid"u8, generator);
        json.Number("signature_id"u8, signature);
        json.Number("rev"u8, 1);
        json.Text("signature"u8, alert.Anomaly is { } anomaly ? $"{anomaly.Kind}: {anomaly.Reason}" : rule.Title);
        json.Writer.WriteString("category"u8, rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().FirstOrDefault()?.Name ?? "");
        json.Number("severity"u8, Severity(rule.Level));
        WriteMetadata(json, alert);
        json.Texts("references"u8, rule.References);
        json.Writer.WriteStartObject("context"u8);
        EcsExtension.Write(json, alert);
        json.Writer.WriteEndObject();
        json.Writer.WriteEndObject();
    }

    // Lists of texts, as the metadata of Suricata's rules; names as in ET's.
    private static void WriteMetadata(MemberWriter json, Alert alert)
    {
        var rule = alert.Rule;
        json.Writer.WriteStartObject("metadata"u8);
        json.Texts("alert_id"u8, [alert.Id]);
        json.Texts("indicator"u8, [.. alert.Indicators.Select(indicator => indicator.Name)]);
        json.Texts("indicator_list"u8, [.. alert.Indicators.Select(indicator => indicator.List)]);
        json.Texts("rule_id"u8, rule.Id is null ? [] : [rule.Id]);
        json.Texts("signature_severity"u8, [rule.Level.Name()]);
        json.Texts("tag"u8, rule.Tags);
        json.Texts("mitre_tactic_id"u8, [.. rule.AttackTactics.Select(AttackTactic.Of).OfType<AttackTactic>().Select(tactic => tactic.Id)]);
        json.Texts("mitre_technique_id"u8, rule.AttackTechniques);
        json.Texts("updated_at"u8, rule.Modified is null ? [] : [rule.Modified]);
        json.Writer.WriteEndObject();
    }

    /// <summary>Suricata's priorities: 1 is the highest.</summary>
    private static int Severity(AlertLevel level) => level switch
    {
        AlertLevel.Critical or AlertLevel.High => 1,
        AlertLevel.Medium => 2,
        AlertLevel.Low => 3,
        _ => 4,
    };
}

/// <summary>The message, in version 3 of Suricata's DNS log.</summary>
internal static class EveDns
{
    // RFC 6895 §2.2; in the order of the numbers.
    private static readonly string[] Opcodes = ["QUERY", "IQUERY", "STATUS", "", "NOTIFY", "UPDATE", "DSO"];

    public static void Write(MemberWriter json, AlertMessage message)
    {
        json.Writer.WriteStartObject("dns"u8);
        json.Number("version"u8, 3);
        json.Text("type"u8, message.IsResponse ? "response" : "request");
        json.Number("id"u8, message.Id);
        json.Flag("qr"u8, message.IsResponse);
        json.Flag("aa"u8, message.HeaderFlags.Contains("AA"));
        json.Flag("tc"u8, message.HeaderFlags.Contains("TC"));
        json.Flag("rd"u8, message.HeaderFlags.Contains("RD"));
        json.Flag("ra"u8, message.HeaderFlags.Contains("RA"));
        var opcode = message.Opcode.Length == 0 ? -1 : Array.IndexOf(Opcodes, message.Opcode);
        json.Number("opcode"u8, opcode < 0 ? null : opcode);
        json.Text("rcode"u8, message.ResponseCode);
        if (message.QuestionName is not null)
        {
            json.Writer.WriteStartArray("queries"u8);
            json.Writer.WriteStartObject();
            json.Writer.WritePropertyName("rrname"u8);
            json.Value(message.QuestionName);
            json.Text("rrtype"u8, message.QuestionType);
            json.Writer.WriteEndObject();
            json.Writer.WriteEndArray();
        }

        if (message.Answers.Count > 0)
        {
            WriteAnswers(json, message.Answers);
        }

        json.Writer.WriteEndObject();
    }

    private static void WriteAnswers(MemberWriter json, IReadOnlyList<AlertAnswer> answers)
    {
        json.Writer.WriteStartArray("answers"u8);
        for (var index = 0; index < Math.Min(answers.Count, EcsDns.MaximumAnswers); index++)
        {
            json.Writer.WriteStartObject();
            json.Text("rrname"u8, answers[index].Name);
            json.Text("rrtype"u8, answers[index].Type);
            json.Number("ttl"u8, answers[index].TimeToLive);
            json.Text("rdata"u8, answers[index].Data);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }
}
