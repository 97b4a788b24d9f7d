using System.Globalization;
using System.Text;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>The header of a message, its flags bit by bit (RFC 1035 §4.1.1, RFC 4035 §3).</summary>
internal sealed class HeaderReport(FieldTable table, DnsHeader header)
{
    /// <summary>Writes the header.</summary>
    public void Write()
    {
        table.Title("header");
        table.Row(0, 2, "ID", [new Part(header.Id.ToString(CultureInfo.InvariantCulture)), Hex(header.Id)]);
        table.Row(2, 2, "flags", [new Part(header.IsResponse ? "response" : "query", Style.Value), Hex(header.Flags)]);
        Flag(15, 1, "QR", header.IsResponse ? "response" : "query");
        Flag(11, 4, "opcode", DnsMnemonics.Text(header.Opcode));
        Flag(10, 1, "AA", header.IsAuthoritativeAnswer ? "the answer is an authority's" : "");
        Flag(9, 1, "TC", header.IsTruncated ? "the sender left something out for want of space" : "");
        Flag(8, 1, "RD", header.IsRecursionDesired ? "recursion desired" : "");
        Flag(7, 1, "RA", header.IsRecursionAvailable ? "recursion available" : "");
        Flag(6, 1, "Z", header.IsReservedBitSet ? "reserved, and set" : "");
        Flag(5, 1, "AD", header.IsAuthenticData ? "authentic data" : "");
        Flag(4, 1, "CD", header.IsCheckingDisabled ? "checking disabled" : "");
        Flag(0, 4, "RCODE", DnsMnemonics.Text(header.ResponseCode));
        Count(4, "QDCOUNT", header.QuestionCount, DnsWords.Question(header.Opcode));
        Count(6, "ANCOUNT", header.AnswerCount, DnsWords.Section(header.Opcode, DnsSection.Answer));
        Count(8, "NSCOUNT", header.AuthorityCount, DnsWords.Section(header.Opcode, DnsSection.Authority));
        Count(10, "ARCOUNT", header.AdditionalCount, DnsWords.Section(header.Opcode, DnsSection.Additional));
    }

    private void Flag(int shift, int width, string name, string meaning)
    {
        var bits = new StringBuilder(19);
        for (var bit = 15; bit >= 0; bit--)
        {
            var isShown = bit >= shift && bit < shift + width;
            bits.Append(isShown ? (char)('0' + ((header.Flags >> bit) & 1)) : '.').Append(bit % 4 == 0 && bit > 0 ? " " : "");
        }

        var value = (header.Flags >> shift) & ((1 << width) - 1);
        table.Below("  " + name, new Part(bits.ToString(), Style.Octets), new Part(Invariant($"  {value,2}")),
            new Part("  " + meaning, Style.Faint));
    }

    private void Count(int offset, string name, int number, string what) => table.Row(
        offset, 2, name, [new Part(number.ToString(CultureInfo.InvariantCulture)), new Part($"  ({what})", Style.Faint)]);

    private static Part Hex(int number) => new(Invariant($"  (0x{number:x4})"), Style.Faint);
}
