using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>What a user can have held back, and what is said about it.</summary>
public sealed class NoiseTests : IDisposable
{
    private const string Rules = "title: evil\nlogsource: {category: dns}\ndetection:\n  s: {query|contains: evil}\n  condition: s\nlevel: high\n";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_sends_every_alert_and_with_suppress_one_and_a_summary()
    {
        var all = Run();
        var some = Run("--suppress", "high=5m");

        Assert.Equal(30, all.Output.Lines.Count);
        Assert.DoesNotContain("suppressed", all.Error.Text, StringComparison.Ordinal);
        Assert.Equal(4, some.Output.Lines.Count);
        Assert.Single(some.Output.Lines, line => line.Contains(" -> - - - - evil.example repeats:\"19 more in 5m\"=\"", StringComparison.Ordinal));
        Assert.Single(some.Output.Lines, line => line.Contains(" -> - - - - evil.github.io repeats:\"9 more in 5m\"=\"", StringComparison.Ordinal));
        Assert.Matches(new Regex("^alerts +30 ", RegexOptions.Multiline), some.Error.Text);
        Assert.Matches(new Regex("^  suppressed +28 ", RegexOptions.Multiline), some.Error.Text);
        Assert.Matches(new Regex("^  summaries +2 ", RegexOptions.Multiline), some.Error.Text);
        Assert.Contains("are held back and summed up (high 5m); --no-suppress sends all", some.Error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_ledger_the_counters_of_each_sink_add_up_whatever_happened_to_its_alerts()
    {
        var capture = new LookupCapture();
        for (byte client = 1; client <= 9; client++)
        {
            capture.Query(client, "a.evil.example").Query(client, "b.evil.example").Query(client, "silent.evil.test").Query(client, "c.evil.example");
        }

        using var closed = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        closed.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0)); // nobody listens on it, and nobody else is given it
        var port = ((System.Net.IPEndPoint)closed.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture);
        var run = Product.Run(
            "read", _folder.Write("sum.pcap", capture.Bytes), "-r", _folder.Write("rule.yml", Rules), "--suppress", "1h", "--rate-limit", "5/1h",
            "--silences", _folder.Write("silences.yml", "- until: 2999-01-01\n  reason: test\n  name: \"*.evil.test\"\n"),
            "-o", $"file:{_folder["a.txt"]}", "-o", $"file:{_folder["b.txt"]},level=critical", "-o", $"syslog+tcp://127.0.0.1:{port},retry-for=1s",
            "--ledger-file", _folder["ledger.json"]);

        Assert.Equal(1, run.ExitStatus);
        using var document = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(_folder["ledger.json"]));
        var ledger = document.RootElement.GetProperty("ledger");
        var alerts = ledger.GetProperty("alerts");
        Assert.Equal(36, Of(alerts, "raised"));
        Assert.Equal(Of(alerts, "raised"), Sum(alerts, "silenced", "rate_limited", "suppressed", "passed"));
        Assert.Equal([9, 12, 10, 5], new[] { "silenced", "rate_limited", "suppressed", "passed" }.Select(name => Of(alerts, name)));
        var sinks = ledger.GetProperty("sinks").EnumerateArray().ToList();
        Assert.Equal(3, sinks.Count);
        Assert.All(sinks, sink =>
        {
            Assert.Equal(
                Sum(sink, "raised", "recovered"),
                Sum(sink, "silenced", "rate_limited", "suppressed", "filtered", "delivered", "waiting_in_memory", "waiting_in_spool", "dropped", "failed"));
            Assert.Equal(Of(alerts, "raised") + Of(alerts, "summaries"), Of(sink, "raised"));
        });
        var sent = Of(alerts, "passed") + Of(alerts, "summaries");
        Assert.Equal((sent, File.ReadAllLines(_folder["a.txt"]).LongLength), (Of(sinks[0], "delivered"), sent));
        Assert.Equal(sent, Of(sinks[1], "filtered"));
        Assert.Equal(sent, Of(sinks[2], "failed"));
        Assert.Equal(sent, Of(sinks[2].GetProperty("failed_reasons"), "receiver_absent"));

        static long Of(System.Text.Json.JsonElement element, string name) => element.GetProperty(name).GetInt64();

        static long Sum(System.Text.Json.JsonElement element, params string[] names) => names.Sum(name => Of(element, name));
    }

    [Fact]
    public void Tenants_of_one_provider_are_told_apart_by_the_private_part_of_the_suffix_list()
    {
        var capture = new LookupCapture();
        capture.Query(1, "evil.github.io").Query(1, "evil2.github.io").Query(1, "www.evil.github.io");
        var run = Product.Run("read", _folder.Write("tenants.pcap", capture.Bytes), "-r", _folder.Write("rule.yml", Rules), "--suppress", "1h");

        Assert.Equal(3, run.Output.Lines.Count);
        Assert.Contains(" evil.github.io repeats:\"1 more in 1h\"=\"www.evil.github.io\" ", run.Output.Lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_the_rate_limit_alerts_are_summed_up()
    {
        var run = Run("--rate-limit", "3/1h");

        Assert.Equal(4, run.Output.Lines.Count);
        Assert.Contains(" - -> - - - - - rate-limit:\"27 more in 1h\"=\"", run.Output.Lines[3], StringComparison.Ordinal);
        Assert.Matches(new Regex("^  rate-limited +27 ", RegexOptions.Multiline), run.Error.Text);
    }

    [Fact]
    public void Silences_say_what_they_cover_which_hit_nothing_and_which_are_over()
    {
        var year = DateTime.UtcNow.Year + 1;
        var file = _folder.Write("silences.yml", string.Create(CultureInfo.InvariantCulture, $"""
            - until: {year}-01-31
              reason: "ticket 4711"
              name: "*.evil.example"
            - {"{"}until: {year}-01-31, reason: never seen, client: 203.0.113.0/24{"}"}
            - {"{"}until: 2020-01-31, reason: long ago, name: evil.github.io{"}"}
            """));
        var run = Run("--silences", file);

        Assert.Equal(10, run.Output.Lines.Count);
        Assert.Contains($"wiredns: {file}: 2 silences are in force", run.Error.Lines);
        Assert.Contains($"wiredns: {file}:5: this silence is over and has no effect: long ago", run.Error.Lines);
        Assert.Matches(new Regex("^  silenced +20 ", RegexOptions.Multiline), run.Error.Text);
        Assert.Matches(new Regex($"^    .*silences.yml:1 +20 +silenced, until {year}-02-01T00:00Z: ticket 4711", RegexOptions.Multiline), run.Error.Text);
        Assert.Matches(new Regex("^    .*silences.yml:4 +0 +silence that has hit nothing, until .*: never seen", RegexOptions.Multiline), run.Error.Text);
    }

    [Fact]
    public void Faults_of_a_file_of_silences_are_all_said_with_their_places()
    {
        var file = _folder.Write("silences.yml", """
            - until: tomorrow
              reason: x
              rule: evil
            - until: 2027-01-31
              client: 10.1
            - until: 2027-01-31
              reason: everything
            - until: 2027-01-31
              reason: x
              nam: evil.example
              name: "a.*.example"
            - text
            """);
        var run = Run("--silences", file);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(
            [
                $"{file}:1:10: error: expected a date, as 2027-01-31 or 2027-01-31T12:00Z, found 'tomorrow'",
                $"{file}:4:3: error: expected the key reason, which says why it is there",
                $"{file}:5:11: error: expected an address or a network without host bits, as 192.0.2.7 or 192.0.2.0/24, found '10.1'",
                $"{file}:6:3: error: expected at least one of rule, client and name: a silence of everything would hide an attack",
                $"{file}:10:3: error: expected one of the keys until, reason, rule, client, name, found 'nam'",
                $"{file}:11:9: error: expected a name without a final dot, or *. and a name for all names below it, found 'a.*.example'",
                $"{file}:12:3: error: expected a silence with the keys until, reason, rule, client, name, found 'text'",
            ],
            run.Error.Lines.Where(line => line.Contains(": error: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_end_of_a_correlation_is_told_if_it_is_asked_for()
    {
        var rules = Rules.Replace("title: evil\n", "title: evil\nname: evil\n", StringComparison.Ordinal)
            + "---\ntitle: many\ncorrelation:\n  type: event_count\n  rules: [evil]\n  group-by: [src_ip]\n  timespan: 5m\n  condition: {gte: 3}\n";
        var capture = Capture();
        var path = _folder.Write("rules.yml", rules);
        var without = Product.Run("read", capture, "-r", path);
        var with = Product.Run("read", capture, "-r", path, "--correlation-ends", "yes");

        var end = Assert.Single(with.Output.Lines.Except(without.Output.Lines));
        Assert.Contains("\"many\" ", end, StringComparison.Ordinal);
        Assert.Contains(" ended:\"event_count gte 3 in 5m\"=\"28 events\" ", end, StringComparison.Ordinal);
        Assert.Matches(new Regex("^  ends of correlations +1 ", RegexOptions.Multiline), with.Error.Text);
    }

    [Theory]
    [InlineData("--suppress", "ten", "--suppress takes a time of at most 30 days, as 30s, 10m or 1h, not 'ten'.")]
    [InlineData("--suppress", "urgent=10m", "--suppress takes informational, low, medium, high, critical before '=', not 'urgent'.")]
    [InlineData("--rate-limit", "0", "--rate-limit takes a number from 1 on, and a time after a slash if it is not a minute (100, 100/10m), not '0'.")]
    [InlineData("--correlation-ends", "maybe", "--correlation-ends takes yes or no, not 'maybe'.")]
    public void A_mistake_is_named(string option, string value, string message)
    {
        var run = Run(option, value);

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains(message, run.Error.Text, StringComparison.Ordinal);
    }

    private ProgramResult Run(params string[] arguments) =>
        Product.Run(["read", Capture(), "-r", _folder.Write("rule.yml", Rules), .. arguments]);

    /// <summary>Thirty lookups of a client, ten seconds apart: twenty below one domain and ten below another.</summary>
    private string Capture()
    {
        var capture = new LookupCapture();
        for (var number = 0; number < 30; number++)
        {
            capture.Query(1, number % 3 == 0 ? $"{number}.evil.github.io" : $"{number}.evil.example").Wait(1);
        }

        return _folder.Write("capture.pcap", capture.Bytes);
    }
}
