using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Tests.Running;
using WireDns.Wire.Net;

namespace WireDns.Tests.Golden;

/// <summary>The shipped captures give the alerts that were planted in them, and no other.</summary>
public sealed partial class GoldenTests
{
    public static TheoryData<string> Captures =>
        [.. Directory.GetFiles(TestPaths.Captures, "*.pcap*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_expectation_belongs_to_a_capture_that_is_tested()
    {
        var expected = Directory.GetFiles(TestPaths.Captures, "*.expected.jsonl")
            .Select(path => Path.GetFileName(path).Replace(".expected.jsonl", "", StringComparison.Ordinal));

        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            Captures.Select(row => Path.GetFileNameWithoutExtension(row.Data)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Raises_the_expected_alerts_and_no_other(string capture)
    {
        var path = Path.Combine(TestPaths.Captures, capture);
        var (alerts, _) = Detect(path);

        Assert.Equal(ExpectedAlert.ReadFor(path), alerts.Select(ToExpected));
        Assert.All(alerts, alert => Assert.Equal(path, alert.File));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Prints_the_expected_alerts_as_json_lines(string capture)
    {
        var path = Path.Combine(TestPaths.Captures, capture);
        var run = Product.Run("read", path, "-r", TestPaths.Rules, "--format", "ecs");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(ExpectedAlert.ReadFor(path), run.Output.Lines.Select(FromEcs));
    }

    [Theory]
    [MemberData(nameof(Captures))]
    public void Every_packet_ends_in_one_counter_and_the_readme_has_the_numbers(string capture)
    {
        var (alerts, ledger) = Detect(Path.Combine(TestPaths.Captures, capture));
        var readme = File.ReadAllText(Path.Combine(TestPaths.Captures, "README.md"));
        var row = Row(capture).Match(readme);

        Assert.Equal(ledger.Packets, ledger.DnsPackets + ledger.NotDns + ledger.Undecodable + ledger.IncompletePackets);
        Assert.True(row.Success, $"captures/README.md has no row for {capture}");
        Assert.Equal(
            [row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value],
            new[] { ledger.Packets, ledger.Messages, alerts.Count }.Select(number => number.ToString(CultureInfo.InvariantCulture)));
    }

    private static (List<Alert> Alerts, RunCounters Ledger) Detect(string path)
    {
        var alerts = new List<Alert>();
        var worker = new Worker(LoadedRules.Load([TestPaths.Rules]), alert =>
        {
            alerts.Add(alert);
            return true;
        });
        var run = new FileRun(worker);
        run.Read([path], areMerged: false, TestContext.Current.CancellationToken);
        Assert.Equal(0, run.Failed);
        return (alerts, worker.Snapshot());
    }

    private static ExpectedAlert ToExpected(Alert alert) => new(
        alert.PacketNumber,
        Seconds(alert.UnixTimeNanoseconds!.Value),
        alert.Transport,
        alert.Client.Address,
        alert.Client.Port,
        alert.Server.Address,
        alert.Message.Id,
        alert.Message.QuestionName!,
        alert.Message.QuestionType!,
        Assert.Single(alert.Reasons).Pattern,
        alert.Message.IsResponse,
        alert.Rule.Id!);

    private static ExpectedAlert FromEcs(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return new ExpectedAlert(
            Field(root, "wiredns", "packet_number").GetInt64(),
            Seconds(Nanoseconds(Field(root, "@timestamp").GetString()!)),
            Field(root, "network", "transport").GetString()!,
            Field(root, "client", "ip").GetString()!,
            Field(root, "client", "port").GetInt32(),
            Field(root, "server", "ip").GetString()!,
            int.Parse(Field(root, "dns", "id").GetString()!, CultureInfo.InvariantCulture),
            Field(root, "dns", "question", "name").GetString()!,
            Field(root, "dns", "question", "type").GetString()!,
            Assert.Single(Field(root, "wiredns", "reasons").EnumerateArray()).GetProperty("pattern").GetString()!,
            Field(root, "dns", "type").GetString() == "answer",
            Field(root, "rule", "id").GetString()!);
    }

    private static JsonElement Field(JsonElement element, params ReadOnlySpan<string> path) =>
        path.IsEmpty ? element : Field(element.GetProperty(path[0]), path[1..]);

    private static string Seconds(long nanoseconds) => string.Create(
        CultureInfo.InvariantCulture, $"{nanoseconds / 1_000_000_000}.{nanoseconds % 1_000_000_000:000000000}");

    private static long Nanoseconds(string timestamp)
    {
        var parts = Timestamp().Match(timestamp);
        var seconds = DateTimeOffset.Parse(parts.Groups[1].Value + "Z", CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        return (seconds * 1_000_000_000) + long.Parse(parts.Groups[2].Value.PadRight(9, '0'), CultureInfo.InvariantCulture);
    }

    private static Regex Row(string capture) => new($@"^\| `{Regex.Escape(capture)}` \|.*\| (\d+) \| (\d+) \| (\d+) \|$", RegexOptions.Multiline);

    [GeneratedRegex(@"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\.(\d{1,9})Z$")]
    private static partial Regex Timestamp();
}
