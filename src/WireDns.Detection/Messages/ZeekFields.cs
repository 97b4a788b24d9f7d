using System.Globalization;
using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>
/// Extra values of fields, for rules on Zeek's dns.log, where Zeek writes something differently: its words, <c>\x00</c> for what cannot be printed,
/// TXT records with their length, and the owner of an answer as the query if a response has no question (mDNS). Computed when a rule asks.
/// </summary>
/// <param name="text">The buffer for the texts.</param>
/// <param name="isForLog">
/// Whether the texts are for a log rather than for rules: names in lower case, as Zeek has them, and a backslash doubled, so that texts can be had back exactly.
/// </param>
internal sealed class ZeekFields(TextBuffer text, bool isForLog = false)
{
    /// <summary>Ids of these fields start here: the id of a field is this number plus the <see cref="DnsField"/> that it adds values to.</summary>
    public const int FirstId = 2000;

    private readonly List<TextRange> _names = [];
    private readonly List<TextRange> _answers = [];
    private bool _hasNames;
    private bool _hasAnswers;

    /// <summary>The id of the field that has Zeek's spellings of a field, or null if Zeek spells it as we do.</summary>
    public static int? IdOf(DnsField field) => field is DnsField.QuestionName or DnsField.QuestionType or DnsField.QuestionClass or DnsField.AnswerData
        or DnsField.ResponseCode or DnsField.Opcode or DnsField.Rejected or DnsField.AuthoritativeAnswer or DnsField.TruncatedAnswer
        or DnsField.RecursionDesired or DnsField.RecursionAvailable ? FirstId + (int)field : null;

    /// <summary>Forgets the values, because another message is loaded.</summary>
    public void Clear()
    {
        if (_hasNames || _hasAnswers)
        {
            _hasNames = _hasAnswers = false;
            _names.Clear();
            _answers.Clear();
        }
    }

    /// <summary>The names of questions with Zeek's escapes, or the first owner name in a response without a question.</summary>
    /// <param name="questions">The questions; those without an escape are skipped.</param>
    /// <param name="message">The response; empty for a query.</param>
    public IReadOnlyList<TextRange> Names(ReadOnlySpan<QuestionText> questions, ReadOnlySpan<byte> message)
    {
        if (_hasNames)
        {
            return _names;
        }

        _hasNames = true;
        foreach (var question in questions)
        {
            if (text[question.Name].Contains((byte)'\\'))
            {
                _names.Add(Rewrite(question.Name));
            }
        }

        var reader = new DnsMessageReader(message);
        if (questions.IsEmpty && !message.IsEmpty && reader.TryReadRecord(out var record) && record.Section == DnsSection.Answer)
        {
            _names.Add(Write(record.Name));
        }

        return _names;
    }

    /// <summary>The data of answers in Zeek's form.</summary>
    public IReadOnlyList<TextRange> Answers(ReadOnlySpan<byte> message)
    {
        if (_hasAnswers)
        {
            return _answers;
        }

        _hasAnswers = true;
        var reader = new DnsMessageReader(message);
        while (reader.TryReadRecord(out var record) && record.Section == DnsSection.Answer)
        {
            var answer = Write(record);
            if (answer.Length > 0)
            {
                _answers.Add(answer);
            }
        }

        return _answers;
    }

    /// <summary>Writes the data of a record as Zeek does; an empty text where that is how the data is written in a zone file.</summary>
    public TextRange Write(in DnsRecord record)
    {
        var start = text.Length;
        WriteAnswer(record);
        return new TextRange(start, text.Length - start);
    }

    private void WriteAnswer(in DnsRecord record)
    {
        switch (record.Type)
        {
            case DnsRecordType.TXT:
                WriteStrings("TXT "u8, record.Data);
                break;
            case DnsRecordType.SPF:
                WriteStrings("SPF "u8, record.Data);
                break;
            case DnsRecordType.NS or DnsRecordType.CNAME or DnsRecordType.PTR or DnsRecordType.MX or DnsRecordType.SOA or DnsRecordType.SRV:
                WriteFirstName(record);
                break;
            case DnsRecordType.RRSIG when record.Data.Length > 18:
                Append("RRSIG "u8);
                Append((record.Data[0] << 8) | record.Data[1]);
                Append(" "u8);
                WriteFirstName(record);
                break;
            case DnsRecordType.DNSKEY when record.Data.Length > 3:
                Append("DNSKEY "u8);
                Append(record.Data[3]);
                break;
            case DnsRecordType.DS when record.Data.Length > 3:
                Append("DS "u8);
                Append(record.Data[2]);
                Append(" "u8);
                Append(record.Data[3]);
                break;
            case DnsRecordType.NSEC3:
                Append("NSEC3"u8);
                break;
            case DnsRecordType.NSEC3PARAM:
                Append("NSEC3PARAM"u8);
                break;
            case DnsRecordType.NSEC:
                Append("NSEC "u8);
                Write(record.Name);
                Append(" "u8);
                WriteFirstName(record);
                break;
            case DnsRecordType.LOC when record.Data.Length > 3:
                Append("LOC:  "u8);
                Append(record.Data[1]);
                Append(" "u8);
                Append(record.Data[2]);
                Append(" "u8);
                Append(record.Data[3]);
                break;
            case DnsRecordType.SSHFP when record.Data.Length > 2:
                Append("SSHFP: "u8);
                foreach (var octet in record.Data[2..])
                {
                    Append([Digit(octet >> 4), Digit(octet & 0xf)]);
                }

                break;
            case (DnsRecordType)65534: // in BIND's private use
                Append("BIND9 signing signal"u8);
                break;
            case DnsRecordType.A or DnsRecordType.AAAA or DnsRecordType.HINFO or DnsRecordType.WKS or DnsRecordType.CAA or DnsRecordType.NAPTR
                or DnsRecordType.SVCB or DnsRecordType.HTTPS or DnsRecordType.LOC or DnsRecordType.SSHFP or DnsRecordType.TSIG:
                break;
            default:
                Append("<unknown type="u8);
                Append((ushort)record.Type);
                Append(">"u8);
                break;
        }
    }

    // RFC 1035 §3.3.14: each string is preceded by its length.
    private void WriteStrings(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> data)
    {
        for (var isFirst = true; !data.IsEmpty; isFirst = false)
        {
            var length = Math.Min(data[0], data.Length - 1);
            Append(isFirst ? default : " "u8);
            Append(prefix);
            Append(length);
            Append(" "u8);
            AppendEscaped(data.Slice(1, length));
            data = data[(1 + length)..];
        }
    }

    /// <summary>Writes a name.</summary>
    public TextRange Write(in DnsName name)
    {
        var start = text.Length;
        var isFirst = true;
        foreach (var label in name)
        {
            Append(isFirst ? default : "."u8);
            AppendEscaped(label, isLabel: true);
            isFirst = false;
        }

        return new TextRange(start, text.Length - start);
    }

    /// <summary>Translates our escapes to Zeek's: <c>\000</c> becomes <c>\x00</c>, and a backslash in a label is written as itself.</summary>
    private TextRange Rewrite(TextRange name)
    {
        var start = text.Length;
        var length = name.Length;
        for (var i = 0; i < length; i++)
        {
            var octet = text[name][i];
            if (octet != '\\')
            {
                AppendEscaped([octet]);
            }
            else if (char.IsAsciiDigit((char)text[name][i + 1]))
            {
                AppendEscaped([(byte)(((text[name][i + 1] - '0') * 100) + ((text[name][i + 2] - '0') * 10) + text[name][i + 3] - '0')]);
                i += 3;
            }
            else
            {
                AppendEscaped([text[name][++i]], isLabel: true);
            }
        }

        return new TextRange(start, text.Length - start);
    }

    private void AppendEscaped(scoped ReadOnlySpan<byte> octets, bool isLabel = false)
    {
        while (!octets.IsEmpty)
        {
            // Valid UTF-8 text is kept; invalid or unprintable bytes are written as escaped octets. Unlike Zeek, so are a dot and non-ASCII letters in a
            // label: no two names look alike, and all are ASCII.
            var isText = Rune.DecodeFromUtf8(octets, out var rune, out var consumed) == System.Buffers.OperationStatus.Done
                && !Rune.IsControl(rune) && !(isLabel && (rune.Value == '.' || !rune.IsAscii));
            foreach (var octet in octets[..consumed])
            {
                if (isText && isForLog)
                {
                    Append(octet == '\\' ? @"\\"u8 : [isLabel && octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet]);
                }
                else if (isText)
                {
                    Append([octet]);
                }
                else
                {
                    Append([(byte)'\\', (byte)'x', Digit(octet >> 4), Digit(octet & 0xf)]);
                }
            }

            octets = octets[consumed..];
        }
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);

    private void WriteFirstName(in DnsRecord record)
    {
        var names = record.DataNames.GetEnumerator();
        if (names.MoveNext())
        {
            Write(names.Current);
        }
    }

    private void Append(scoped ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(text.Free(octets.Length));
        text.Append(octets.Length);
    }

    private void Append(int number)
    {
        number.TryFormat(text.Free(11), out var length, default, CultureInfo.InvariantCulture);
        text.Append(length);
    }
}
