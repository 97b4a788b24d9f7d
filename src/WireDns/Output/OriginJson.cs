using System.Buffers;
using System.Text;
using System.Text.Json;
using WireDns.Alerts.Formats;
using WireDns.Detection.Anomalies;
using WireDns.Detection.Messages;
using WireDns.Wire.Net;

namespace WireDns.Output;

/// <summary>Where a message or an anomaly is, as members of a JSON object (docs/decode.md). Does not allocate, but for names that must be escaped.</summary>
internal static class OriginJson
{
    /// <summary>Writes file, number, time and interface of the packet, its two ends as far as they are known, tags and tunnels.</summary>
    public static void Write(Utf8JsonWriter json, in PayloadOrigin origin, KnownEnds known, PacketSource source)
    {
        Span<byte> text = stackalloc byte[64];
        if (source.FileOf(origin.InterfaceIndex) is { } file)
        {
            json.WriteString("file"u8, PrintableAscii(file));
        }

        json.WriteNumber("frame"u8, origin.PacketNumber);
        if (origin.Time.HasValue)
        {
            origin.Time.TryFormat(text, out var length);
            json.WriteString("ts"u8, text[..length]);
        }
        else
        {
            json.WriteNull("ts"u8);
        }

        if (source.InterfaceName(origin.InterfaceIndex) is { } name)
        {
            json.WriteString("interface"u8, PrintableAscii(name));
        }

        WriteEnds(json, origin, known, text);
        WriteTags(json, origin);
    }

    private static void WriteEnds(Utf8JsonWriter json, in PayloadOrigin origin, KnownEnds known, Span<byte> text)
    {
        if (known >= KnownEnds.Addresses)
        {
            WriteAddress(json, "src"u8, origin.Source, text);
            WriteAddress(json, "dst"u8, origin.Destination, text);
        }

        if (known >= KnownEnds.Ports)
        {
            json.WriteNumber("sport"u8, origin.SourcePort);
            json.WriteNumber("dport"u8, origin.DestinationPort);
            json.WriteString("transport"u8, origin.Transport == Transport.Udp ? "udp"u8 : "tcp"u8);
        }
    }

    private static void WriteTags(Utf8JsonWriter json, in PayloadOrigin origin)
    {
        if (!origin.VlanIds.IsEmpty)
        {
            json.WriteStartArray("vlan"u8);
            foreach (var id in origin.VlanIds)
            {
                json.WriteNumberValue(id);
            }

            json.WriteEndArray();
        }

        if (!origin.Tunnels.IsEmpty)
        {
            json.WriteStartArray("tunnel"u8);
            foreach (var tunnel in origin.Tunnels)
            {
                json.WriteStringValue(tunnel.Kind.ToName());
            }

            json.WriteEndArray();
        }
    }

    private static void WriteAddress(Utf8JsonWriter json, ReadOnlySpan<byte> property, NetAddress address, Span<byte> text)
    {
        address.TryFormat(text, out var length);
        json.WriteString(property, text[..length]);
    }

    // The name comes from the file; as an escaped ASCII text it cannot turn a terminal's writing around.
    private static string PrintableAscii(string text)
    {
        if (Ascii.IsValid(text) && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text;
        }

        var escaped = new ArrayBufferWriter<byte>();
        SafeText.Write(escaped, text, SafeTextMode.Line, asciiOnly: true);
        return Encoding.ASCII.GetString(escaped.WrittenSpan);
    }
}

/// <summary>An anomaly as a JSON object (docs/decode.md).</summary>
internal static class AnomalyJson
{
    /// <summary>Writes the object: what is wrong, where, and of how many packets.</summary>
    public static void Write(Utf8JsonWriter json, in Anomaly anomaly, PacketSource source)
    {
        json.WriteStartObject();
        json.WriteString("anomaly"u8, anomaly.Kind.ToCounter());
        json.WriteString("reason"u8, anomaly.Reason);
        OriginJson.Write(json, anomaly.Origin, anomaly.Known, source);
        if (anomaly.Kind == AnomalyKind.Malformed)
        {
            json.WriteNumber("offset"u8, anomaly.Message.Verdict.ErrorOffset);
        }
        else if (anomaly.Origin.PacketCount > 1)
        {
            json.WriteNumber("packets"u8, anomaly.Origin.PacketCount);
        }

        json.WriteEndObject();
    }
}
