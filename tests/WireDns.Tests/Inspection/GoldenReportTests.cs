using System.Text.RegularExpressions;
using WireDns.Detection.Rules;

namespace WireDns.Tests.Inspection;

/// <summary>
/// Whole reports. Each is in Expected/, as <c>wiredns inspect captures/CAPTURE --frame N</c> prints it from the checkout's top folder
/// (with <c>-r rules</c> where the name ends in "rules").
/// </summary>
public sealed partial class GoldenReportTests
{
    [Theory]
    [InlineData("a query over UDP that a rule matches", "3cx-beacon.pcapng", 176, "beacon-query-rules")]
    [InlineData("a response with compressed names in answer and authority", "3cx-beacon.pcapng", 94, "beacon-response")]
    [InlineData("a query over TCP after two VLAN tags", "tagged.pcap", 40, "tagged-qinq")]
    [InlineData("a message whose length and octets came in two segments", "torture/tcp_prefix_split.pcap", 5, "tcp-two-segments")]
    [InlineData("a response in three fragments, the first of which came last", "torture/frag_v4_reversed.pcap", 3, "fragments")]
    [InlineData("two questions whose pointers point to each other", "torture/name_ptr_loop_two.pcap", 1, "pointer-loop")]
    [InlineData("a target that reaches past its data", "torture/hdr_cname_name_past_rdata.pcap", 1, "rdata-overrun")]
    [InlineData("octets after the last section", "torture/hdr_trailing_40.pcap", 1, "trailing")]
    [InlineData("EDNS options", "torture/hdr_edns_options.pcap", 1, "edns-options")]
    [InlineData("a tag within VXLAN", "torture/encap_vxlan_vlan.pcap", 1, "vxlan-vlan")]
    [InlineData("ARP", "torture/ip_arp_icmp.pcap", 1, "arp")]
    [InlineData("a link type that nobody reads", "torture/link_65000.pcap", 1, "unknown-link")]
    public void The_report_is_the_one_that_is_kept(string description, string capture, int frame, string name)
    {
        var rules = name.EndsWith("rules", StringComparison.Ordinal) ? LoadedRules.Load([TestPaths.Rules]) : null;
        var expected = File.ReadAllText(Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Inspection", "Expected", name + ".txt"));

        var report = InspectionRun.Report(capture, frame, rules).Replace(Path.Combine(TestPaths.Root, "rules"), "rules", StringComparison.Ordinal);

        Assert.True(expected == report, $"{description}:\n{report}");
    }

    [Fact]
    public void The_example_of_the_documentation_is_what_the_command_prints()
    {
        var page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "inspect.md"));
        var start = page.IndexOf("```text\n", StringComparison.Ordinal) + "```text\n".Length;
        var example = page[start..page.IndexOf("```", start, StringComparison.Ordinal)];

        Assert.Contains("$ wiredns inspect captures/3cx-beacon.pcapng --frame 177", page, StringComparison.Ordinal);

        // What stands between two marks of omission is printed as it stands, in this order.
        var report = InspectionRun.Report("3cx-beacon.pcapng", 177);
        var place = 0;
        Assert.All(Omission().Split(example), part =>
        {
            var found = report.IndexOf(part, place, StringComparison.Ordinal);
            Assert.True(found >= 0, part);
            place = found + part.Length;
        });
    }

    [GeneratedRegex("^ *…\n", RegexOptions.Multiline)]
    private static partial Regex Omission();
}
