using System.Globalization;
using System.Text.Json;

namespace WireDns.Wire.Tests.Net;

/// <summary>A message as a capture's expectation names it, as far as it can be seen below DNS.</summary>
internal sealed record ExpectedMessage(string Key, long? Frame, string? Time)
{
    public static ExpectedMessage Read(JsonElement message) => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{message.GetProperty("transport")} {message.GetProperty("src")}:{message.GetProperty("sport")} {message.GetProperty("dst")}:{message.GetProperty("dport")} {message.GetProperty("id")}"),
        message.TryGetProperty("frame", out var frame) && frame.ValueKind == JsonValueKind.Number ? frame.GetInt64() : null,
        message.TryGetProperty("ts", out var time) && time.ValueKind == JsonValueKind.String ? time.GetString() : null);

    public static string KeyOf(DecodedPayload payload) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(payload.Transport == Wire.Net.Transport.Udp ? "udp" : "tcp")} {payload.Source}:{payload.SourcePort} {payload.Destination}:{payload.DestinationPort} {payload.Id}");
}
