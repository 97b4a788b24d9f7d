using WireDns.Choosing;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Detection.Screening;
using WireDns.Hunting;
using WireDns.Parquet.Reading;
using WireDns.Settings;
using WireDns.Tests.Running;
using static WireDns.Tests.Detection.RuleText;

namespace WireDns.Tests.Logging;

/// <summary>A log of names that rules could confuse, in small groups.</summary>
public sealed class NamesLog : IDisposable
{
    private static readonly string[] Names =
    [
        "evil.test", "www.evil.test", "WWW.Evil.Test", "notevil.test", "evil.test.example.com", @"x\.evil.test", @"y\.www.evil.test", @"evil\.test", "a.evil.co.uk", "evil.co.uk", @"z\.evil.co.uk",
        "co.uk", "test", "localhost", "", "amazonaws.com", "bucket.s3.amazonaws.com", "x.bucket.s3.amazonaws.com", "other.amazonaws.com", "s3.amazonaws.com", "me.github.io", "github.io", "xn--bcher-kva.example",
        "example.com", "www.example.com", "a.b.example.com", "zzz.example", "0.example", "tail.evil.tes", "1.2.0.192.in-addr.arpa",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Writes it.</summary>
    public NamesLog()
    {
        var random = new Random(16);
        var capture = new LookupCapture();
        for (ushort id = 1; id < 700; id++)
        {
            var name = id % 4 == 0 ? $"n{random.Next(60)}.filler{random.Next(40)}.example" : Names[random.Next(Names.Length)];
            var (time, port) = (id * 0.7, (ushort)(20_000 + (id % 500)));
            var client = random.Next(2) == 0 ? LookupCapture.Client : "192.0.2.77";
            byte[][] questions = random.Next(12) == 0 ? [DnsBytes.Question(name), DnsBytes.Question(Names[random.Next(6)], DnsBytes.Txt)] : [DnsBytes.Question(name)];
            var query = DnsBytes.Message(id, 0x0100, questions, []);
            capture.Query(time, random.Next(15) == 0 ? query[..^random.Next(1, 5)] : query, client, port: port);
            if (random.Next(3) > 0)
            {
                // Some responses are later than a lookup lives.
                byte[][] answers = random.Next(2) == 0 ? [DnsBytes.Address(name, "203.0.113.9")] : [DnsBytes.Record(name, 65, 60, [0, 1, 0])];
                var response = DnsBytes.Message(id, (ushort)(0x8180 | (random.Next(4) == 0 ? 3 : 0)), questions, answers);
                capture.Response(time + (random.Next(10) == 0 ? 12 : 0.01), random.Next(15) == 0 ? response[..^3] : response, client, port: port);
            }
        }

        var run = Product.Run("read", _folder.Write("names.pcap", capture.Bytes), "-o", $"parquet:{_folder["log"]},group=9,rows=200");
        Assert.Equal(0, run.ExitStatus);
        Files = [.. Directory.GetFiles(_folder["log"], "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
    }

    /// <summary>Its files.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>Writes rules.</summary>
    public string Write(string rules) => _folder.Write("rules.yml", rules);

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}

/// <summary>What <c>hunt</c> passes over could not have matched.</summary>
public sealed class HuntPruningTests(NamesLog log) : IClassFixture<NamesLog>
{
    private static readonly string[] Texts =
    [
        "evil.test", "EVIL.test", ".evil.test", ".www.evil.test", "vil.test", ".test", "test", "evil.co.uk", ".co.uk", ".amazonaws.com", "s3.amazonaws.com", ".s3.amazonaws.com", "me.github.io", ".github.io",
        "example.com", ".example.com", "b.example.com", "www.*.test", "*.evil.co.uk", "?.evil.test", "*.arpa", "xn--bcher-kva.example", "bücher.example", @"x\.evil.test", "0.example", "nowhere.invalid", ".zzz.example",
    ];

    [Fact]
    public void Generated_rules_raise_the_same_alerts_whether_groups_and_rows_are_passed_over_or_not()
    {
        var random = new Random(1);
        var (proven, alerts, rows) = (0, 0, 0L);
        for (var round = 0; round < 120; round++)
        {
            var text = Rules(random);
            var rules = LoadedRules.Load([log.Write(text)]);
            Assert.Equal(0, rules.Errors);
            var names = NameEnds.Of(rules);
            if (names is null)
            {
                continue;
            }

            proven++;
            var (expected, whole) = Hunt(rules, []);
            var (found, run) = Hunt(rules, [names]);
            Assert.True(expected.SequenceEqual(found), $"{expected.Except(found).Count()} missing, {found.Except(expected).Count()} too many in round {round}:\n{text}");
            Assert.Equal(whole.Lookups, run.Lookups + run.PassedOver);
            alerts += found.Count;
            rows += run.PassedOver + run.Lookups - run.Made;
        }

        Assert.True(proven > 40 && alerts > 2000 && rows > 20_000, $"{proven} sets of rules, {alerts} alerts, {rows} rows passed over");
    }

    [Theory]
    [InlineData("s: {query: evil.test}", true)]
    [InlineData("s: {query|endswith: .evil.test}", true)]
    [InlineData("s: {query|endswith: .evil.test, qtype_name|contains: A}", true)]
    [InlineData("s: {dns.question.registered_domain: evil.test}", true)]
    [InlineData("s: {query|contains: evil}", false)]
    [InlineData("s: {query|startswith: www.evil.test}", false)]
    [InlineData("s: {query|re: 'evil[.]test$'}", false)]
    [InlineData("s: {query|neq: evil.test}", false)]
    [InlineData("s: {query: [evil.test, 'evil*']}", false)]
    [InlineData("s: {dns.answers.name|endswith: .evil.test}", false)]
    [InlineData("s: [evil.test]", false)]
    [InlineData("s: {query: null}", false)]
    public void Only_rules_that_name_the_end_of_a_name_leave_others_out(string selection, bool canLeaveOut)
    {
        var rules = LoadedRules.Load([log.Write(Rule(1, selection, "s"))]);
        Assert.Single(rules.Compiled);
        Assert.Equal(canLeaveOut, NameEnds.Of(rules) is not null);
    }

    [Fact]
    public void A_rule_that_may_match_any_name_keeps_all_rows_beside_others() =>
        Assert.Null(NameEnds.Of(LoadedRules.Load([log.Write($"{Rule(1, "s: {query: evil.test}", "s")}\n---\n{Rule(2, "s: {qtype_name: TXT}", "s")}")])));

    [Fact]
    public void A_correlation_keeps_all_rows_whose_time_it_may_need() => Assert.Null(NameEnds.Of(LoadedRules.Load([log.Write(Rule(1, "s: {query: evil.test}", "s") + $$"""

        ---
        title: counted
        correlation:
          type: event_count
          rules: [{{Id(1)}}]
          group-by: [client_ip]
          timespan: 1m
          condition: {lte: 3}
        level: low
        """)])));

    [Theory]
    [InlineData("*.amazonaws.com")]
    [InlineData("*.evil.test")]
    [InlineData("evil.co.uk")]
    [InlineData("*evil.test")]
    [InlineData("*.S3.amazonaws.com")]
    public void Names_that_were_asked_for_are_found_wherever_the_list_of_suffixes_puts_their_domain(string pattern)
    {
        var rules = LoadedRules.Load([log.Write(Rule(1, "s: {query|contains: ''}", "s"))]);
        var choice = new AlertChoice(new ChoiceSettings { Names = [pattern] });
        var (expected, _) = Hunt(rules, [], choice);
        var (found, run) = Hunt(rules, [NameEnds.Of([pattern])!], choice);

        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
        Assert.True(run.Made < run.Lookups);
    }

    [Fact]
    public void A_group_is_passed_over_by_its_first_and_last_domain_where_they_can_be_relied_on()
    {
        using var folder = new TemporaryFolder();
        var capture = new LookupCapture().Query(1, DnsBytes.Query("www.bbb.example")).Query(2, DnsBytes.Query("ccc.example")).Query(2.5, DnsBytes.Query("localhost"));
        Assert.Equal(0, Product.Run("read", folder.Write("a.pcap", capture.Bytes), "-o", $"parquet:{folder["log"]}").ExitStatus);
        using var file = LogFileReader.Open(Directory.GetFiles(folder["log"], "*.parquet", SearchOption.AllDirectories).Single());
        var group = Assert.Single(file.Groups);

        Assert.Equal((DnsFields.PublicSuffixDigest, "bbb.example", "ccc.example", false), (file.Suffixes, group.FirstDomain, group.LastDomain, group.MayHaveOtherNames));
        Assert.False(May("aaa.example"));
        Assert.False(May("*.ddd.example"));
        Assert.True(May("*.bbb.example"));
        Assert.True(May("bbz.example"));
        Assert.True(May("*ddd.example"));
        Assert.True(May("*.example"));
        Assert.True(NameEnds.Of(["aaa.example"])!.MayBeIn(group, null));
        Assert.True(NameEnds.Of(["aaa.example"])!.MayBeIn(group with { MayHaveOtherNames = true }, file.Suffixes));
        var heads = new LookupHeads();
        file.ReadHeads(0, HeadParts.Names, heads);
        Assert.DoesNotContain(true, NameEnds.Of(["aaa.example"])!.Find(heads));
        Assert.Equal([false, true, true], NameEnds.Of(["*.example"])!.Find(heads));
        Assert.True(heads.Name(1).SequenceEqual("www.bbb.example"u8));

        bool May(string pattern) => NameEnds.Of([pattern])!.MayBeIn(group, file.Suffixes);
    }

    [Fact]
    public void A_name_with_an_escape_takes_the_digest_out_of_the_footer()
    {
        using var folder = new TemporaryFolder();
        var capture = new LookupCapture().Query(1, DnsBytes.Query(@"x\.evil.test"));
        Assert.Equal(0, Product.Run("read", folder.Write("a.pcap", capture.Bytes), "-o", $"parquet:{folder["log"]}").ExitStatus);
        using var file = LogFileReader.Open(Directory.GetFiles(folder["log"], "*.parquet", SearchOption.AllDirectories).Single());
        Assert.Null(file.Suffixes);
    }

    private (List<string> Ids, HuntRun Run) Hunt(LoadedRules rules, IReadOnlyList<NameEnds> names, AlertChoice? choice = null, LookupScreen? screen = null)
    {
        var ids = new List<string>();
        var worker = new Worker(rules, alert =>
        {
            if (choice?.Wants(alert, null, null) != false)
            {
                ids.Add(alert.Id);
            }

            return true;
        });
        var run = new HuntRun(worker, names, screen, failure => Assert.Fail(failure));
        run.Survey(log.Files, CancellationToken.None);
        run.Run(CancellationToken.None);
        ids.Sort(StringComparer.Ordinal);
        return (ids, run);
    }

    private static string Rules(Random random)
    {
        var count = random.Next(1, 5);
        var documents = Enumerable.Range(0, count).Select(number =>
            Rule(number, $"a: {{{Leaf(random)}{(random.Next(3) == 0 ? ", rcode_name: NXDOMAIN" : "")}}}\n  b: {{{Leaf(random)}}}\n  c: {{{(random.Next(2) == 0 ? "qtype_name: A" : "answers|contains: '203'")}}}", random.Next(6) switch
            {
                0 => "a and b",
                1 => "a and not b",
                2 => "a and c",
                3 => "(a or b) and not c",
                _ => "a or b",
            })).ToList();
        return string.Join("\n---\n", documents);
    }

    private static string Leaf(Random random)
    {
        var field = random.Next(8) == 0 ? "dns.question.registered_domain" : random.Next(2) == 0 ? "query" : "QueryName";
        var modifier = random.Next(12) switch { < 5 => "", < 9 => "|endswith", 9 => "|cased", 10 => "|endswith|all", _ => "|contains" };
        var values = Enumerable.Range(0, modifier.EndsWith("all", StringComparison.Ordinal) ? 2 : random.Next(1, 4)).Select(_ => Texts[random.Next(Texts.Length)]).Distinct().ToList();
        return $"{field}{(values.Count == 1 ? modifier.Replace("|all", "", StringComparison.Ordinal) : modifier)}: [{string.Join(", ", values.Select(value => $"'{value}'"))}]";
    }
}
