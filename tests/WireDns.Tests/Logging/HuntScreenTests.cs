using System.Text;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Detection.Screening;
using WireDns.Hunting;
using WireDns.Tests.Queries;
using WireDns.Tests.Running;
using static WireDns.Tests.Detection.RuleText;

namespace WireDns.Tests.Logging;

/// <summary>
/// A log in small groups, of few clients' ports, ids and names, so that lookups begin again, have further responses, and have none: with flags, codes and answers of many kinds.
/// </summary>
public sealed class RepeatedLookupsLog : IDisposable
{
    private static readonly string[] Names =
        ["evil.test", "www.Example.com", "x.evil.test", "100%.test", "a_b.test", @"dot\.in.test", "ümlaut.test", "localhost", "", "deadbeefcafe.net", "xn--bcher-kva.example", @"tab\009name.test"];

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(61);

    /// <summary>Writes it.</summary>
    public RepeatedLookupsLog()
    {
        string[] captures = [Capture("a.pcap"), Capture("b.pcap")];
        Assert.Equal(0, Product.Run("read", captures[0], captures[1], "-o", $"parquet:{_folder["log"]},group=23,rows=200").ExitStatus);
        Assert.Equal(0, Product.Run("read", captures[0], captures[1], "--merge", "-o", $"parquet:{_folder["log"]},group=31,rows=300,sensor=merged").ExitStatus);
        Files = [.. Directory.GetFiles(_folder["log"], "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    /// <summary>Its files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Writes rules.</summary>
    public string Write(string rules) => _folder.Write("rules.yml", rules);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private string Capture(string name)
    {
        var capture = new LookupCapture();
        var time = _random.NextDouble();
        for (var lookup = 0; lookup < 500; lookup++)
        {
            time += _random.NextDouble() * 2.5;
            var asked = Names[_random.Next(Names.Length)];

            // Half of the names are in sound messages alone, and half of the lookups are alone with their port.
            var mayBeUnusual = Array.IndexOf(Names, asked) % 2 == 1;
            var (id, port, client) = ((ushort)_random.Next(1, 4), (ushort)(_random.Next(2) == 0 ? 30_000 + lookup : _random.Next(20_000, 20_003)), _random.Next(2) == 0 ? LookupCapture.Client : "10.1.2.3");
            var type = Pick<ushort>(1, 1, 16, 28, 65);
            byte[][] questions = mayBeUnusual && _random.Next(12) == 0 ? [DnsBytes.Question(asked, type), DnsBytes.Question("second.evil.test", 16)] : [DnsBytes.Question(_random.Next(4) == 0 && asked.All(char.IsAscii) ? asked.ToUpperInvariant() : asked, type)];
            for (var repeated = _random.Next(8) == 0 ? 2 : _random.Next(5) == 0 ? 0 : 1; repeated > 0; repeated--)
            {
                var query = DnsBytes.Message(id, (ushort)(Pick(0, 0x0100, 0x0100) | Pick(0, 0, 0, 0x20, 0x40)), questions, []);
                capture.Query(time += 0.001, mayBeUnusual && _random.Next(10) == 0 ? query[..^1] : query, client, port: port);
            }

            for (var responses = Pick(0, 1, 1, 1, 1, 2); responses > 0; responses--)
            {
                var code = Pick<ushort>(0, 0, 3, 2);
                byte[][] answers = code != 0 ? [] : [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Answer(asked))];
                var response = DnsBytes.Message(id, (ushort)(0x8000 | code | Pick(0, 0x0180, 0x0400) | Pick(0, 0, 0x20)), questions, answers, _random.Next(3) == 0 ? [DnsBytes.Edns((byte)Pick(0, 0, 1))] : []);
                capture.Response(time += Pick(0.01, 0.01, 0.01, 4, 11), mayBeUnusual && _random.Next(12) == 0 ? response[..^2] : response, client, port: port);
            }
        }

        return _folder.Write(name, capture.Bytes);
    }

    private byte[] Answer(string name) => _random.Next(6) switch
    {
        0 => DnsBytes.Address(name, "10.0.0.1"),
        1 => DnsBytes.Address(name, "2001:db8::5"),
        2 => DnsBytes.Record(name, DnsBytes.Cname, 300, DnsBytes.Name("Alias.evil.test")),
        3 => DnsBytes.Record(name, DnsBytes.Txt, 60, [3, .. "IEX"u8]),
        4 => DnsBytes.Record(name, 65, 60, [0, 1, 0]),
        _ => DnsBytes.Record(name, 15, 60, [0, 10, .. DnsBytes.Name("mail.example.com")]),
    };

    private T Pick<T>(params T[] values) => values[_random.Next(values.Length)];
}

/// <summary><c>hunt</c> leaves out rows by few columns: what that changes is nothing.</summary>
public sealed class HuntScreenTests(RepeatedLookupsLog log) : IClassFixture<RepeatedLookupsLog>
{
    [Theory]
    [InlineData(1, 1, 60)]
    [InlineData(2, 2, 60)]
    public void Generated_rules_raise_the_same_alerts_in_the_same_order_whether_rows_are_left_out_or_not(int seed, int count, int rounds)
    {
        var random = new Random(seed);
        var (screened, alerts, leftOut) = (0, 0, 0L);
        for (var round = 0; round < rounds; round++)
        {
            var text = DuckDbTests.Rules(random, count);
            if (random.Next(4) == 0)
            {
                text += Correlation(random);
            }

            (screened, alerts, leftOut) = Compare(text, $"round {round}") is { } found ? (screened + 1, alerts + found.Alerts, leftOut + found.LeftOut) : (screened, alerts, leftOut);
        }

        Assert.True(screened > rounds / 5 && alerts > 2000 && leftOut > 2000, $"{screened} sets of rules, {alerts} alerts, {leftOut} rows left out");
    }

    [Theory]
    [InlineData("a name", "s: {query|contains: evil}", "s")]
    [InlineData("a name and what is not in it", "a: {query|contains: e}\n  b: {query|endswith: .test}", "a and not b")]
    [InlineData("a name in its case", "s: {query|cased: EVIL.TEST}", "s")]
    [InlineData("an expression", "s: {query|re: '^[A-Z0-9.]+$'}", "s")]
    [InlineData("flags of the query, which the response does not have", "s: {Z: [2, 4, 6], query|contains: '.'}", "s")]
    [InlineData("flags of the query, and no response code", "s: {Z: [2, 4, 6], rcode_name: null}", "s")]
    [InlineData("a code above 15", "s: {rcode: 16}", "s")]
    [InlineData("types of answers", "s: {record_type: TXT, answer|contains: IEX}", "s")]
    [InlineData("a type of answers that the question does not have", "s: {dns.answers.type: HTTPS, qtype_name: A}", "s")]
    [InlineData("no answer", "s: {dns.answers.type: null, query|endswith: .test}", "s")]
    [InlineData("no response", "s: {rcode_name: null, query|endswith: .test}", "s")]
    [InlineData("a response without its query", "s: {rtt: null, query|endswith: .test, qtype_name: TXT}", "s")]
    [InlineData("a slow response", "s: {rtt|gt: 3, query|startswith: x}", "s")]
    [InlineData("an octet that is escaped", @"s: {query|contains: '\\009'}", "s")]
    [InlineData("a name that is broken", "s: {dns.malformed: true}", "s")]
    [InlineData("a second question", "s: {query|startswith: second}", "s")]
    public void Rules_raise_the_same_alerts_whether_rows_are_left_out_or_not(string label, string selections, string condition)
    {
        Assert.NotEmpty(label);
        Assert.NotNull(Compare(Rule(1, selections, condition), label));
    }

    [Theory]
    [InlineData("s: [evil]", "s")]
    [InlineData("s: {answers: 10.0.0.1}", "s")]
    [InlineData("s: {client_ip: 10.1.2.3}", "s")]
    [InlineData("a: {query: evil.test}\n  b: {answers: 10.0.0.1}", "a or b")]
    [InlineData("s: {query|fieldref: dns.answers.name}", "s")]
    public void Where_names_and_headers_decide_nothing_there_is_no_screen(string selections, string condition)
    {
        var rules = LoadedRules.Load([log.Write(Rule(1, selections, condition))]);
        Assert.Single(rules.Compiled);
        Assert.Null(LookupScreen.Of(rules));
    }

    private (int Alerts, long LeftOut)? Compare(string text, string label)
    {
        var rules = LoadedRules.Load([log.Write(text)]);
        if (rules.Compiled.Count == 0 || LookupScreen.Of(rules) is not { } screen)
        {
            return null;
        }

        var (expected, whole) = Hunt(rules, null);
        var (found, run) = Hunt(rules, screen);
        Assert.True(expected.SequenceEqual(found), $"{expected.Except(found).Count()} missing, {found.Except(expected).Count()} too many of {expected.Count} in {label}:\n{text}");
        Assert.Equal((whole.Lookups, whole.Lookups), (whole.Made, run.Lookups));
        return (found.Count, run.Lookups - run.Made);
    }

    private (List<string> Alerts, HuntRun Run) Hunt(LoadedRules rules, LookupScreen? screen)
    {
        var alerts = new List<string>();
        var worker = new Worker(rules, alert =>
        {
            alerts.Add($"{alert.Id} {alert.Rule.Title} {alert.PacketNumber} {alert.RelatedPacketNumber} {alert.RoundTripNanoseconds} {alert.Message.ResponseCode} {alert.Message.Answers.Count}");
            return true;
        }, detection: new DetectorOptions { MayDelayCorrelations = true });
        var run = new HuntRun(worker, [], screen, failure => Assert.Fail(failure));
        run.Survey(log.Files, CancellationToken.None);
        run.Run(CancellationToken.None);
        return (alerts, run);
    }

    private static string Correlation(Random random)
    {
        var text = new StringBuilder();
        text.Append("\n---\n").Append($$"""
            title: counted
            correlation:
              type: {{(random.Next(2) == 0 ? "event_count" : "value_count")}}
              rules: [{{Id(0)}}]
              group-by: [client_ip]
              timespan: {{random.Next(5, 90)}}s
              condition: { {{(random.Next(3) == 0 ? "lte" : "gte")}}: {{random.Next(1, 6)}}, field: query }
            level: low
            """);
        return text.ToString();
    }
}
