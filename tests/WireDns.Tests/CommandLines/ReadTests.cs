using System.IO.Compression;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>What <c>wiredns read</c> reads, and how it prints what it found.</summary>
public sealed partial class ReadTests
{
    [Fact]
    public void Prints_a_line_for_each_alert_and_the_summary_on_stderr()
    {
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(SampleCaptures.BeaconAlerts, run.Output.Lines.Count);
        Assert.All(run.Output.Lines, line => Assert.Matches(Alert(), line));
        foreach (var row in new[] { @"^packets +654 +in \d+\.\d\d s", "^DNS messages +292", "^alerts +41", @"^  high +41 +Potential Compromised 3CXDesktopApp" })
        {
            Assert.Single(run.Error.Lines, line => Regex.IsMatch(line, row));
        }
    }

    [Fact]
    public void Prints_no_summary_when_it_is_asked_to_be_quiet()
    {
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
    }

    [Fact]
    public void Finds_nothing_in_a_clean_capture_and_that_is_no_failure()
    {
        var run = Product.Run("read", Path.Combine(TestPaths.Captures, "clean.pcap"), "-r", TestPaths.Rules);

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Output.Bytes);
        Assert.Single(run.Error.Lines, line => Regex.IsMatch(line, "^alerts +0 "));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reads_standard_input(bool isCompressed)
    {
        var bytes = File.ReadAllBytes(SampleCaptures.Beacon);
        var run = Product.RunWithInput(isCompressed ? Gzip(bytes) : bytes, "read", "-", "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(SampleCaptures.BeaconAlerts, run.Output.Lines.Count);
        Assert.All(run.Output.Lines, line => Assert.Contains(" standard input#", line, StringComparison.Ordinal));
        Assert.Empty(run.Error.Lines);
    }

    [Fact]
    public void Reads_a_folder_in_the_order_of_names_and_says_what_it_leaves_out()
    {
        using var folder = new TemporaryFolder();
        foreach (var name in new[] { "b.pcap", "10.pcap", "2.pcap" })
        {
            folder.Write(name, File.ReadAllBytes(SampleCaptures.Tagged));
        }

        folder.Write("notes.txt", "not a capture");
        Directory.CreateDirectory(folder["inner"]);
        folder.Write(Path.Combine("inner", "c.pcap"), File.ReadAllBytes(SampleCaptures.Tagged));
        var run = Product.Run("read", folder.Path, "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(
            Enumerable.Repeat("10.pcap", SampleCaptures.TaggedAlerts)
                .Concat(Enumerable.Repeat("2.pcap", SampleCaptures.TaggedAlerts))
                .Concat(Enumerable.Repeat("b.pcap", SampleCaptures.TaggedAlerts))
                .Concat(Enumerable.Repeat("c.pcap", SampleCaptures.TaggedAlerts)),
            run.Output.Lines.Select(line => Path.GetFileName(line[..line.LastIndexOf('#')])));
        Assert.StartsWith($"wiredns: skipped {folder["notes.txt"]}: ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read", "-r", "-q")]
    [InlineData("decode")]
    public void Many_files_of_a_folder_that_are_no_captures_take_one_line_and_each_its_own_where_it_is_verbose(string command, params string[] options)
    {
        using var folder = new TemporaryFolder();
        folder.Write("z.pcap", File.ReadAllBytes(SampleCaptures.Tagged));
        for (var number = 100; number < 400; number++)
        {
            folder.Write($"{number}.txt", "not a capture");
        }

        string[] arguments = [command, folder.Path, .. options.SelectMany(option => option == "-r" ? new[] { option, TestPaths.Rules } : [option])];
        var run = Product.Run(arguments);
        var verbose = Product.Run([.. arguments, "-v"]);
        var chosen = Product.Run([.. arguments, "--include", "*.PCAP"]);

        Assert.Equal((0, 0, 0), (run.ExitStatus, verbose.ExitStatus, chosen.ExitStatus));
        Assert.Equal(
            $"wiredns: skipped 300 files that hold no capture, or folders: {folder["100.txt"]}, {folder["101.txt"]}, {folder["102.txt"]} ... (-v lists them)",
            run.Error.Lines[0]);
        Assert.Single(run.Error.Lines, line => line.Contains("skipped", StringComparison.Ordinal));
        Assert.Equal(300, verbose.Error.Lines.Count(line => line.StartsWith("wiredns: skipped ", StringComparison.Ordinal) && line.Contains(".txt: ", StringComparison.Ordinal)));
        Assert.Equal("wiredns: skipped 300 files whose names do not match *.PCAP", chosen.Error.Lines[0]);
    }

    [Fact]
    public void Reads_several_files_one_after_the_other_each_on_its_own()
    {
        // The same lookups a second time belong to another capture, and raise their own alerts.
        using var folder = new TemporaryFolder();
        var again = folder.Write("again.pcap", File.ReadAllBytes(SampleCaptures.Tagged));
        var run = Product.Run("read", SampleCaptures.Tagged, SampleCaptures.Beacon, again, "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(
            [SampleCaptures.TaggedAlerts, SampleCaptures.BeaconAlerts, SampleCaptures.TaggedAlerts],
            RunLengths(run.Output.Lines.Select(line => Path.GetFileName(line[..line.LastIndexOf('#')]))));
    }

    [Fact]
    public void Joins_the_two_directions_of_a_link_where_files_are_merged()
    {
        var queries = Path.Combine(TestPaths.Captures, "queries-only.pcap");
        var responses = Path.Combine(TestPaths.Captures, "responses-only.pcap");
        var run = Product.Run("read", "--merge", responses, queries, "-r", TestPaths.Rules, "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(SampleCaptures.BeaconAlerts, run.Output.Lines.Count);
        Assert.All(run.Output.Lines, line => Assert.Contains("queries-only.pcap#", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_message_after_a_lost_segment_names_its_own_file_and_packet_where_files_are_merged()
    {
        using var folder = new TemporaryFolder();
        var client = folder.Write("client.pcap", new PcapBuilder()
            .Record(100, 0, Layers.Ethernet(Layers.Ipv4(Layers.Tcp(0, [], "S"), 6)))
            .Record(101, 0, Layers.Ethernet(Layers.Ipv4(Layers.Tcp(500, Layers.Framed(DnsBytes.Query("msstorageazure.com"))), 6))).ToArray());
        var server = folder.Write("server.pcap", new PcapBuilder()
            .Record(102, 0, Layers.Ethernet(Layers.Ipv4(Layers.Tcp(9, [], "A", 900, 53, 40_000), 6, Layers.Server, Layers.Client))).ToArray());

        var run = Product.Run("read", "--merge", server, client, "-r", TestPaths.Rules, "-q");

        var line = Assert.Single(run.Output.Lines);
        Assert.StartsWith("1970-01-01T00:01:41", line, StringComparison.Ordinal);
        Assert.EndsWith($"{client}#2", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Prints_ecs_as_valid_json_lines_with_the_rule_and_its_author()
    {
        var run = Product.Run("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "--format", "ecs", "-q");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(SampleCaptures.BeaconAlerts, run.Output.Lines.Count);
        foreach (var line in run.Output.Lines)
        {
            using var document = JsonDocument.Parse(line);
            var rule = document.RootElement.GetProperty("rule");
            Assert.Equal(Product.RuleId, rule.GetProperty("id").GetString());
            Assert.Contains("Nasreddine Bencherchali", rule.GetProperty("author").ToString(), StringComparison.Ordinal);
            Assert.Contains("TA0011", document.RootElement.GetProperty("threat").GetProperty("tactic").GetProperty("id").ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Prints_below_each_alert_what_the_rule_says_where_it_is_verbose()
    {
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-v", "-q");

        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count(line => Alert().IsMatch(line)));
        foreach (var detail in new[] { Product.RuleId, "Nasreddine Bencherchali (Nextron Systems)", "selection QueryName|contains:", "Unlikely", "^^^^" })
        {
            Assert.Equal(
                SampleCaptures.TaggedAlerts,
                run.Output.Lines.Count(line => line.StartsWith("  ", StringComparison.Ordinal) && line.Contains(detail, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Colours_only_where_it_is_told_to_and_then_nothing_else_differs()
    {
        var plain = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q");
        var never = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q", "--color", "never");
        var always = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q", "--color", "always");

        Assert.DoesNotContain('\e', plain.Output.Text);
        Assert.Equal(plain.Output.Text, never.Output.Text);
        Assert.All(always.Output.Lines, line => Assert.Contains('\e', line));
        Assert.Equal(plain.Output.Text, Colour().Replace(always.Output.Text, ""));
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(bytes);
        }

        return compressed.ToArray();
    }

    private static List<int> RunLengths(IEnumerable<string> words)
    {
        var lengths = new List<int>();
        string? last = null;
        foreach (var word in words)
        {
            if (word == last)
            {
                lengths[^1]++;
            }
            else
            {
                lengths.Add(1);
            }

            last = word;
        }

        return lengths;
    }

    [GeneratedRegex("""^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z HIGH     "Potential Compromised 3CXDesktopApp Beaconing Activity - DNS" \S+ -> \S+ (udp|tcp) query [A-Z]+ \S+ QueryName\|contains:"\S+" .*#\d+$""")]
    private static partial Regex Alert();

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Colour();
}
