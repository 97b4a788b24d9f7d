using WireDns.Capture;
using WireDns.Terminal;

namespace WireDns.Tests.Inspection;

public sealed class FrameInspectorTests
{
    [Theory]
    [InlineData("a UDP query", "3cx-beacon.pcapng", 176, "dns_packets", "", 1)]
    [InlineData("a handshake on port 53", "torture/tcp_prefix_split.pcap", 1, "not_dns", "tcp_control", 0)]
    [InlineData("ARP", "torture/ip_arp_icmp.pcap", 1, "not_dns", "other_protocol", 0)]
    [InlineData("ESP", "torture/ip_v4_esp.pcap", 1, "undecodable", "encrypted", 0)]
    [InlineData("a link type without a decoder", "torture/link_65000.pcap", 1, "undecodable", "unknown_link_type", 0)]
    [InlineData("a fragment", "torture/frag_v4_reversed.pcap", 1, "held", "", 0)]
    [InlineData("ten messages in one segment", "torture/tcp_10_in_segment.pcap", 4, "dns_packets", "", 10)]
    public void Says_where_the_ledger_counted_the_packet(string description, string capture, int frame, string counter, string reason, int messages)
    {
        var inspected = InspectionRun.Inspect(capture, frame);

        Assert.Equal((counter, reason, messages), (inspected.Outcome.Counter, inspected.Outcome.Reason, inspected.Messages.Count));
        Assert.NotEmpty(description);
    }

    [Theory]
    [InlineData("fragments out of order", "torture/frag_v4_reversed.pcap", 3, "1 2 3")]
    [InlineData("IPv6 fragments", "torture/frag_v6_reversed.pcap", 3, "1 2 3")]
    [InlineData("a length prefix in a segment of its own", "torture/tcp_prefix_split.pcap", 5, "4 5")]
    [InlineData("one packet", "3cx-beacon.pcapng", 176, "176")]
    public void Names_the_packets_that_a_message_came_in(string description, string capture, int frame, string expected)
    {
        var message = Assert.Single(InspectionRun.Inspect(capture, frame).Messages);

        Assert.Equal(expected, string.Join(' ', message.Packets));
        Assert.NotEmpty(description);
    }

    [Fact]
    public void Names_every_segment_of_a_message_that_came_octet_by_octet()
    {
        const string Capture = "torture/tcp_byte_per_segment.pcap";
        var inspected = Frames(Capture).Select(frame => InspectionRun.Inspect(Capture, frame)).First(frame => frame.Messages.Count > 0);
        var message = inspected.Messages[0];

        Assert.Equal(2 + message.Data.Length, message.Packets.Count);
        Assert.Equal(inspected.Number, message.Packets[^1]);
    }

    [Theory]
    [InlineData("torture/tcp_prefix_split.pcap", 4, 5)]
    [InlineData("torture/frag_v4_reversed.pcap", 1, 3)]
    [InlineData("torture/frag_v4_reversed.pcap", 2, 3)]
    [InlineData("torture/frag_v4_missing_last.pcap", 1, 0)]
    public void Follows_a_part_to_the_packet_that_completes_it(string capture, int frame, int completedBy)
    {
        Assert.Equal(completedBy, InspectionRun.Inspect(capture, frame).CompletedBy);
    }

    [Fact]
    public void A_packet_beyond_the_end_is_a_mistake_in_usage_that_says_how_many_there_are()
    {
        var failure = Assert.Throws<CommandFailure>(() => InspectionRun.Inspect("torture/ip_arp_icmp.pcap", 6));

        Assert.Equal(ExitStatus.Usage, failure.ExitStatus);
        Assert.Equal("captures/torture/ip_arp_icmp.pcap: there is no packet 6: the capture holds 5", failure.Message);
    }

    [Fact]
    public void A_packet_in_a_damaged_block_cannot_be_shown()
    {
        var failure = Assert.Throws<CommandFailure>(() => InspectionRun.Inspect("torture/ng_epb_caplen_gt_block.pcapng", 2));

        Assert.Equal(ExitStatus.Failed, failure.ExitStatus);
        Assert.Contains("packet 2 cannot be shown", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Damage_behind_the_packet_does_not_hide_it_and_damage_in_front_of_it_does()
    {
        Assert.Equal(2, InspectionRun.Inspect("torture/file_cut_record_data.pcap", 2).Number);
        Assert.Throws<CaptureFormatException>(() => InspectionRun.Inspect("torture/file_cut_record_data.pcap", 30));
    }

    [Fact]
    public void Reads_a_compressed_capture()
    {
        Assert.Equal(1, InspectionRun.Inspect("torture/ng_gz.pcapng.gz", 1).Number);
    }

    [Theory]
    [InlineData("frames from 0", "inspect x.pcap --frame 0")]
    [InlineData("no frame", "inspect x.pcap")]
    [InlineData("no file", "inspect --frame 1")]
    [InlineData("two files", "inspect x.pcap y.pcap --frame 1")]
    [InlineData("a colour that is none", "inspect x.pcap --frame 1 --color blue")]
    public void The_command_line_refuses(string description, string arguments)
    {
        Assert.NotEmpty(WireDns.Commands.CommandLine.Create().Parse(arguments.Split(' ')).Errors);
        Assert.NotEmpty(description);
    }

    internal static IEnumerable<long> Frames(string capture)
    {
        using var reader = CaptureFile.Open(Path.Combine(TestPaths.Captures, capture));
        var frames = new List<long>();
        try
        {
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    frames.Add(packet.Number);
                }
            }
        }
        catch (CaptureFormatException)
        {
            // What came before the damage is what there is.
        }

        return frames;
    }
}
