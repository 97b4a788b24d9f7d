using System.Buffers;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Signals;

/// <summary>A signal as a JSON object on one line, version 1: docs/fleet.md explains each member. Reads it, too.</summary>
/// <param name="sensor">The sensor's name.</param>
public sealed class SignalFormat(string sensor) : IMessageFormat
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    // DNS messages have at most 65,535 octets.
    private const int LongestMessage = 65_535;
    private const int MostItems = 64;

    // Of a path; anything longer is no name of a file, rule or sensor.
    private const int LongestText = 4096;
    private const int DigestLength = 32;

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is CorrelationSignal;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var signal = (CorrelationSignal)notification;
        using var writer = JsonLine.Begin(output);
        var json = new MemberWriter(writer);
        json.Number("wiredns_signal"u8, Version);
        json.Text("sensor"u8, sensor);
        json.Text("correlation"u8, signal.Correlation);
        json.Text("digest"u8, signal.Digest);
        json.Text("rule"u8, signal.Rule);
        json.Text("lookup"u8, signal.Lookup);
        if (signal.GroupValues.Count > 0)
        {
            writer.WriteStartObject("group"u8);
            foreach (var value in signal.GroupValues)
            {
                writer.WritePropertyName(value.Field);
                json.Value(value.Value);
            }

            writer.WriteEndObject();
        }

        json.Number("group_index"u8, signal.Group > 0 ? signal.Group : null);
        json.Time("decided"u8, signal.DecidedAt);
        json.Time("ts"u8, signal.UnixTimeNanoseconds);
        json.Text("source"u8, signal.Source.Address);
        json.Number("source_port"u8, signal.Source.Port);
        json.Text("destination"u8, signal.Destination.Address);
        json.Number("destination_port"u8, signal.Destination.Port);
        json.Text("transport"u8, signal.Transport);
        json.Number("frame"u8, signal.PacketNumber);
        json.Number("query_frame"u8, signal.QueryPacketNumber > 0 ? signal.QueryPacketNumber : null);
        json.Number("query_flags"u8, signal.QueryFlags);
        json.Number("rtt_ns"u8, signal.RoundTripNanoseconds);
        json.Text("file"u8, signal.File);
        json.Text("interface"u8, signal.Interface);
        if (signal.VlanIds.Count > 0)
        {
            writer.WriteStartArray("vlan"u8);
            foreach (var id in signal.VlanIds)
            {
                writer.WriteNumberValue(id);
            }

            writer.WriteEndArray();
        }

        json.Texts("tunnel"u8, signal.Tunnels);
        json.Flag("truncated"u8, signal.IsTruncated);
        json.Flag("overlap"u8, signal.HasOverlap);
        writer.WriteBase64String("message"u8, signal.Message.Span);
        return JsonLine.End(writer);
    }

    /// <summary>Reads a signal.</summary>
    /// <param name="key">The key of its record.</param>
    /// <param name="json">What <see cref="Write"/> wrote, or anything else.</param>
    /// <param name="reason">What is wrong with it, in words without anything of it; empty if nothing is.</param>
    /// <returns>Null if it is none.</returns>
    public static CorrelationSignal? TryRead(string key, ReadOnlyMemory<byte> json, out string reason)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 4 });
            reason = "";
            return Read(key, document.RootElement);
        }
        catch (JsonException)
        {
            reason = "it is no JSON object";
        }
        catch (FormatException exception)
        {
            reason = exception.Message;
        }

        return null;
    }

    private static CorrelationSignal Read(string key, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("wiredns_signal"u8, out var version))
        {
            throw new FormatException("it is no signal");
        }

        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version)
        {
            throw new FormatException("it is a signal of another version");
        }

        var signal = new CorrelationSignal
        {
            Id = key.Length == DigestLength ? key : throw Wrong("its key"),
            Sensor = Text(json, "sensor"),
            Correlation = Text(json, "correlation"),
            Digest = Text(json, "digest"),
            Rule = Text(json, "rule"),
            Lookup = Text(json, "lookup") is { Length: DigestLength } lookup ? lookup : throw Wrong("lookup"),
            Group = (int)(Number(json, "group_index", 0, MostItems) ?? 0),
            DecidedAt = Time(json, "decided"),
            UnixTimeNanoseconds = Time(json, "ts"),
            Source = Endpoint(json, "source"),
            Destination = Endpoint(json, "destination"),
            Transport = Text(json, "transport"),
            PacketNumber = Number(json, "frame", 0, long.MaxValue) ?? 0,
            QueryPacketNumber = Number(json, "query_frame", 0, long.MaxValue) ?? 0,
            QueryFlags = (int?)Number(json, "query_flags", 0, ushort.MaxValue),
            RoundTripNanoseconds = Number(json, "rtt_ns", long.MinValue, long.MaxValue),
            File = OptionalText(json, "file"),
            Interface = OptionalText(json, "interface"),
            VlanIds = [.. Items(json, "vlan").Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetUInt16(out var id) ? id : throw Wrong("vlan"))],
            Tunnels = [.. Items(json, "tunnel").Select(item => item.ValueKind == JsonValueKind.String ? TextOf(item, "tunnel") : throw Wrong("tunnel"))],
            IsTruncated = IsTrue(json, "truncated"),
            HasOverlap = IsTrue(json, "overlap"),
            Message = json.TryGetProperty("message"u8, out var message) && message.ValueKind == JsonValueKind.String && message.TryGetBytesFromBase64(out var octets)
                && octets.Length <= LongestMessage ? octets : throw Wrong("message"),
        };
        return signal.Transport is not ("udp" or "tcp") ? throw Wrong("transport") : signal.UnixTimeNanoseconds > signal.DecidedAt ? throw Wrong("decided") : signal;
    }

    private static AlertEndpoint Endpoint(JsonElement json, string name) => System.Net.IPAddress.TryParse(Text(json, name), out var address)
        ? new AlertEndpoint(address.ToString(), (int)(Number(json, name + "_port", 0, ushort.MaxValue) ?? throw Wrong(name + "_port")))
        : throw Wrong(name);

    private static string Text(JsonElement json, string name) => OptionalText(json, name) ?? throw Wrong(name);

    private static string? OptionalText(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? TextOf(value, name) : throw Wrong(name);

    // Half of a surrogate pair is no text.
    private static string TextOf(JsonElement value, string name)
    {
        try
        {
            var text = value.GetString()!;
            return text.Length <= LongestText ? text : throw Wrong(name);
        }
        catch (InvalidOperationException)
        {
            throw Wrong(name);
        }
    }

    private static long? Number(JsonElement json, string name, long least, long largest) => !json.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= largest ? number : throw Wrong(name);

    private static long Time(JsonElement json, string name) => Timestamp.TryParse(Text(json, name), out var nanoseconds) ? nanoseconds : throw Wrong(name);

    private static bool IsTrue(JsonElement json, string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static JsonElement[] Items(JsonElement json, string name) => !json.TryGetProperty(name, out var value) ? []
        : value.ValueKind == JsonValueKind.Array && value.GetArrayLength() <= MostItems ? [.. value.EnumerateArray()] : throw Wrong(name);

    private static FormatException Wrong(string name) => new($"{name} is missing or wrong");
}
