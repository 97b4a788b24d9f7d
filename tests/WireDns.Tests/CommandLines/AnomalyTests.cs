using System.Text.Json;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Tests.Detection;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary><c>--anomalies</c> and the summary: where to find what is malformed or cannot be decoded.</summary>
public sealed class AnomalyTests : IDisposable
{
    // A query whose name has an invalid label type after a sound label; and three octets, too few for a header.
    private static readonly byte[] Broken = Convert.FromHexString("1234010000010000000000000362616480");
    private static readonly byte[] Short = [1, 2, 3];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Decode_prints_messages_alone_unless_it_is_asked_for_anomalies()
    {
        var capture = Mixed("mixed.pcapng");

        var plain = Product.Run("decode", capture);
        var all = Product.Run("decode", capture, "--anomalies");

        Assert.DoesNotContain(plain.Output.Lines, line => line.Contains("\"anomaly\"", StringComparison.Ordinal));
        Assert.Equal(plain.Output.Lines, all.Output.Lines.Where(line => !line.Contains("\"anomaly\"", StringComparison.Ordinal)));
        Assert.Equal(
            [
                Expected("malformed", "label_type", capture, 2, ",\"src\":\"192.0.2.1\",\"dst\":\"192.0.2.53\",\"sport\":40000,\"dport\":53,\"transport\":\"udp\",\"offset\":16"),
                Expected("undecodable", "file_unknown_interface", capture, 3, "", time: "null"),
                Expected("undecodable", "cut_header", capture, 4, ",\"src\":\"192.0.2.1\",\"dst\":\"192.0.2.53\""),
                Expected("malformed", "header_cut", capture, 5, ",\"src\":\"192.0.2.1\",\"dst\":\"192.0.2.53\",\"sport\":40000,\"dport\":53,\"transport\":\"udp\",\"offset\":3"),
                Expected("undecodable", "bad_length", capture, 6, ",\"src\":\"192.0.2.1\",\"dst\":\"192.0.2.53\",\"sport\":40000,\"dport\":53,\"transport\":\"udp\""),
                Expected("undecodable", "cut_header", capture, 7, ""),
            ],
            all.Output.Lines.Where(line => line.Contains("\"anomaly\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Read_sends_anomalies_among_the_alerts_in_their_format()
    {
        var capture = Mixed("mixed.pcapng");

        var text = Product.Run("read", capture, "-r", TestPaths.Rules, "--anomalies");
        var ecs = Product.Run("read", capture, "-r", TestPaths.Rules, "--anomalies", "-f", "ecs");

        Assert.Equal(
            [
                $"2023-11-14T22:13:20.000002Z ANOMALY  \"malformed label_type\" 192.0.2.1:40000 -> 192.0.2.53:53 udp query - bad - {capture}#2",
                $"- ANOMALY  \"undecodable file_unknown_interface\" - -> - - - - - - {capture}#3",
                $"2023-11-14T22:13:20.000004Z ANOMALY  \"undecodable cut_header\" 192.0.2.1 -> 192.0.2.53 - - - - - {capture}#4",
                $"2023-11-14T22:13:20.000005Z ANOMALY  \"malformed header_cut\" 192.0.2.1:40000 -> 192.0.2.53:53 udp - - - - {capture}#5",
                $"2023-11-14T22:13:20.000006Z ANOMALY  \"undecodable bad_length\" 192.0.2.1:40000 -> 192.0.2.53:53 udp - - - - {capture}#6",
                $"2023-11-14T22:13:20.000007Z ANOMALY  \"undecodable cut_header\" - -> - - - - - - {capture}#7",
            ],
            text.Output.Lines);
        var events = ecs.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(events, entry =>
        {
            Assert.Equal(("event", "wiredns.anomaly"), (entry.GetProperty("event").GetProperty("kind").GetString(), entry.GetProperty("event").GetProperty("dataset").GetString()));
            Assert.False(entry.TryGetProperty("rule", out _));
        });
        Assert.Equal(
            ["label_type", "file_unknown_interface", "cut_header", "header_cut", "bad_length", "cut_header"],
            events.Select(entry => entry.GetProperty("wiredns").GetProperty("anomaly").GetProperty("reason").GetString()));
        Assert.Equal(6, events.Select(entry => entry.GetProperty("event").GetProperty("id").GetString()).Distinct().Count());
        Assert.Contains("alerts                                                0", text.Error.Text, StringComparison.Ordinal);
        Assert.Empty(Product.Run("read", capture, "-r", TestPaths.Rules).Output.Lines);
    }

    [Fact]
    public void The_summary_names_the_first_three_places_of_each_reason_in_the_order_of_the_files()
    {
        var first = Many("a.pcap", 2);
        var second = Many("b.pcap", 3);

        foreach (var jobs in (string[])["1", "2", "8"])
        {
            var run = Product.Run("read", first, second, "-r", TestPaths.Rules, "-j", jobs);

            Assert.Contains(run.Error.Lines, line => line.Trim() is var text && text.StartsWith("shorter than a header", StringComparison.Ordinal)
                && text.EndsWith($" {first}#1, #2, {second}#1 ...", StringComparison.Ordinal));
        }

        var ledger = JsonDocument.Parse(Product.Run("decode", first, "--ledger").Output.Lines[^1]).RootElement.GetProperty("ledger");
        Assert.Equal([1, 2], ledger.GetProperty("places").GetProperty("malformed").GetProperty("header_cut").EnumerateArray()
            .Select(place => place.GetProperty("frame").GetInt32()));
    }

    [Theory]
    [InlineData("2")]
    [InlineData("8")]
    public void Threads_change_nothing_of_what_is_told(string jobs)
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(TestPaths.Captures, "torture"), "*.pcap*").Where(path => Path.GetFileName(path)[0] is 'h' or 'f').Order(StringComparer.Ordinal)];
        string[] arguments = ["read", .. files, "-r", TestPaths.Rules, "--anomalies"];
        var one = Product.Run([.. arguments, "-j", "1"]);
        var many = Product.Run([.. arguments, "-j", jobs]);

        Assert.InRange(one.Output.Lines.Count(line => line.Contains(" ANOMALY ", StringComparison.Ordinal)), 100, 100_000);
        Assert.Equal(one.Output.Text, many.Output.Text);
        Assert.Equal(one.Error.Lines.Where(line => !line.Contains(" a second", StringComparison.Ordinal)), many.Error.Lines.Where(line => !line.Contains(" a second", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_summary_names_where_another_protocol_was_met_on_a_port_of_DNS()
    {
        var sip = "INVITE sip:vi bad.example SIP/2.0\r\n"u8.ToArray();
        var capture = _folder.Write("sip.pcap", new LookupCapture().Query(1, sip).Bytes);

        var run = Product.Run("read", capture, "-r", TestPaths.Rules);

        Assert.Contains(run.Error.Lines, line => line.TrimStart().StartsWith("SIP ", StringComparison.Ordinal) && line.EndsWith($" {capture}#1", StringComparison.Ordinal));
    }

    [Fact]
    public void A_hostile_capture_costs_no_memory_for_each_of_its_anomalies()
    {
        var worker = new Worker(LoadedRules.Load([TestPaths.Rules]), _ => true);
        var source = WireDns.Detection.Messages.PacketSource.OfFile("hostile");
        var frame = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, Short);
        void Take(int count)
        {
            for (var number = 1; number <= count; number++)
            {
                worker.Process(new Wire.Packet { Data = frame, OriginalLength = frame.Length, LinkType = Wire.LinkType.Ethernet, Time = default, Number = number }, source);
                worker.Process(new Wire.Packet { Data = [1], OriginalLength = 1, LinkType = Wire.LinkType.Ethernet, Time = default, Number = number }, source);
            }
        }

        Take(1000);

        Assert.InRange(Allocated.By(() => Take(50_000)), 0, 4096);
        Assert.Equal(6, worker.Snapshot().Places.Count);
    }

    [Fact]
    public void A_sensor_tells_of_so_many_anomalies_in_a_second_and_counts_the_others()
    {
        var capture = new LookupCapture();
        for (var i = 0; i < 30; i++)
        {
            capture.Query(1 + (i / 20), Short);
        }

        var run = DetectionRun.Of(LoadedRules.Load([TestPaths.Rules]), _folder.Write("c.pcap", capture.Bytes), new DetectorOptions { AnomaliesPerSecond = 15 });

        Assert.Equal(25, run.Alerts.Count(alert => alert.Anomaly is { Kind: "malformed", Reason: "header_cut" } && alert.Rule.Level == AlertLevel.Informational));
        Assert.Equal(5, run.Counters["anomalies_held_back"]);
        Assert.Equal(30, run.Counters.Malformed);
    }

    private static string Expected(string kind, string reason, string file, int frame, string rest, string? time = null) =>
        $"{{\"anomaly\":\"{kind}\",\"reason\":\"{reason}\",\"file\":\"{file}\",\"frame\":{frame},\"ts\":{time ?? $"\"1700000000.00000{frame}000\""}{rest}}}";

    private string Many(string name, int count)
    {
        var capture = new LookupCapture();
        for (var i = 0; i < count; i++)
        {
            capture.Query(i, Short);
        }

        return _folder.Write(name, capture.Bytes);
    }

    private string Mixed(string name)
    {
        const ulong Second = 1_700_000_000_000_000;
        var badLength = Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, Short);
        (badLength[38], badLength[39]) = (0, 7);
        return _folder.Write(name, new PcapngBuilder().Section().Interface()
            .Enhanced(0, Second + 1, Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, DnsBytes.Query("www.example.com")))
            .Enhanced(0, Second + 2, Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, Broken))
            .Enhanced(9, Second + 3, Short)
            .Enhanced(0, Second + 4, Frames.Ipv4("192.0.2.1", "192.0.2.53", 17, 0, Short))
            .Enhanced(0, Second + 5, Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, Short))
            .Enhanced(0, Second + 6, badLength)
            .Enhanced(0, Second + 7, Short)
            .ToArray());
    }
}
