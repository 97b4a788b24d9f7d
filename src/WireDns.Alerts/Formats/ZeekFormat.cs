using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace WireDns.Alerts.Formats;

/// <summary>
/// One JSON object on one line per alert, as Zeek writes notice.log with <c>LogAscii::use_json</c>: <c>note</c> tells the kinds apart
/// (<c>WireDns::Rule_Match</c>, <c>Repeats</c>, <c>Correlation_End</c>, <c>Anomaly</c>, <c>Sensor_State</c>). Names of further fields begin with
/// <c>wiredns_</c>. ASCII; docs/formats/zeek.schema.json has all members.
/// </summary>
/// <param name="sensor">Name of the host that runs the sensor (<c>peer_descr</c>), or null to leave it out.</param>
/// <param name="time">The clock for packets that have no time of their own; by default the system's.</param>
public sealed class ZeekFormat(string? sensor = null, TimeProvider? time = null) : ICuttableFormat
{
    private static readonly JsonCut Shortened = new(
        "wiredns_cut",
        core: ["ts", "note"],
        important: ["msg", "sub", "src", "dst", "p", "wiredns_alert", "wiredns_rule", "wiredns_level"]);

    private readonly TimeProvider _clock = time ?? TimeProvider.System;

    /// <inheritdoc/>
    public bool Write(Alert alert, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        WriteTime(writer, alert.UnixTimeNanoseconds ?? Timestamp.Now(_clock));
        var areEndsKnown = alert.Client.Port != AlertEndpoint.UnknownPort && alert.Server.Port != AlertEndpoint.UnknownPort;
        if (areEndsKnown)
        {
            json.Text("id.orig_h"u8, alert.Client.Address);
            json.Number("id.orig_p"u8, alert.Client.Port);
            json.Text("id.resp_h"u8, alert.Server.Address);
            json.Number("id.resp_p"u8, alert.Server.Port);
        }

        json.Text("proto"u8, alert.Transport);
        json.Text("note"u8, Note(alert));
        json.Text("msg"u8, Sentence.Of(alert));
        json.Text("sub"u8, alert.Message.QuestionName ?? alert.Repeats?.Domain);
        json.Text("src"u8, alert.Client.Address);
        json.Text("dst"u8, alert.Server.Address);
        json.Number("p"u8, areEndsKnown ? alert.Server.Port : null);
        json.Number("n"u8, alert.Repeats?.Count ?? alert.Correlation?.Extent?.Events);
        WriteTail(json);
        json.Text("community_id"u8, alert.CommunityId);
        WriteOwn(json, alert);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    /// <remarks><c>note</c> is <c>WireDns::Sensor_State</c>.</remarks>
    public bool Write(SensorEvent sensorEvent, IBufferWriter<byte> output)
    {
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        WriteTime(writer, sensorEvent.UnixTimeNanoseconds);
        json.Text("note"u8, "WireDns::Sensor_State");
        json.Text("msg"u8, Sentence.Of(sensorEvent));
        json.Text("sub"u8, sensorEvent.State);
        WriteTail(json);
        json.Text("wiredns_alert"u8, sensorEvent.Id);
        json.Text("wiredns_level"u8, sensorEvent.Level.Name());
        json.Text("wiredns_part"u8, sensorEvent.Part);
        json.Text("wiredns_interface"u8, sensorEvent.Interface);
        json.Text("wiredns_state"u8, sensorEvent.State);
        json.Texts("wiredns_causes"u8, sensorEvent.Cause?.Split(',') ?? []);
        json.Text("wiredns_reason"u8, sensorEvent.Reason);
        json.Text("wiredns_previous_state"u8, sensorEvent.PreviousState);
        json.Number("wiredns_previous_seconds"u8, sensorEvent.PreviousSeconds);
        json.Number("wiredns_user_id"u8, sensorEvent.UserId);
        return JsonLine.End(writer);
    }

    /// <inheritdoc/>
    public int Cut(ReadOnlySpan<byte> message, int maximumLength, IBufferWriter<byte> output) => Shortened.Write(message, maximumLength, output);

    private static string Note(Alert alert) => "WireDns::" + alert switch
    {
        { Repeats: not null } => "Repeats",
        { Anomaly: not null } => "Anomaly",
        { Correlation.Extent: not null } => "Correlation_End",
        { Correlation: not null } => "Correlation",
        _ => "Rule_Match",
    };

    private static void WriteOwn(MemberWriter json, Alert alert)
    {
        var message = alert.Message;
        json.Text("wiredns_alert"u8, alert.Id);
        json.Text("wiredns_rule"u8, alert.Rule.Id);
        json.Text("wiredns_title"u8, alert.Anomaly is null ? alert.Rule.Title : null);
        json.Text("wiredns_level"u8, alert.Rule.Level.Name());
        json.Texts("wiredns_tags"u8, alert.Rule.Tags);
        if (!ReferenceEquals(message, AlertMessage.None))
        {
            json.Number("wiredns_trans_id"u8, message.Id);
            json.Text("wiredns_query"u8, message.QuestionName);
            json.Text("wiredns_qtype_name"u8, message.QuestionType);
            json.Text("wiredns_rcode_name"u8, message.ResponseCode);
            json.Texts("wiredns_answers"u8, [.. message.Answers.Take(EcsDns.MaximumAnswers).Select(answer => answer.Data)]);
        }

        json.Text("wiredns_anomaly"u8, alert.Anomaly is { } anomaly ? $"{anomaly.Kind} {anomaly.Reason}" : null);
        json.Texts("wiredns_indicators"u8, [.. alert.Indicators.Select(IndicatorText.Of)]);
        json.Texts("wiredns_names"u8, alert.Repeats?.Names ?? []);
        json.Text("wiredns_file"u8, alert.File);
        json.Text("wiredns_interface"u8, alert.Interface);
        json.Number("wiredns_packet"u8, alert.PacketNumber);
    }

    private void WriteTail(MemberWriter json)
    {
        json.Text("peer_descr"u8, sensor);
        json.Texts("actions"u8, ["Notice::ACTION_LOG"]);
    }

    /// <summary>Seconds since the epoch with six decimals, as Zeek writes them.</summary>
    private static void WriteTime(Utf8JsonWriter writer, long nanoseconds)
    {
        var microseconds = (nanoseconds / 1000) - (nanoseconds % 1000 < 0 ? 1 : 0);
        var text = string.Create(CultureInfo.InvariantCulture, $"{(decimal)microseconds / 1_000_000:0.000000}");
        writer.WritePropertyName("ts"u8);
        writer.WriteRawValue(Encoding.ASCII.GetBytes(text), skipInputValidation: true);
    }
}
