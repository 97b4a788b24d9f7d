using System.Buffers;
using System.Globalization;
using System.Text.Json;
using WireDns.Alerts;

namespace WireDns.Reporting;

/// <summary>
/// A part of an alert as a JSON object for a report: ASCII without the characters of HTML, every text made printable.
/// </summary>
internal sealed class AlertFragment : IDisposable
{
    private const int MaximumPackets = 6;
    private const int MaximumOctets = 1024;
    private const int MaximumAnswers = 20;
    private const int MaximumEvents = 20;
    private const int MaximumReasons = 20;

    // Characters of a value before and after what matched, and of what matched itself.
    private const int MaximumContext = 200;
    private const int MaximumMatch = 500;

    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json;

    private AlertFragment() => _json = new Utf8JsonWriter(_buffer);

    /// <summary>What stands in a line for an alert.</summary>
    public static byte[] Row(Alert alert)
    {
        using var fragment = new AlertFragment();
        fragment.Write(alert);
        return fragment.End();
    }

    /// <summary>Why an alert was raised, its answers, and its packets.</summary>
    /// <param name="evidence">The alert with its packets.</param>
    /// <param name="lookup">The lookup with the response, where the query raised the alert and the response came later; else null.</param>
    public static byte[] Evidence(AlertEvidence evidence, DnsLookup? lookup)
    {
        using var fragment = new AlertFragment();
        fragment.Write(evidence, lookup);
        return fragment.End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private byte[] End()
    {
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan.ToArray();
    }

    private void Write(Alert alert)
    {
        _json.WriteStartObject();
        _json.WriteString("id"u8, alert.Id);
        Text("time"u8, ReportText.Time(alert.UnixTimeNanoseconds));
        Text("name"u8, alert.Message.QuestionName);
        Text("type"u8, alert.Message.QuestionType);
        Text("message"u8, alert.Message.IsResponse ? $"response/{alert.Message.ResponseCode}" : "query");
        Text("client"u8, ReportText.End(alert.Client));
        Text("server"u8, ReportText.End(alert.Server));
        Text("transport"u8, alert.Transport);
        Text("file"u8, alert.File);
        _json.WriteNumber("packet"u8, alert.PacketNumber);
    }

    private void Write(AlertEvidence evidence, DnsLookup? lookup)
    {
        var alert = evidence.Alert;
        _json.WriteStartObject();
        _json.WriteStartArray("reasons"u8);
        foreach (var reason in alert.Reasons.Take(MaximumReasons))
        {
            Write(reason);
        }

        _json.WriteEndArray();
        WriteMessage(alert, lookup);
        if (alert.Correlation is { } correlation)
        {
            Write(correlation);
        }

        _json.WriteStartArray("packets"u8);
        var name = NameOctets.Of(alert.Message.QuestionName);
        foreach (var packet in evidence.Packets.Take(MaximumPackets))
        {
            Write(packet, name);
        }

        _json.WriteEndArray();
        _json.WriteNumber("furtherPackets"u8, Math.Max(0, evidence.Packets.Count - MaximumPackets));
        Text("missing"u8, evidence.Missing);
    }

    private void Write(AlertReason reason)
    {
        var value = reason.Value;
        var start = Math.Clamp(reason.Start, 0, value.Length);
        var end = Math.Clamp(start + reason.Length, start, value.Length);
        _json.WriteStartObject();
        Text("selection"u8, reason.Selection);
        Text("field"u8, reason.Field);
        Text("modifiers"u8, string.Join('|', reason.Modifiers));
        Text("pattern"u8, Cut(reason.Pattern, MaximumMatch));
        if (!reason.IsAbsent)
        {
            Text("before"u8, start > MaximumContext ? "…" + value[(start - MaximumContext)..start] : value[..start]);
            Text("match"u8, Cut(value[start..end], MaximumMatch));
            Text("after"u8, Cut(value[end..], MaximumContext));
        }

        _json.WriteBoolean("negated"u8, reason.IsNegated);
        _json.WriteBoolean("absent"u8, reason.IsAbsent);
        _json.WriteEndObject();
    }

    private void WriteMessage(Alert alert, DnsLookup? lookup)
    {
        var message = alert.Message;
        var answers = lookup?.Answers ?? message.Answers;
        Text("responseCode"u8, lookup?.ResponseCode?.Text ?? message.ResponseCode);
        _json.WriteStartArray("answers"u8);
        foreach (var answer in answers.Take(MaximumAnswers))
        {
            _json.WriteStartObject();
            Text("name"u8, answer.Name);
            Text("type"u8, answer.Type);
            _json.WriteNumber("ttl"u8, answer.TimeToLive);
            Text("data"u8, Cut(answer.Data, MaximumMatch));
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteNumber("furtherAnswers"u8, Math.Max(0, answers.Count - MaximumAnswers) + (lookup?.AnswersLeftOut ?? 0));
        _json.WriteNumber("dnsId"u8, message.Id);
        Text("opcode"u8, message.Opcode);
        Text("flags"u8, string.Join(' ', message.HeaderFlags));
        Text("roundTrip"u8, (lookup?.RoundTripNanoseconds ?? alert.RoundTripNanoseconds) is { } time
            ? string.Create(CultureInfo.InvariantCulture, $"{time / 1e6:0.###} ms") : null);
        Text("vlans"u8, string.Join(' ', alert.VlanIds));
        Text("tunnels"u8, string.Join(' ', alert.Tunnels));
        Text("interface"u8, alert.Interface);
        Text("communityId"u8, alert.CommunityId);
        Text("malformed"u8, message.Malformed);
        Text("notes"u8, string.Join(", ", Notes(alert)));
    }

    private static IEnumerable<string> Notes(Alert alert)
    {
        if (alert.Message.IsTruncated)
        {
            yield return "cut by the snap length";
        }

        if (alert.Message.HasOverlap)
        {
            yield return "fragments or segments contradict each other";
        }

        if (alert.IsForwarded)
        {
            yield return "passed on by a resolver, so another client asked first";
        }
    }

    private void Write(AlertCorrelation correlation)
    {
        _json.WriteStartObject("correlation"u8);
        Text("what"u8, string.Create(CultureInfo.InvariantCulture, $"{correlation.Type} {correlation.Condition} within {correlation.Timespan}: {correlation.Value:0.##}"));
        Text("group"u8, string.Join(", ", correlation.Group.Select(value => $"{value.Field} = {value.Value}")));
        _json.WriteStartArray("events"u8);
        foreach (var one in correlation.Events.TakeLast(MaximumEvents))
        {
            _json.WriteStartObject();
            Text("time"u8, ReportText.Time(one.UnixTimeNanoseconds));
            Text("client"u8, ReportText.End(one.Client));
            Text("name"u8, one.QuestionName);
            Text("file"u8, one.File);
            _json.WriteNumber("packet"u8, one.PacketNumber);
            _json.WriteEndObject();
        }

        _json.WriteEndArray();
        _json.WriteEndObject();
    }

    private void Write(EvidencePacket packet, byte[]? name)
    {
        var data = packet.Data.Span;
        _json.WriteStartObject();
        _json.WriteNumber("number"u8, packet.Number);
        Text("time"u8, ReportText.Time(packet.UnixTimeNanoseconds));
        Text("part"u8, packet.Part);
        _json.WriteNumber("length"u8, packet.OriginalLength);
        _json.WriteNumber("captured"u8, data.Length);
        _json.WriteString("data"u8, Convert.ToBase64String(data[..Math.Min(data.Length, MaximumOctets)]));
        if (name is not null && data.IndexOf(name) is >= 0 and var start)
        {
            _json.WriteNumber("nameStart"u8, start);
            _json.WriteNumber("nameLength"u8, name.Length);
        }

        _json.WriteEndObject();
    }

    // Absent where there is nothing to say.
    private void Text(ReadOnlySpan<byte> name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            _json.WriteString(name, ReportText.Printable(text));
        }
    }

    private static string Cut(string text, int maximum) => text.Length <= maximum ? text : string.Concat(text.AsSpan(0, maximum), "…");
}
