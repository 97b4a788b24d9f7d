using System.Buffers;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.LookupFormats;

/// <summary>
/// Passive DNS in the Common Output Format (draft-dulaunoy-dnsop-passive-dns-cof): a JSON object per line and record, with the fields that the draft
/// requires, <c>count</c>, and <c>sensor_id</c>. Times are whole seconds since 1970.
/// </summary>
/// <param name="sensor">The sensor's name, or null to leave it out.</param>
public sealed class CofFormat(string? sensor = null) : IMessageFormat
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is PassiveDnsRecord;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var record = (PassiveDnsRecord)notification;
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        json.Text("rrname"u8, record.Name);
        json.Text("rrtype"u8, record.Type);
        writer.WritePropertyName("rdata"u8);
        json.Value(record.Data);
        json.Number("time_first"u8, record.FirstUnixTimeNanoseconds / NanosecondsPerSecond);
        json.Number("time_last"u8, record.LastUnixTimeNanoseconds / NanosecondsPerSecond);
        json.Number("count"u8, record.Count);
        json.Text("sensor_id"u8, sensor);
        return JsonLine.End(writer);
    }
}
