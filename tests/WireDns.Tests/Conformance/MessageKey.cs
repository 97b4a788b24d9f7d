using System.Globalization;
using System.Net;
using System.Text.Json;
using WireDns.Wire.Dns;

namespace WireDns.Tests.Conformance;

/// <summary>What tells one message from another when two decoders are compared: ends, transport, id, direction and questions.</summary>
internal sealed record MessageKey(string Ends, string Questions)
{
    public static MessageKey Of(JsonElement message) => new(
        string.Join(
            ' ',
            message.GetProperty("transport"), Address(message, "src"), message.GetProperty("sport"), ">",
            Address(message, "dst"), message.GetProperty("dport"), "id", message.GetProperty("id"), "qr", message.GetProperty("qr")),
        string.Join(' ', message.GetProperty("questions").EnumerateArray().Select(Question)));

    /// <summary>The number of a type that is given as a number or as a mnemonic.</summary>
    public static int TypeNumber(JsonElement type)
    {
        if (type.ValueKind == JsonValueKind.Number)
        {
            return type.GetInt32();
        }

        var text = type.GetString()!;
        return text.StartsWith("TYPE", StringComparison.Ordinal)
            ? int.Parse(text.AsSpan(4), CultureInfo.InvariantCulture)
            : text == "ANY" ? 255 : (int)Enum.Parse<DnsRecordType>(text.Replace("-", "", StringComparison.Ordinal));
    }

    private static string Question(JsonElement question) =>
        $"{WireName.Canonical(question.GetProperty("name").GetString() ?? "")}/{TypeNumber(question.GetProperty("type"))}";

    private static IPAddress Address(JsonElement message, string property) => IPAddress.Parse(message.GetProperty(property).GetString()!);
}
