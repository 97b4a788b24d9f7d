using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.LookupFormats;

/// <summary>
/// A line of Zeek's dns.log per lookup: the fields of Zeek 8 in its order, as text with tabs or as JSON. Needs lookups with <see cref="DnsLookup.Zeek"/>.
/// Where WireDns tells more than Zeek does, docs/lookup-log.md says so.
/// </summary>
/// <param name="isJson">Whether the lines are JSON objects, which leave out fields without a value.</param>
public sealed class ZeekLookupFormat(bool isJson) : IMessageFormat
{
    private const string Fields = "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto trans_id rtt query qclass qclass_name qtype qtype_name rcode rcode_name AA TC RD RA Z answers "
        + "TTLs rejected opcode opcode_name";

    private const string Types = "time string addr port addr port enum count interval string count string count string count string bool bool bool bool count vector[string] "
        + "vector[interval] bool count string";

    /// <summary>Whether the lines are text with tabs.</summary>
    public bool IsText => !isJson;

    /// <summary>What a file of text starts with, as Zeek's reader of logs wants it.</summary>
    /// <param name="now">When the file is opened.</param>
    public static string Header(DateTimeOffset now) =>
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
        + string.Create(CultureInfo.InvariantCulture, $"#open\t{now.UtcDateTime:yyyy-MM-dd-HH-mm-ss}\n")
        + $"#fields\t{Fields.Replace(' ', '\t')}\n#types\t{Types.Replace(' ', '\t')}\n";

    /// <inheritdoc/>
    public bool Takes(Notification notification) => notification is DnsLookup;

    /// <inheritdoc/>
    public bool Write(Notification notification, IBufferWriter<byte> output)
    {
        var lookup = (DnsLookup)notification;
        var zeek = lookup.Zeek ?? throw new InvalidOperationException("the lookup was made without Zeek's words");
        if (isJson)
        {
            using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
            writer.WriteStartObject();
            Write(lookup, zeek, new JsonColumns(writer));
            writer.WriteEndObject();
            writer.Flush();
        }
        else
        {
            Write(lookup, zeek, new TextColumns(output));
        }

        return true;
    }

    private static void Write<TColumns>(DnsLookup lookup, LookupInZeek zeek, TColumns columns)
        where TColumns : IColumns
    {
        // TC, RD and Z are the query's, AA and RA the response's.
        var queryFlags = (lookup.Query ?? lookup.Response)?.Flags ?? 0;
        var responseFlags = lookup.Response?.Flags ?? 0;
        columns.Seconds("ts", lookup.UnixTimeNanoseconds ?? 0);
        columns.Text("uid", zeek.ConnectionId);
        columns.Text("id.orig_h", lookup.Client.Address);
        columns.Number("id.orig_p", lookup.Client.Port);
        columns.Text("id.resp_h", lookup.Server.Address);
        columns.Number("id.resp_p", lookup.Server.Port);
        columns.Text("proto", lookup.Transport);
        columns.Number("trans_id", lookup.MessageId);
        columns.Seconds("rtt", lookup.RoundTripNanoseconds);
        columns.Text("query", zeek.Query);
        columns.Number("qclass", lookup.Question?.Class.Number);
        columns.Text("qclass_name", zeek.Question?.Class);
        columns.Number("qtype", lookup.Question?.Type.Number);
        columns.Text("qtype_name", zeek.Question?.Type);
        columns.Number("rcode", lookup.Response is null ? null : responseFlags & 0xf);
        columns.Text("rcode_name", zeek.ResponseCode);
        columns.Flag("AA", (responseFlags & 0x400) != 0);
        columns.Flag("TC", (queryFlags & 0x200) != 0);
        columns.Flag("RD", (queryFlags & 0x100) != 0);
        columns.Flag("RA", (responseFlags & 0x80) != 0);
        columns.Number("Z", (queryFlags >> 4) & 7);
        columns.Texts("answers", zeek.Answers);
        columns.Intervals("TTLs", zeek.Answers);
        columns.Flag("rejected", zeek.IsRejected);
        columns.Number("opcode", lookup.Opcode.Number);
        columns.Text("opcode_name", zeek.Opcode);
    }

    private interface IColumns
    {
        public void Text(string name, string? value);

        public void Number(string name, long? value);

        public void Seconds(string name, long? nanoseconds);

        public void Flag(string name, bool value);

        public void Texts(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers);

        public void Intervals(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers);
    }

    private static string Decimal(long nanoseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{nanoseconds / 1000 % 1_000_000:D6}");

    /// <summary>Columns with tabs between them. A text that reads as the marks for unset and empty gets an escape, as Zeek has it.</summary>
    private readonly struct TextColumns(IBufferWriter<byte> output) : IColumns
    {
        public void Text(string name, string? value) => Add(name, value is null ? "-" : Escape(value, isElement: false));

        public void Number(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture) ?? "-");

        public void Seconds(string name, long? nanoseconds) => Add(name, nanoseconds is { } value ? Decimal(value) : "-");

        public void Flag(string name, bool value) => Add(name, value ? "T" : "F");

        public void Texts(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers) =>
            Add(name, answers.Count == 0 ? "-" : string.Join(',', answers.Select(answer => Escape(answer.Data, isElement: true))));

        public void Intervals(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers) => Add(
            name, answers.Count == 0 ? "-" : string.Join(',', answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.TimeToLive}.000000"))));

        private void Add(string name, string value)
        {
            if (name != "ts")
            {
                output.Write("\t"u8);
            }

            output.Advance(Encoding.ASCII.GetBytes(value, output.GetSpan(value.Length)));
        }

        private static string Escape(string value, bool isElement) => value switch
        {
            "" => "(empty)",
            "-" => "\\x2d",
            "(empty)" => "\\x28empty)",
            _ when isElement => value.Replace(",", "\\x2c", StringComparison.Ordinal),
            _ => value,
        };
    }

    /// <summary>Members of an object; fields without a value are left out.</summary>
    private readonly struct JsonColumns(Utf8JsonWriter json) : IColumns
    {
        public void Text(string name, string? value)
        {
            if (value is not null)
            {
                json.WriteString(name, value);
            }
        }

        public void Number(string name, long? value)
        {
            if (value is { } number)
            {
                json.WriteNumber(name, number);
            }
        }

        public void Seconds(string name, long? nanoseconds)
        {
            if (nanoseconds is { } value)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(Decimal(value), skipInputValidation: true);
            }
        }

        public void Flag(string name, bool value) => json.WriteBoolean(name, value);

        public void Texts(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers)
        {
            if (answers.Count > 0)
            {
                json.WriteStartArray(name);
                foreach (var (data, _) in answers)
                {
                    json.WriteStringValue(data);
                }

                json.WriteEndArray();
            }
        }

        public void Intervals(string name, IReadOnlyList<(string Data, uint TimeToLive)> answers)
        {
            if (answers.Count > 0)
            {
                json.WriteStartArray(name);
                foreach (var (_, timeToLive) in answers)
                {
                    json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"{timeToLive}.0"), skipInputValidation: true);
                }

                json.WriteEndArray();
            }
        }
    }
}
