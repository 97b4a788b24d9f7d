using System.Net;
using System.Text.Json.Nodes;
using WireDns.Tests.Running;

namespace WireDns.Tests.Logging;

/// <summary>What <c>read --log-dns</c> logs of lookups.</summary>
public sealed class LookupLogTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_query_and_its_response_are_one_line_with_the_round_trip_and_the_answers()
    {
        var line = Assert.Single(Log(new LookupCapture()
            .Query(1, DnsBytes.Query("www.Example.com", 7))
            .Response(1.25, DnsBytes.Response("www.Example.com", 7, answers: [DnsBytes.Address("www.Example.com", "203.0.113.7")]))));

        Assert.Equal(
            $$"""
            {"event":"lookup","uid":"{{line["uid"]}}","ts":"2025-06-15T15:06:41.000000000Z","file":"{{_folder["a.pcap"]}}","client":"192.0.2.10","client_port":40000,"server":"192.0.2.53","server_port":53,"transport":"udp","community_id":"{{line["community_id"]}}","id":7,"opcode":"QUERY","name":"www.Example.com","type":"A","class":"IN","query_frame":1,"query_flags":"0x0100","response_frame":2,"response_flags":"0x8180","rcode":"NOERROR","rtt":0.25,"answers":[{"name":"www.Example.com","type":"A","class":"IN","ttl":60,"data":"203.0.113.7"}]}
            """,
            line.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void A_query_without_a_response_and_a_response_without_a_query_have_lines()
    {
        var lines = Log(new LookupCapture()
            .Query(1, DnsBytes.Query("asked.example", 1))
            .Response(2, DnsBytes.Response("answered.example", 2, responseCode: 3)));

        Assert.Equal(["answered.example", "asked.example"], lines.Select(line => (string?)line["name"]).Order(StringComparer.Ordinal));
        var (asked, answered) = (lines.Single(line => (string?)line["name"] == "asked.example"), lines.Single(line => (string?)line["name"] == "answered.example"));
        Assert.Equal(1, (int)asked["query_frame"]!);
        Assert.Null(asked["response_frame"]);
        Assert.Null(asked["answers"]);
        Assert.Null(answered["query_frame"]);
        Assert.Null(answered["rtt"]);
        Assert.Equal("NXDOMAIN", (string?)answered["rcode"]);
    }

    [Fact]
    public void Repetitions_are_counted_a_response_that_differs_has_a_line_and_a_query_after_the_response_is_a_new_lookup()
    {
        byte[] first = DnsBytes.Response("a.example", 7, answers: [DnsBytes.Address("a.example", "192.0.2.1")]);
        byte[] other = DnsBytes.Response("a.example", 7, answers: [DnsBytes.Address("a.example", "198.51.100.66")]);
        var capture = new LookupCapture();
        capture.Query(1, DnsBytes.Query("a.example", 7)).Query(1.5, DnsBytes.Query("a.example", 7));
        capture.Response(2, first).Response(2.1, first).Response(2.2, other);
        capture.Query(3, DnsBytes.Query("a.example", 7)).Response(3.5, other);
        var lines = Log(capture, out var error);

        Assert.Equal(["3", "5", "7"], lines.Select(line => line["response_frame"]!.ToJsonString()));
        Assert.Equal(["2", "2", null], lines.Select(line => line["queries"]?.ToJsonString()));
        Assert.Equal([null, "true", null], lines.Select(line => line["further_response"]?.ToJsonString()));
        Assert.Equal(["1", "1.2", "0.5"], lines.Select(line => line["rtt"]?.ToJsonString()));
        Assert.Single(error, line => line.StartsWith("lookups logged", StringComparison.Ordinal) && line.Contains(" 3", StringComparison.Ordinal));
        Assert.Single(error, line => line.StartsWith("  responses without a line", StringComparison.Ordinal) && line.Contains(" 1 ", StringComparison.Ordinal));
    }

    [Fact]
    public void Nothing_that_a_name_holds_can_forge_a_line_or_a_field()
    {
        byte[] wire = [11, .. "a\"\\\t\n\u0007,-\u001b[1"u8, 4, 0xff, 0x00, (byte)'.', (byte)'X', 0];
        var capture = new LookupCapture().Query(1, DnsBytes.WithQuestion(wire)).Bytes;
        var path = _folder.Write("a.pcap", capture);

        var zeek = Product.Run("read", path, "--log-dns", "stdout,format=zeek", "-q").Output.Lines;
        var cells = zeek[^1].Split('\t');
        Assert.Equal(26, cells.Length);
        Assert.Equal("""a"\\\x09\x0a\x07,-\x1b[1.\xff\x00\x2ex""", cells[9]);
        Assert.Equal(9, zeek.Count);

        var json = Assert.Single(Product.Run("read", path, "--log-dns", "stdout", "-q").Output.Lines);
        Assert.Equal(@"a""\\\009\010\007,-\027[1.\255\000\.X", (string?)JsonNode.Parse(json)!["name"]);
        Assert.DoesNotContain(json, character => character is < ' ' or > '~');
    }

    [Fact]
    public void Passive_DNS_adds_up_what_came_many_times()
    {
        var capture = new LookupCapture();
        for (var i = 0; i < 3; i++)
        {
            capture.Lookup((byte)(10 + i), i == 1 ? "WWW.example" : "www.example", "203.0.113.7", "203.0.113.8").Wait(10);
        }

        var path = _folder.Write("a.pcap", capture.Wait(4000).Lookup(9, "www.example", "203.0.113.7").Bytes);
        var lines = Product.Run("read", path, "--log-dns", "stdout,format=cof", "-q").Output.Lines.Select(line => JsonNode.Parse(line)!.AsObject()).ToList();

        Assert.Equal(
            [("203.0.113.7", 0, 20, 3), ("203.0.113.8", 0, 20, 3), ("203.0.113.7", 4030, 4030, 1)],
            lines.Select(line => ((string)line["rdata"]!, (int)line["time_first"]! - 1_750_000_000, (int)line["time_last"]! - 1_750_000_000, (int)line["count"]!)));
        Assert.All(lines, line => Assert.Equal(("www.example", "A"), ((string?)line["rrname"], (string?)line["rrtype"])));
    }

    [Fact]
    public void Rules_and_the_log_run_side_by_side_and_the_log_takes_several_targets()
    {
        var capture = Path.Combine(TestPaths.Captures, "tagged.pcap");
        var alone = Product.Run("read", capture, "-r", TestPaths.Rules, "-q");
        var run = Product.Run(
            "read", capture, "-r", TestPaths.Rules, "--log-dns", $"file:{_folder["a.json"]}", "--log-dns", $"file:{_folder["a.log"]},format=zeek", "-q", "-j", "2");

        Assert.Equal(alone.Output.Lines, run.Output.Lines);
        Assert.Equal(17, File.ReadAllLines(_folder["a.json"]).Length);
        Assert.Equal(17, File.ReadAllLines(_folder["a.log"]).Count(line => line[0] != '#'));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["a.json"]));
        }
    }

    [Fact]
    public void Every_lookup_of_every_capture_has_a_line_as_the_ledger_counts_them()
    {
        foreach (var name in new[] { "3cx-beacon.pcapng", "clean.pcap", "forwarder.pcapng", "queries-only.pcap", "responses-only.pcap", "tagged.pcap" })
        {
            var run = Product.Run("read", Path.Combine(TestPaths.Captures, name), "--log-dns", "stdout");
            var lookups = run.Error.Lines.Single(line => line.StartsWith("lookups  ", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];

            Assert.Equal(lookups, run.Output.Lines.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    [Theory]
    [InlineData("--log-dns stdout -r RULES", "--log-dns stdout: alerts go there too; send them elsewhere with -o, as in -o file:alerts.txt")]
    [InlineData("--log-dns stdout,format=xml", "--log-dns stdout: format=xml: json, zeek, zeek-json, cof or log was expected")]
    [InlineData("--log-dns stdout,level=high", "--log-dns stdout: no setting 'level' here; there are ")]
    [InlineData("--log-dns nowhere", "unknown output 'nowhere': ")]
    public void A_wrong_target_is_refused_in_words(string arguments, string error)
    {
        var run = Product.Run(["read", Path.Combine(TestPaths.Captures, "tagged.pcap"), .. arguments.Replace("RULES", TestPaths.Rules, StringComparison.Ordinal).Split(' ')]);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith("wiredns: " + error, run.Error.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Syslog_messages_of_lookups_lose_answers_and_stay_whole_JSON()
    {
        using var receiver = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;
        byte[][] answers = [.. Enumerable.Range(1, 40).Select(i => DnsBytes.Address("a.example", $"192.0.2.{i}"))];
        var path = _folder.Write("a.pcap", new LookupCapture().Query(1, DnsBytes.Query("a.example")).Response(2, DnsBytes.Response("a.example", answers: answers)).Bytes);
        Assert.Equal(0, Product.Run("read", path, "--log-dns", $"syslog://127.0.0.1:{port},max-length=1024", "-q").ExitStatus);

        var from = new IPEndPoint(IPAddress.Any, 0);
        var message = System.Text.Encoding.UTF8.GetString(receiver.Receive(ref from));
        Assert.True(message.Length <= 1024);
        Assert.Matches(@"^<134>1 2025-06-15T15:06:41\.000000Z \S+ wiredns \d+ lookup - \{", message);
        var line = JsonNode.Parse(message[message.IndexOf('{', StringComparison.Ordinal)..])!;
        Assert.Equal(40, line["answers"]!.AsArray().Count + (int)line["answers_left_out"]!);
        Assert.NotEmpty(line["answers"]!.AsArray());
    }

    private List<JsonObject> Log(LookupCapture capture) => Log(capture, out _);

    private List<JsonObject> Log(LookupCapture capture, out IReadOnlyList<string> error)
    {
        var run = Product.Run("read", _folder.Write("a.pcap", capture.Bytes), "--log-dns", "stdout");
        Assert.Equal(0, run.ExitStatus);
        error = run.Error.Lines;
        return [.. run.Output.Lines.Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
