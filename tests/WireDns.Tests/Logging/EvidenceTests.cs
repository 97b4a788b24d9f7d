using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>The packets that <c>--evidence</c> keeps of each alert.</summary>
public sealed partial class EvidenceTests : IDisposable
{
    private const string Rule = """
        title: "Look \"here\""
        id: 11111111-2222-4333-8444-555555555555
        logsource: {category: dns}
        detection:
          s: {query|endswith: evil.example}
          condition: s
        level: high
        """;

    private const string ResponseRule = """
        title: answered
        logsource: {category: dns}
        detection:
          s: {query|endswith: evil.example, rcode_name: NXDOMAIN}
          condition: s
        level: high
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Query_and_response_of_each_alert_are_kept_as_they_were_captured()
    {
        var capture = new LookupCapture()
            .Query(1, DnsBytes.Query("good.example", 1)).Response(1.1, DnsBytes.Response("good.example", 1))
            .Query(2, DnsBytes.Query("a.evil.example", 2)).Query(2.5, DnsBytes.Query("a.evil.example", 2)).Response(3, DnsBytes.Response("a.evil.example", 2))
            .Query(4, DnsBytes.Query("b.evil.example", 3));
        var run = Run(capture.Bytes, Rule);

        var original = Read(_folder["a.pcap"]);
        var kept = Read(Assert.Single(Files()));
        Assert.Equal([original[2], original[3], original[4], original[5]], kept);
        Assert.Single(run.Error.Lines, line => line.StartsWith("alerts with evidence", StringComparison.Ordinal) && line.Contains(" 2 ", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Error.Lines, line => line.StartsWith("  packets missing", StringComparison.Ordinal));
    }

    [Fact]
    public void Wireshark_reads_the_files_with_the_id_and_the_rule_of_the_alert_in_each_comment()
    {
        Assert.SkipUnless(File.Exists(Server("tshark")) && File.Exists(Server("capinfos")), "needs tshark and capinfos, which ./run.sh setup unpacks");
        var run = Product.Run("read", Path.Combine(TestPaths.Captures, "tagged.pcap"), "-r", TestPaths.Rules, "-f", "ecs", "--evidence", _folder["e"], "-q");
        Assert.Equal(0, run.ExitStatus);
        var file = Assert.Single(Files());

        using var information = RunningProgram.Start(Server("capinfos"), [file]);
        Assert.Equal(0, information.WaitForEnd());
        Assert.Contains(information.Output.Lines, line => Regex.IsMatch(line, "^Number of packets: +18$"));
        using var shark = RunningProgram.Start(Server("tshark"), ["-r", file, "-T", "fields", "-e", "frame.comment", "-e", "dns.id"]);
        Assert.Equal(0, shark.WaitForEnd());

        var ids = run.Output.Lines.Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!["event"]!["id"]!.GetValue<string>()).ToList();
        Assert.Equal(18, shark.Output.Lines.Count);
        Assert.All(shark.Output.Lines, line => Assert.Matches(Comment(), line));
        Assert.Equal(ids, shark.Output.Lines.Select(line => Comment().Match(line).Groups[1].Value).Distinct());
    }

    [Fact]
    public void All_fragments_and_segments_are_kept()
    {
        byte[] query = DnsBytes.Query("a.evil.example", 9, DnsBytes.Txt);
        byte[] response = DnsBytes.Response("a.evil.example", 9, 16, 0, DnsBytes.Record("a.evil.example", 16, 60, [.. Enumerable.Repeat((byte)0, 600)]));
        byte[] datagram = Layers.Udp(response, 53, 40_000);
        byte[] stream = [(byte)(response.Length >> 8), (byte)response.Length, .. response];
        var file = new PcapBuilder(linkType: 1);
        file.Record(1, 0, Frames.Udp("192.0.2.10", 40_000, "192.0.2.53", 53, query));
        file.Record(1, 1, Frames.Ipv4("192.0.2.53", "192.0.2.10", 17, 0x2000, datagram.AsSpan(0, 400)));
        file.Record(1, 2, Frames.Udp("192.0.2.77", 1, "192.0.2.53", 53, DnsBytes.Query("good.example", 3)));
        file.Record(1, 3, Frames.Ipv4("192.0.2.53", "192.0.2.10", 17, 50, datagram.AsSpan(400)));
        byte[] tcpQuery = [(byte)(query.Length >> 8), (byte)query.Length, .. query];
        file.Record(2, 0, Frames.Tcp("192.0.2.11", 50_000, "192.0.2.53", 53, 1000, 0x18, tcpQuery.AsSpan(0, 20)));
        file.Record(2, 1, Frames.Tcp("192.0.2.11", 50_000, "192.0.2.53", 53, 1020, 0x18, tcpQuery.AsSpan(20)));
        file.Record(2, 2, Frames.Tcp("192.0.2.53", 53, "192.0.2.11", 50_000, 2000, 0x18, stream.AsSpan(0, 300)));
        file.Record(2, 3, Frames.Tcp("192.0.2.53", 53, "192.0.2.11", 50_000, 2300, 0x18, stream.AsSpan(300)));
        var run = Run(file.ToArray(), Rule);

        Assert.Equal(2, run.Output.Lines.Count);
        var original = Read(_folder["a.pcap"]);
        Assert.Equal([original[0], original[1], original[3], original[4], original[5], original[6], original[7]], Read(Assert.Single(Files())));
    }

    [Fact]
    public void Of_a_message_in_segments_those_are_kept_that_have_its_octets_and_no_neighbours()
    {
        var first = Layers.Framed(DnsBytes.Query("one.good.example", 1));
        var wanted = Layers.Framed(DnsBytes.Query("a.evil.example", 2));
        var last = Layers.Framed(DnsBytes.Query("two.good.example", 3));
        var file = new PcapBuilder(linkType: 1);
        uint sequence = 1000;
        void Segment(uint time, byte[] data, ushort port = 50_000, uint? at = null)
        {
            file.Record(time, 0, Frames.Tcp("192.0.2.11", port, "192.0.2.53", 53, at ?? sequence, 0x18, data));
            sequence += at is null ? (uint)data.Length : 0;
        }

        Segment(1, first);                                     // 0: another message of the flow
        Segment(2, wanted[..10]);                              // 1
        Segment(2, Layers.Framed(DnsBytes.Query("b.good.example", 4)), 50_001, at: 7000); // 2: another flow
        Segment(3, wanted[20..], at: sequence + 10);           // 3: before its time
        Segment(4, wanted[10..20]);                            // 4: completes it
        sequence += (uint)wanted.Length - 20;
        Segment(5, last);                                      // 5: another message
        var run = Run(file.ToArray(), Rule);

        Assert.Single(run.Output.Lines);
        var original = Read(_folder["a.pcap"]);
        Assert.Equal([original[1], original[3], original[4]], Read(Assert.Single(Files())));
        Assert.DoesNotContain("missing", System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(Assert.Single(Files()))), StringComparison.Ordinal);
    }

    [Fact]
    public void Octets_of_a_message_whose_segments_had_given_way_are_said_by_their_number()
    {
        var message = Layers.Framed(DnsBytes.Query("a.evil.example", 2));
        var file = new PcapBuilder(linkType: 1);
        file.Record(1, 0, Frames.Tcp("192.0.2.11", 50_000, "192.0.2.53", 53, 1000, 0x18, message.AsSpan(0, 10)));
        for (ushort id = 0; id < 12_000; id++)
        {
            file.Record(2, id, Frames.Udp("192.0.2.99", 1000, "192.0.2.53", 53, DnsBytes.Query("good.example", id)));
        }

        file.Record(3, 0, Frames.Tcp("192.0.2.11", 50_000, "192.0.2.53", 53, 1010, 0x18, message.AsSpan(10)));
        Run(file.ToArray(), Rule, ",ring=1M");

        var text = System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(Assert.Single(Files())));
        Assert.Contains($"missing: segments of the query with 10 of its {message.Length} octets", text, StringComparison.Ordinal);
        Assert.Single(Read(Assert.Single(Files())));
    }

    [Fact]
    public void What_had_given_way_is_said_in_the_comment_and_in_the_summary()
    {
        var capture = new LookupCapture().Query(1, DnsBytes.Query("a.evil.example", 2));
        for (ushort id = 0; id < 12_000; id++)
        {
            capture.Query(2, DnsBytes.Query("good.example", id), client: "192.0.2.99");
        }

        var run = Run(capture.Response(3, DnsBytes.Response("a.evil.example", 2, responseCode: 3)).Bytes, ResponseRule, ",ring=1M");

        var text = System.Text.Encoding.ASCII.GetString(File.ReadAllBytes(Assert.Single(Files())));
        Assert.Contains("rule \"answered\": response, packet 12002; missing: the query", text, StringComparison.Ordinal);
        Assert.Single(Read(Assert.Single(Files())));
        Assert.Single(run.Error.Lines, line => line.StartsWith("  packets missing", StringComparison.Ordinal) && line.Contains(" 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Files_are_rotated_and_bounded_private_and_named_by_time_and_counter_alone()
    {
        var capture = new LookupCapture();
        byte[] big = DnsBytes.Response("a.evil.example", 2, 16, 0, DnsBytes.Record("a.evil.example", 16, 60, [.. Enumerable.Repeat((byte)0, 20_000)]));
        for (ushort i = 0; i < 200; i++)
        {
            capture.Response(1 + i, big, port: (ushort)(2000 + i));
        }

        Run(capture.Bytes, Rule, ",file=1M,size=2M");
        File.WriteAllText(Path.Combine(_folder["e"], "notes-1.pcapng"), "not ours");
        Run(capture.Bytes, Rule, ",file=1M,size=2M");

        var files = Files().Where(file => !file.EndsWith("notes-1.pcapng", StringComparison.Ordinal)).ToList();
        Assert.All(files, file => Assert.Matches(@"^\d{8}T\d{6}Z-\d+\.pcapng$", Path.GetFileName(file)));
        if (!OperatingSystem.IsWindows())
        {
            foreach (var file in files)
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }

            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["e"]));
        }

        Assert.InRange(files.Sum(file => new FileInfo(file).Length), 1 << 20, 2 << 20);
        Assert.True(File.Exists(Path.Combine(_folder["e"], "notes-1.pcapng")));
        Assert.All(files, file => Assert.NotEmpty(Read(file)));
    }

    [Fact]
    public void A_folder_that_is_in_use_a_link_or_given_wrong_bounds_is_refused_in_words()
    {
        _folder.Write("a.pcap", new LookupCapture().Query(1, DnsBytes.Query("a.evil.example")).Bytes);
        _folder.Write("r.yml", Rule);
        Directory.CreateDirectory(_folder["e"]);
        Directory.CreateSymbolicLink(_folder["link"], _folder["e"]);
        using (new FileStream(Path.Combine(_folder["e"], "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Refuses("e", $"--evidence: {_folder["e"]} belongs to another process or target");
        }

        Refuses("link", $"--evidence: {_folder["link"]} is a link");
        Refuses("e,ring=1k", $"--evidence {_folder["e"]}: ring: 1M to 1G was expected");
        Refuses("e,size=1k", $"--evidence {_folder["e"]}: file: at least 1M was expected, and size: at least as much as file");
        Refuses("e,sise=1k", $"--evidence {_folder["e"]}: no setting 'sise' here; there are file, ring, size");

        void Refuses(string folder, string error)
        {
            var run = Product.Run("read", _folder["a.pcap"], "-r", _folder["r.yml"], "--evidence", _folder[folder]);
            Assert.Equal(2, run.ExitStatus);
            Assert.Equal("wiredns: " + error, run.Error.Lines[^1]);
        }
    }

    private static string Server(string program) => Path.Combine(TestPaths.Root, "artifacts", "servers", "bin", program);

    private string[] Files() => [.. Directory.GetFiles(_folder["e"], "*.pcapng").Order(StringComparer.Ordinal)];

    private ProgramResult Run(byte[] capture, string rule, string settings = "")
    {
        var run = Product.Run("read", _folder.Write("a.pcap", capture), "-r", _folder.Write("r.yml", rule), "--evidence", _folder["e"] + settings);
        Assert.Equal(0, run.ExitStatus);
        return run;
    }

    /// <summary>The packets of a file, as texts that can be compared.</summary>
    internal static List<string> Read(string path)
    {
        var packets = new List<string>();
        using var reader = CaptureFileReader.Open(path);
        while (reader.TryReadBatch(out PacketBatch batch))
        {
            foreach (var packet in batch)
            {
                packets.Add(string.Create(CultureInfo.InvariantCulture, $"{packet.Time} {packet.LinkType} {packet.OriginalLength} {Convert.ToHexString(packet.Data)}"));
            }
        }

        return packets;
    }

    [GeneratedRegex("^alert ([0-9a-f]{32}), rule \"Potential Compromised 3CXDesktopApp Beaconing Activity - DNS\" bd03a0dc-5d93-49eb-b2e8-2dfd268600f8: ((segment|fragment), )?(query|response), packet \\d+\t")]
    private static partial Regex Comment();
}
