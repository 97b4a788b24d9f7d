using System.Buffers;
using System.Globalization;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.LookupFormats;

/// <summary>A JSON object (RFC 8259) on one line per lookup, in the words of <c>wiredns decode</c>; ASCII. docs/lookup-log.md explains each member.</summary>
public sealed class JsonLookupFormat : IMessageFormat
{
    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is DnsLookup;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var lookup = (DnsLookup)notification;
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        json.Text("event"u8, "lookup");
        json.Text("uid"u8, lookup.Id);
        WritePlace(json, lookup);
        json.Number("id"u8, lookup.MessageId);
        json.Text("opcode"u8, lookup.Opcode.Text);
        if (lookup.Question is { } question)
        {
            json.Text("name"u8, question.Name);
            json.Text("type"u8, question.Type.Text);
            json.Text("class"u8, question.Class.Text);
        }

        WriteMessages(json, lookup);
        WriteAnswers(json, lookup);
        return JsonLine.End(writer);
    }

    private static void WritePlace(MemberWriter json, DnsLookup lookup)
    {
        Span<byte> time = stackalloc byte[Timestamp.MaximumLength];
        if (lookup.UnixTimeNanoseconds is { } nanoseconds)
        {
            json.Writer.WriteString("ts"u8, time[..Timestamp.Format(time, nanoseconds, decimals: 9)]);
        }

        json.Text("file"u8, lookup.File);
        json.Text("interface"u8, lookup.Interface);
        json.Text("client"u8, lookup.Client.Address);
        json.Number("client_port"u8, lookup.Client.Port);
        json.Text("server"u8, lookup.Server.Address);
        json.Number("server_port"u8, lookup.Server.Port);
        json.Text("transport"u8, lookup.Transport);
        json.Text("community_id"u8, lookup.CommunityId);
        if (lookup.VlanIds.Count > 0)
        {
            json.Writer.WriteStartArray("vlan"u8);
            foreach (var id in lookup.VlanIds)
            {
                json.Writer.WriteNumberValue(id);
            }

            json.Writer.WriteEndArray();
        }

        json.Texts("tunnel"u8, lookup.Tunnels);
    }

    private static void WriteMessages(MemberWriter json, DnsLookup lookup)
    {
        if (lookup.Query is { } query)
        {
            json.Number("query_frame"u8, query.PacketNumber);
            json.Text("query_flags"u8, Flags(query.Flags));
            json.Text("query_malformed"u8, query.Malformed);
            json.Flag("query_truncated"u8, query.IsTruncated);
            json.Number("queries"u8, lookup.Queries > 1 ? lookup.Queries : null);
        }

        if (lookup.Response is { } response)
        {
            json.Number("response_frame"u8, response.PacketNumber);
            json.Text("response_flags"u8, Flags(response.Flags));
            json.Text("response_malformed"u8, response.Malformed);
            json.Flag("response_truncated"u8, response.IsTruncated);
            json.Flag("further_response"u8, lookup.IsFurtherResponse);
            json.Text("rcode"u8, lookup.ResponseCode?.Text);
        }

        if (lookup.RoundTripNanoseconds is { } nanoseconds)
        {
            json.Writer.WritePropertyName("rtt"u8);
            json.Writer.WriteNumberValue(nanoseconds / 1_000_000_000m);
        }
    }

    private static string Flags(int flags) => string.Create(CultureInfo.InvariantCulture, $"0x{flags:x4}");

    private static void WriteAnswers(MemberWriter json, DnsLookup lookup)
    {
        if (lookup.Response is null)
        {
            return;
        }

        json.Writer.WriteStartArray("answers"u8);
        foreach (var answer in lookup.Answers)
        {
            json.Writer.WriteStartObject();
            json.Text("name"u8, answer.Name);
            json.Text("type"u8, answer.Type);
            json.Text("class"u8, answer.Class);
            json.Number("ttl"u8, answer.TimeToLive);
            json.Writer.WritePropertyName("data"u8);
            json.Value(answer.Data);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
        json.Number("answers_left_out"u8, lookup.AnswersLeftOut > 0 ? lookup.AnswersLeftOut : null);
    }
}
