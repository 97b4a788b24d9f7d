using System.Globalization;
using System.Text;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>Words for numbers in a message, for an analyst.</summary>
internal static class DnsWords
{
    /// <summary>A time in seconds as days, hours, minutes and seconds; empty below a minute, where the number is clear enough.</summary>
    public static string Duration(uint seconds)
    {
        if (seconds < 60)
        {
            return "";
        }

        var text = new StringBuilder();
        Append(text, seconds / 86_400, "d");
        Append(text, seconds / 3600 % 24, "h");
        Append(text, seconds / 60 % 60, "min");
        Append(text, seconds % 60, "s");
        return text.ToString();
    }

    /// <summary>The name of one record or question of a section, as the message's opcode calls it (RFC 2136 §2.3 for UPDATE).</summary>
    public static string Section(DnsOpcode opcode, DnsSection section) => (opcode, section) switch
    {
        (DnsOpcode.Update, DnsSection.Answer) => "prerequisite",
        (DnsOpcode.Update, DnsSection.Authority) => "update",
        (_, DnsSection.Answer) => "answer",
        (_, DnsSection.Authority) => "authority",
        _ => "additional",
    };

    /// <summary>The name of an entry in the first section.</summary>
    public static string Question(DnsOpcode opcode) => opcode == DnsOpcode.Update ? "zone" : "question";

    /// <summary>The fault of a message in words.</summary>
    public static string Fault(DnsError error, DnsHeader header, DnsMessageVerdict verdict) => error switch
    {
        DnsError.HeaderCut => "a header has 12 octets, and here are fewer",
        DnsError.QuestionMissing => Claim("QDCOUNT", header.QuestionCount, "question", verdict.QuestionsRead),
        DnsError.QuestionCut => "the message ends between a question's name and the end of its class",
        DnsError.RecordMissing => Claim(
            "ANCOUNT, NSCOUNT and ARCOUNT", header.AnswerCount + header.AuthorityCount + header.AdditionalCount, "record", verdict.RecordsRead),
        DnsError.RecordCut => "the message ends between a record's name and the end of its RDLENGTH",
        DnsError.RdataCut => "RDLENGTH reaches past the end of the message",
        DnsError.RdataNameOverrun => "a name in the data, or what stands in front of it, reaches past RDLENGTH",
        DnsError.NameCut => "the message ends within a name",
        DnsError.NameTooLong => "with this label the name has more than 255 octets (RFC 1035 §2.3.4)",
        DnsError.LabelType => "a label of a type that does not exist: its first two bits are 01 or 10 (RFC 1035 §4.1.4)",
        DnsError.PointerForward => "a compression pointer that points forward: it is followed, as resolvers do",
        DnsError.PointerIntoHeader => "a compression pointer into the header",
        DnsError.PointerChain => "compression pointers in a loop, or more than 128 in a name",
        DnsError.PointerOutside => "a compression pointer past the end of the message",
        DnsError.CompressionBound => "the names of the message take more pointers or octets than one message may",
        DnsError.DsoCut => "a DSO TLV reaches past the end of the message (RFC 8490 §5.4.4)",
        _ => "",
    };

    private static string Claim(string counts, int claimed, string what, int read)
    {
        var verb = counts.Contains(' ', StringComparison.Ordinal) ? "claim" : "claims";
        return Invariant($"{counts} {verb} {claimed} {what}{(claimed == 1 ? "" : "s")}, and the message ends after {read}");
    }

    private static void Append(StringBuilder text, uint number, string unit)
    {
        if (number > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length > 0 ? " " : "")}{number} {unit}");
        }
    }
}
