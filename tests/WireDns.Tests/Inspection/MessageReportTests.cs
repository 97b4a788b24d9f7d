using System.Net;
using WireDns.Inspection;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Tests.Inspection;

public sealed class MessageReportTests
{
    private const string QueryHeader = "1234 0100 0001 0000 0000 0000";

    [Theory]
    [InlineData(QueryHeader + "03777777 026578 00 0001 0001", "└─ 3 \"www\" 2 \"ex\" 0", Label = "labels")]
    [InlineData(QueryHeader + "03 612e62 00 0001 0001", "└─ 3 \"a\\.b\" 0", Label = "a dot in a label")]
    [InlineData(QueryHeader + "03 611b62 00 0001 0001", "└─ 3 \"a\\027b\" 0", Label = "a control character")]
    [InlineData(QueryHeader + "c00c 0001 0001", "└─ → 0x000c to itself", Label = "a pointer to itself")]
    [InlineData(QueryHeader + "c00e 0001 0001", "└─ → 0x000e forward", Label = "a pointer forward")]
    [InlineData(QueryHeader + "c004 0001 0001", "└─ → 0x0004 into the header", Label = "a pointer into the header")]
    [InlineData(QueryHeader + "0161 c00c 0001 0001", "└─ 1 \"a\" → 0x000c into the labels that it ends", Label = "a pointer into its own labels")]
    [InlineData(QueryHeader + "0161 80 0001 0001", "1 \"a\" 0x80: no type of label", Label = "a label of no type")]
    [InlineData(QueryHeader + "0561", "└─ 5 \"a\" cut", Label = "a label that is cut")]
    public void Draws_a_name(string message, string expected)
    {
        Assert.Contains(expected, Report(message), StringComparison.Ordinal);
    }

    [Fact]
    public void Draws_each_pointer_of_a_chain_below_the_one_that_points_to_it()
    {
        // a at 0x0c, b.a at 0x13 (a question each), then c → 0x13.
        var lines = Report("1234 0100 0003 0000 0000 0000  0161 00 0001 0001  0162 c00c 0001 0001  0163 c013 0001 0001").Split('\n');

        var first = Array.FindIndex(lines, line => line.Contains("└─ 1 \"c\" → 0x0013 \"b.a\"", StringComparison.Ordinal));
        Assert.True(first > 0);
        Assert.EndsWith("   └─ 0x0013 1 \"b\" → 0x000c \"a\"", lines[first + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_whose_name_breaks_does_not_hide_those_around_it()
    {
        // a; then bad with a pointer into the header; then c; then d, broken likewise.
        var lines = Report("1234 0100 0004 0000 0000 0000  0161 00 0001 0001  03626164 c000 0001 0001  0163 00 001c 0001  0164 c000 0001 0001").Split('\n');

        Assert.Equal(
            ["  question 1 of 4: a A", "  question 2 of 4, broken", "  question 3 of 4: c AAAA", "  question 4 of 4, broken"],
            lines.Where(line => line.StartsWith("  question ", StringComparison.Ordinal)));
        var broken = Array.IndexOf(lines, "  question 2 of 4, broken");
        Assert.Contains("bad … not a name", lines[broken + 1], StringComparison.Ordinal);
        Assert.Contains("pointer_into_header", string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("no header", "1234 01", "header_cut", 3)]
    [InlineData("fewer questions than claimed", "1234 0100 0002 0000 0000 0000  0161 00 0001 0001", "question_missing", 19)]
    [InlineData("a question that is cut", QueryHeader + "0161 00 0001", "question_cut", 17)]
    [InlineData("a record that is cut", "1234 8100 0000 0001 0000 0000  0161 00 0001", "record_cut", 17)]
    [InlineData("data that is cut", "1234 8100 0000 0001 0000 0000  0161 00 0001 0001 00000000 0004 01", "rdata_cut", 26)]
    [InlineData("a pointer to itself in the data", "1234 8100 0000 0001 0000 0000  00 0005 0001 00000000 0002 c017", "pointer_chain", 23)]
    [InlineData("a pointer in a loop", QueryHeader + "c00c 0001 0001", "pointer_chain", 12)]
    public void Marks_the_fault_at_its_offset_in_fields_and_octets(string description, string message, string reason, int offset)
    {
        var report = Report(message).Split('\n');

        var fault = Array.FindIndex(report, line => line == "  fault");
        Assert.True(fault > 0, description);
        Assert.StartsWith($"    0x{offset:x4} {offset,5}  ", report[fault + 1], StringComparison.Ordinal);
        Assert.Contains(reason, report[fault + 1], StringComparison.Ordinal);
        var mark = Assert.Single(report, line => line.EndsWith("^^ " + reason, StringComparison.Ordinal));
        var column = offset == Bytes(message).Length && offset % 16 == 0 ? 16 : offset % 16;
        Assert.Equal(12 + (3 * column) + (column >= 8 ? 1 : 0), mark.IndexOf('^', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MX", "000f", "000a 036d7831 00", "preference", "10")]
    [InlineData("MX", "000f", "000a 036d7831 00", "exchange", "mx1")]
    [InlineData("SOA", "0006", "0161 00 0162 00 00000001 00000e10 00000258 00015180 0000012c", "refresh", "3600  (1 h)")]
    [InlineData("TXT", "0010", "026869 0161", "text", "2 octets: \"hi\"")]
    [InlineData("TXT with an escape sequence", "0010", "041b5b316d", "text", "4 octets: \"\\027[1m\"")]
    [InlineData("SRV", "0021", "0001 0002 0035 0161 00", "port", "53")]
    [InlineData("HTTPS", "0041", "0001 00 0001 0003 026832", "parameter", "alpn  (3 octets)")]
    [InlineData("HTTPS with the newest key", "0041", "0001 00 0009 0002 001d", "parameter", "tls-supported-groups  (2 octets)")]
    [InlineData("HTTPS with a key without a name", "0041", "0001 00 1234 0000", "parameter", "key4660  (0 octets)")]
    [InlineData("CERT", "0025", "0001 0002 08 ffff", "key tag", "2")]
    [InlineData("ZONEMD", "003f", "00000007 01 01 ffff", "digest", "2 octets")]
    [InlineData("L32 after its preference", "0069", "000a c0000201", "locator", "192.0.2.1")]
    [InlineData("WKS, whose address is not the last field", "000b", "c0000201 06 40", "address", "192.0.2.1")]
    [InlineData("EUI48", "006c", "00005e00532a", "address", "00005e00532a")]
    [InlineData("TKEY", "00f9", "0161 00 65920080 65920080 0003 0000 0000 0000", "inception", "1704067200  (2024-01-01 00:00:00Z)")]
    [InlineData("NSEC", "002f", "0161 00 0006 400000000003", "types", "window 0: A RRSIG NSEC")]
    [InlineData("CAA", "0101", "00 05 6973737565 6361", "value", "\"ca\"")]
    [InlineData("RRSIG", "002e", "0001 08 02 0000003c 65920080 65920080 0001 0161 00 ffff", "expiration", "1704067200  (2024-01-01 00:00:00Z)")]
    [InlineData("AAAA", "001c", "20010db8000000000000000000000001", "address", "2001:db8::1")]
    [InlineData("A of three octets", "0001", "010203", "data", "3 octets that are not what the type says")]
    [InlineData("an unknown type", "ff00", "0102", "data", "2 octets")]
    public void Shows_the_fields_of_record_data(string description, string type, string data, string field, string value)
    {
        var length = Bytes(data).Length;

        var report = Report($"1234 8100 0000 0001 0000 0000  00 {type} 0001 0000003c {length:x4} {data}");

        Assert.True(report.Split('\n').Any(line => line.EndsWith($"  {field,-16} {value}", StringComparison.Ordinal)), $"{description}:\n{report}");
        Assert.DoesNotContain("fault", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(59u, "")]
    [InlineData(60u, "1 min")]
    [InlineData(3_661u, "1 h 1 min 1 s")]
    [InlineData(172_800u, "2 d")]
    [InlineData(uint.MaxValue, "49710 d 6 h 28 min 15 s")]
    public void Says_a_duration_as_people_do(uint seconds, string expected)
    {
        Assert.Equal(expected, DnsWords.Duration(seconds));
    }

    [Fact]
    public void An_update_has_zones_prerequisites_and_updates()
    {
        var report = Report("1234 2800 0001 0001 0001 0000  0161 00 0006 0001  0161 00 00ff 00ff 00000000 0000  0161 00 00ff 00ff 00000000 0000");

        Assert.Contains("zone 1 of 1: a SOA", report, StringComparison.Ordinal);
        Assert.Contains("prerequisite 1 of 1: a ANY", report, StringComparison.Ordinal);
        Assert.Contains("update 1 of 1: a ANY", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_the_snap_length_cut_has_no_fault()
    {
        var report = Report(QueryHeader + "0161 00 0001", isTruncated: true);

        Assert.Contains("cut by the snap length", report, StringComparison.Ordinal);
        Assert.Contains("no fault of its sender", report, StringComparison.Ordinal);
        Assert.DoesNotContain("malformed", report, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_cut_at_any_length_or_with_any_octet_changed_is_shown()
    {
        var sound = Bytes("1234 8180 0001 0002 0000 0001  0377777703636f6d00 0005 0001  c00c 0005 0001 0000003c 0004 0161c010"
            + "c02b 000f 0001 0000003c 0004 000a c00c  00 0029 04d0 00008000 000c 000a0008 3132333435363738");
        for (var length = 0; length <= sound.Length; length++)
        {
            Assert.Contains("DNS message 1 of 1", Report(sound[..length], false), StringComparison.Ordinal);
        }

        var random = new Random(53);
        for (var i = 0; i < 4000; i++)
        {
            var mutated = sound.ToArray();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                mutated[random.Next(mutated.Length)] = (byte)(random.Next(3) == 0 ? 0xc0 : random.Next(256));
            }

            Assert.Contains("DNS message 1 of 1", Report(mutated, false), StringComparison.Ordinal);
        }
    }

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    private static string Report(string hex, bool isTruncated = false) => Report(Bytes(hex), isTruncated);

    private static string Report(byte[] message, bool isTruncated)
    {
        var origin = new PayloadOrigin
        {
            Transport = Transport.Udp,
            Source = NetAddress.From(IPAddress.Parse("192.0.2.1")),
            Destination = NetAddress.From(IPAddress.Parse("192.0.2.53")),
            SourcePort = 40000,
            DestinationPort = 53,
            Time = PacketTime.FromSeconds(1, 0),
            PacketNumber = 1,
            IsTruncated = isTruncated,
        };
        return InspectionRun.Report(new InspectedFrame
        {
            File = "made.pcap",
            Number = 1,
            Time = PacketTime.FromSeconds(1, 0),
            LinkType = LinkType.Raw,
            InterfaceIndex = 0,
            InterfaceName = null,
            Data = [],
            OriginalLength = 0,
            Outcome = new PacketOutcome("dns_packets", "", 0),
            Messages = [new InspectedMessage(new TransportPayload(message, in origin))],
        });
    }
}
