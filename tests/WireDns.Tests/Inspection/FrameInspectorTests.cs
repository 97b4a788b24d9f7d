using WireDns.Capture.Files;
using WireDns.Terminal;

namespace WireDns.Tests.Inspection;

public sealed class FrameInspectorTests
{
    [Theory]
    [InlineData("3cx-beacon.pcapng", 176, "dns_packets", "", 1, Label = "a UDP query")]
    [InlineData("torture/tcp_prefix_split.pcap", 1, "not_dns", "tcp_control", 0, Label = "a handshake on port 53")]
    [InlineData("torture/ip_arp_icmp.pcap", 1, "not_dns", "other_protocol", 0, Label = "ARP")]
    [InlineData("torture/ip_v4_esp.pcap", 1, "undecodable", "encrypted", 0, Label = "ESP")]
    [InlineData("torture/link_65000.pcap", 1, "undecodable", "unknown_link_type", 0, Label = "a link type without a decoder")]
    [InlineData("torture/frag_v4_reversed.pcap", 1, "held", "", 0, Label = "a fragment")]
    [InlineData("torture/tcp_10_in_segment.pcap", 4, "dns_packets", "", 10, Label = "ten messages in one segment")]
    public void Says_where_the_ledger_counted_the_packet(string capture, int frame, string counter, string reason, int messages)
    {
        var inspected = InspectionRun.Inspect(capture, frame);

        Assert.Equal((counter, reason, messages), (inspected.Outcome.Counter, inspected.Outcome.Reason, inspected.Messages.Count));
    }

    [Theory]
    [InlineData("torture/frag_v4_reversed.pcap", 3, "1 2 3", Label = "fragments out of order")]
    [InlineData("torture/frag_v6_reversed.pcap", 3, "1 2 3", Label = "IPv6 fragments")]
    [InlineData("torture/tcp_prefix_split.pcap", 5, "4 5", Label = "a length prefix in a segment of its own")]
    [InlineData("3cx-beacon.pcapng", 176, "176", Label = "one packet")]
    public void Names_the_packets_that_a_message_came_in(string capture, int frame, string expected)
    {
        var message = Assert.Single(InspectionRun.Inspect(capture, frame).Messages);

        Assert.Equal(expected, string.Join(' ', message.Packets));
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
    public void Damage_after_the_packet_does_not_hide_it_and_damage_in_front_of_it_does()
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
    [InlineData("inspect x.pcap --frame 0", Label = "frames from 0")]
    [InlineData("inspect --frame 1", Label = "no file")]
    [InlineData("inspect x.pcap y.pcap --frame 1", Label = "two files")]
    [InlineData("inspect x.pcap --frame 1 --color blue", Label = "a colour that is none")]
    public void The_command_line_refuses(string arguments)
    {
        Assert.NotEmpty(WireDns.Commands.CommandLine.Create().Parse(arguments.Split(' ')).Errors);
    }

    internal static IEnumerable<long> Frames(string capture)
    {
        using var reader = CaptureFileReader.Open(Path.Combine(TestPaths.Captures, capture));
        var frames = new List<long>();
        try
        {
            while (reader.TryReadBatch(out var batch))
            {
                foreach (var packet in batch)
                {
                    if (!packet.IsMissing)
                    {
                        frames.Add(packet.Number);
                    }
                }
            }
        }
        catch (CaptureFormatException)
        {
            // All that is left is what came before the damage.
        }

        return frames;
    }
}
