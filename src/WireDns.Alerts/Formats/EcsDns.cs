using System.Globalization;
using System.Text;

namespace WireDns.Alerts.Formats;

/// <summary>The DNS message (ECS field set <c>dns</c>).</summary>
internal static class EcsDns
{
    /// <summary>
    /// The most answers that are written. A message of 64 KiB can hold five thousand, which would make a document that an index refuses
    /// (Elasticsearch allows requests of 100 MB, but ten thousand nested values); <c>wiredns.answers_omitted</c> says how many are missing.
    /// </summary>
    public const int MaximumAnswers = 100;

    public static void Write(MemberWriter json, AlertMessage message)
    {
        json.Writer.WriteStartObject("dns"u8);
        json.Text("id"u8, message.Id.ToString(CultureInfo.InvariantCulture));
        json.Text("type"u8, message.IsResponse ? "answer" : "query");
        json.Text("op_code"u8, message.Opcode);
        json.Text("response_code"u8, message.ResponseCode);
        json.Texts("header_flags"u8, message.IsDnssecOk ? [.. message.HeaderFlags, "DO"] : message.HeaderFlags);
        WriteQuestion(json, message);
        WriteAnswers(json, message.Answers);
        json.Texts("resolved_ip"u8, [.. message.ResolvedAddresses.Where(EcsNetwork.IsAddress).Distinct().Take(MaximumAnswers)]);
        json.Writer.WriteEndObject();
    }

    private static void WriteQuestion(MemberWriter json, AlertMessage message)
    {
        if (message.QuestionName is not { } name)
        {
            return;
        }

        json.Writer.WriteStartObject("question"u8);
        json.Text("name"u8, EscapeName(name));
        json.Text("type"u8, message.QuestionType);
        json.Text("class"u8, message.QuestionClass);
        if (message.RegisteredDomain is { Length: > 0 } domain)
        {
            json.Text("registered_domain"u8, EscapeName(domain));
            json.Text("top_level_domain"u8, EscapeName(domain[AfterFirstLabel(domain)..]));
            json.Text("subdomain"u8, EscapeName(Subdomain(name, domain)));
        }

        json.Writer.WriteEndObject();
    }

    /// <summary>
    /// A name as the schema wants it: presentation form, but with <c>\t</c>, <c>\r</c> and <c>\n</c> for these octets, and a backslash before
    /// quotes. Nothing is lost: no other escape of the form has a letter or a quote.
    /// </summary>
    private static string? EscapeName(string? name)
    {
        if (name is null || !name.AsSpan().ContainsAny('\\', '"'))
        {
            return name;
        }

        var text = new StringBuilder(name.Length + 8);
        for (var index = 0; index < name.Length; index++)
        {
            var rest = name.AsSpan(index);
            if (rest[0] == '"')
            {
                text.Append("\\\"");
            }
            else if (rest[0] != '\\' || rest.Length == 1)
            {
                text.Append(rest[0]);
            }
            else if (rest.StartsWith(@"\009") || rest.StartsWith(@"\010") || rest.StartsWith(@"\013"))
            {
                text.Append('\\').Append(rest[3] switch { '9' => 't', '0' => 'n', _ => 'r' });
                index += 3;
            }
            else
            {
                text.Append(rest[..2]);
                index++;
            }
        }

        return text.ToString();
    }

    /// <summary>Index after the first dot between two labels (a dot inside a label is escaped with a backslash), or the end.</summary>
    private static int AfterFirstLabel(string name)
    {
        for (var index = 0; index < name.Length; index++)
        {
            if (name[index] == '\\')
            {
                index++;
            }
            else if (name[index] == '.')
            {
                return index + 1;
            }
        }

        return name.Length;
    }

    private static string? Subdomain(string name, string domain)
    {
        var length = name.Length - domain.Length - 1;
        return length > 0 && name[length] == '.' && name.EndsWith(domain, StringComparison.OrdinalIgnoreCase) ? name[..length] : null;
    }

    private static void WriteAnswers(MemberWriter json, IReadOnlyList<AlertAnswer> answers)
    {
        if (answers.Count == 0)
        {
            return;
        }

        json.Writer.WriteStartArray("answers"u8);
        for (var index = 0; index < Math.Min(answers.Count, MaximumAnswers); index++)
        {
            var answer = answers[index];
            json.Writer.WriteStartObject();
            json.Text("name"u8, answer.Name);
            json.Text("type"u8, answer.Type);
            json.Text("class"u8, answer.Class);
            json.Number("ttl"u8, answer.TimeToLive);
            json.Text("data"u8, answer.Data);
            json.Writer.WriteEndObject();
        }

        json.Writer.WriteEndArray();
    }
}
