using WireDns.Detection;

namespace WireDns.Tests.Inspection;

/// <summary>
/// Whole reports. Each stands in Expected/, as <c>wiredns inspect captures/CAPTURE --frame N</c> prints it from the checkout's top folder
/// (with <c>-r rules</c> where the name ends in "rules"), and was read by a person against tshark before it was kept.
/// </summary>
public sealed class GoldenReportTests
{
    [Theory]
    [InlineData("a query over UDP that a rule matches", "3cx-beacon.pcapng", 176, "beacon-query-rules")]
    [InlineData("a response with compressed names in answer and authority", "3cx-beacon.pcapng", 94, "beacon-response")]
    [InlineData("a query over TCP behind two VLAN tags", "tagged.pcap", 40, "tagged-qinq")]
    [InlineData("a message whose length and octets came in two segments", "torture/tcp_prefix_split.pcap", 5, "tcp-two-segments")]
    [InlineData("a response in three fragments, the first of which came last", "torture/frag_v4_reversed.pcap", 3, "fragments")]
    [InlineData("two questions whose pointers point to each other", "torture/name_ptr_loop_two.pcap", 1, "pointer-loop")]
    [InlineData("a target that reaches past its data", "torture/hdr_cname_name_past_rdata.pcap", 1, "rdata-overrun")]
    [InlineData("octets behind the last section", "torture/hdr_trailing_40.pcap", 1, "trailing")]
    [InlineData("EDNS options", "torture/hdr_edns_options.pcap", 1, "edns-options")]
    [InlineData("a tag within VXLAN", "torture/encap_vxlan_vlan.pcap", 1, "vxlan-vlan")]
    [InlineData("ARP", "torture/ip_arp_icmp.pcap", 1, "arp")]
    [InlineData("a link type that nobody reads", "torture/link_65000.pcap", 1, "unknown-link")]
    public void The_report_is_as_it_was_read_and_kept(string description, string capture, int frame, string name)
    {
        var rules = name.EndsWith("rules", StringComparison.Ordinal) ? LoadedRules.Load([TestPaths.Rules]) : null;
        var expected = File.ReadAllText(Path.Combine(TestPaths.Root, "tests", "WireDns.Tests", "Inspection", "Expected", name + ".txt"));

        var report = InspectionRun.Report(capture, frame, rules).Replace(TestPaths.Rules, "rules", StringComparison.Ordinal);

        Assert.True(expected == report, $"{description}:\n{report}");
    }
}
