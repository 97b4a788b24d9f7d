using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using static WireDns.Tests.Detection.RuleText;

namespace WireDns.Tests.Queries;

/// <summary>Queries that <c>rules convert --to duckdb</c> writes, run by DuckDB over a DNS log, find what <c>hunt</c> finds.</summary>
public sealed partial class DuckDbTests(GeneratedLog log) : IClassFixture<GeneratedLog>
{
    private static readonly string[] NameFields = ["query", "QueryName", "dns.question.registered_domain", "subdomain", "dns.answers.name"];
    private static readonly string[] TextFields = ["answers", "dns.resolved_ip", "src_ip", "dst_ip"];
    private static readonly string[] WordFields = ["qtype_name", "record_type", "rcode_name", "qclass_name", "proto", "opcode_name", "dns.header_flags", "dns.type", "dns.answers.type"];
    private static readonly string[] NumberFields = ["qtype", "rcode", "query_length", "query_octets", "src_port", "dst_port", "trans_id", "dns.answers.ttl", "answer_count", "Z", "QueryStatus", "qclass", "opcode"];
    private static readonly string[] SwitchFields = ["AA", "TC", "RD", "RA", "AD", "CD", "rejected", "dns.malformed", "dns.flags.truncated_response"];

    private static readonly string[] Texts =
    [
        "example.com", "www.Example.com", "evil.test", ".evil.test", "100%.test", "100%", "a_b.test", "a_b", "it's", "\"quoted\"", @"back\\slash", @"\\\\", "'; DROP TABLE dns_log; --", "--", "*", "?.test",
        "*.test", "*evil*", "e*l.test", "www.*.com", "???.example.com", "", "bücher.example", "xn--bcher-kva.example", "K.test", "ſ", @"star\*.test", @"question\?.test", "[class]", "semi;colon.test",
        "$", "com", "localhost", ".", "10.0.0.1", "10.", "*.1", "IEX", "mail.example.com", "alias.EVIL.test", "A", "txt", "TYPE65280", "NXDOMAIN", "no*", "IN", "udp", "QUERY", "aa", "response",
        "1", "28", "0", "true", "False", "2001:db8::5", "ü", @"\\195", @"a\\.b", "second.evil.test", "tab\tname", "a b", "newline\n",
    ];

    private static readonly string[] Expressions = ["^[a-f0-9]{8,}", @"\.test$", "(evil|example)", "[A-Z]", @"^\w+\.\w+$", "a.b", @"\d+%", @"[^\w.\-]", "e{2}|x+?", "$^"];

    [Fact]
    public void SigmaHqs_rules_and_the_shipped_ones_find_the_same_lookups()
    {
        Assert.SkipWhen(GeneratedLog.SigmaHq is null, "needs SigmaHQ's rules in ../shared/sigma/rules");
        var queries = GeneratedLog.Convert(GeneratedLog.SigmaHq!);

        // Without the correlations, for which most of the shipped ones raise no alert of their own.
        var shipped = log.Write("shipped.yml", string.Join("\n---\n", Directory.GetFiles(Path.Combine(TestPaths.AllRules, "dns"), "*.yml").Order(StringComparer.Ordinal)
            .SelectMany(path => File.ReadAllText(path).Split("\n---\n")).Where(document => document.Contains("\ndetection:", StringComparison.Ordinal))));

        var hits = Compare(queries, log.Hunt(GeneratedLog.SigmaHq!)) + Compare(GeneratedLog.Convert(shipped), log.Hunt(shipped));
        Assert.True(queries.Count >= 40, $"{queries.Count} rules");
        Assert.True(hits >= 30, $"{hits} of {queries.Count} rules found something");
    }

    [Fact]
    public void Generated_rules_of_every_field_and_modifier_find_the_same_lookups()
    {
        var rules = log.Write("generated.yml", Rules(new Random(7), 400));
        var queries = GeneratedLog.Convert(rules);

        var hits = Compare(queries, log.Hunt(rules), rules);
        Assert.True(queries.Count >= 220, $"{queries.Count} rules");
        Assert.True(hits >= 110, $"{hits} of {queries.Count} rules found something");
    }

    [Fact]
    public void Without_coalesce_a_negated_leaf_on_a_missing_field_would_lose_lookups()
    {
        var rules = log.Write("negated.yml", Rule(1, "a: {query|endswith: .test}\n  b: {rcode_name: NXDOMAIN}", "a and not b"));
        var query = Assert.Single(GeneratedLog.Convert(rules)).Value;
        var hunted = log.Hunt(rules)[Id(1)].ToHashSet();

        Assert.Equal(hunted.Order(), log.Query(query));
        var without = log.Query(WithoutCoalesce(query));
        Assert.NotEmpty(without);
        Assert.ProperSubset(hunted, without.ToHashSet());
    }

    [Fact]
    public void A_hostile_rule_stays_within_its_literals_and_comments()
    {
        log.Execute("CREATE OR REPLACE TABLE victim AS SELECT 1 AS a");
        string[] values = ["';DROP/**/TABLE/**/victim;--", @"\\';DROP/**/TABLE/**/victim;--", "$$;DROP/**/TABLE/**/victim;$$", "*/;DROP/**/TABLE/**/victim;/*", "');DROP/**/TABLE/**/victim;('", "chr(39)||'"];
        var text = string.Join("\n---\n", values.Select((value, i) => $$"""
            title: "x\nDROP TABLE victim; {{i}}"
            id: {{Id(i)}}
            logsource: {category: dns}
            detection:
              a: {query|contains: "{{value}}", answers|endswith: "{{value}}"}
              b: {query: ["{{value}}", "b{{value}}"]}
              condition: a or b
            """));
        var queries = GeneratedLog.Convert(log.Write("hostile.yml", text));

        Assert.Equal(values.Length, queries.Count);
        Assert.All(queries.Values, query =>
        {
            log.Query(query);
            Assert.DoesNotContain(query, char.IsControl);
        });
        log.Execute("SELECT * FROM victim");
    }

    [Fact]
    public void Over_a_table_of_other_logs_queries_find_what_rules_match_finds()
    {
        var random = new Random(11);
        string?[] names = [null, "evil.test", "EVIL.test", "x.evil.test", "100%.test", "a_b.test", "it's.test", @"back\slash.test", "bücher.example", "BÜCHER.example", "", "5", "Жук.рф", "a\"b"];
        string?[] images = [null, @"C:\Windows\System32\svchost.exe", @"C:\Users\x\evil.EXE", "5", "50", "-1.5", "nan"];
        var rows = Enumerable.Range(0, 150).Select(i => (Number: i, Name: names[random.Next(names.Length)], Image: images[random.Next(images.Length)])).ToList();
        log.Execute("CREATE OR REPLACE TABLE sysmon (n INTEGER, \"QueryName\" VARCHAR, \"Image\" VARCHAR)");
        foreach (var row in rows)
        {
            log.Execute($"INSERT INTO sysmon VALUES ({row.Number}, {Sql(row.Name)}, {Sql(row.Image)})");
        }

        var events = string.Join('\n', rows.Select(row => new System.Text.Json.Nodes.JsonObject([.. new (string, string?)[] { ("QueryName", row.Name), ("Image", row.Image) }
            .Where(pair => pair.Item2 is not null).Select(pair => KeyValuePair.Create(pair.Item1, (System.Text.Json.Nodes.JsonNode?)pair.Item2))]).ToJsonString()));
        var mapping = log.Write("mapping.yml", "name: m\ntransformations:\n  - {id: a, type: field_name_mapping, mapping: {asked: QueryName}}\n");
        string[] details =
        [
            "a: {asked|endswith: .test}\n  b: {Image|endswith: '.exe'}", "a: {QueryName: [evil.test, 'Bücher.example', '']}\n  b: {Image|contains: '\\\\windows\\\\'}",
            "a: {QueryName|re: '^[a-z]+\\.test$'}\n  b: {Image: null}", "a: {QueryName|exists: true}\n  b: {Image|gt: 4}", "a: {QueryName|cased: EVIL.test}\n  b: {Image|lte: 5}",
            "a: {QueryName: 5}\n  b: {Image|fieldref: QueryName}", "a: {QueryName|neq: evil.test}\n  b: {Image: 5}", "a: {QueryName|contains: ['%', _, '''', '\\', '\"', жук]}\n  b: {Image: '*'}",
            "a: {QueryName: '?.?vil.*'}\n  b: {Image|contains|all: [c, evil]}",
        ];
        var rules = log.Write("plain.yml", string.Join("\n---\n", details.SelectMany((detail, i) =>
            new[] { Rule((3 * i) + 0, detail, "a and not b"), Rule((3 * i) + 1, detail, "b or not a"), Rule((3 * i) + 2, detail, "a") })));
        var matched = Running.Product.Run("rules", "match", rules, "--mapping", mapping, "--events", log.Write("events.jsonl", events)).Output.Lines
            .Select(line => System.Text.Json.Nodes.JsonNode.Parse(line)!).ToLookup(hit => hit["rule"]!.GetValue<string>(), hit => hit["event"]!.GetValue<int>(), StringComparer.Ordinal);
        var queries = GeneratedLog.Convert(rules, "--mapping", mapping, "--plain", "--table", "sysmon");

        Assert.Equal(3 * details.Length, queries.Count);
        Assert.All(queries, query => Assert.Equal(matched[query.Key].Order(), log.Query(query.Value.Replace("SELECT *", "SELECT n", StringComparison.Ordinal))));
        Assert.True(matched.Count > 20, $"{matched.Count} rules matched");
        static string Sql(string? text) => text is null ? "NULL" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    private int Compare(Dictionary<string, string> queries, ILookup<string, int> hunted, string? rules = null)
    {
        // Of the second question of a message a row has the name and the type's word alone: docs/convert.md says so.
        var texts = rules is null ? [] : File.ReadAllText(rules).Split("\n---\n").Where(rule => OfOneQuestion().IsMatch(rule)).ToList();
        var several = log.Query("SELECT * FROM dns_log WHERE len(further_questions) > 0");
        Assert.True(several.Count > 5, $"{several.Count} messages with several questions");
        var differences = new StringBuilder();
        var hits = 0;
        foreach (var (id, query) in queries)
        {
            var expected = hunted[id].ToHashSet();
            var found = log.Query(query);
            if (texts.Exists(rule => rule.Contains(id, StringComparison.Ordinal)))
            {
                expected.ExceptWith(several);
                found.ExceptWith(several);
            }

            hits += expected.Count > 0 ? 1 : 0;
            if (!found.SetEquals(expected))
            {
                differences.AppendLine(CultureInfo.InvariantCulture, $"{id}: missing {string.Join(' ', expected.Except(found).Take(3))}, too many {string.Join(' ', found.Except(expected).Take(3))}: {query[..Math.Min(query.Length, 600)]}");
            }
        }

        Assert.True(differences.Length == 0, differences.ToString());
        return hits;
    }

    /// <summary>Rules of every field and modifier.</summary>
    internal static string Rules(Random random, int count) => string.Join("\n---\n", Enumerable.Range(0, count).Select(number =>
        Rule(number, $"a: {{{Leaf(random)}}}\n  b: {{{Leaf(random)}}}", random.Next(4) switch { 0 => "a", 1 => "a and not b", 2 => "a or b", _ => "not a and b" })));

    private static string Leaf(Random random)
    {
        switch (random.Next(10))
        {
            case < 4:
                var field = random.Next(10) < 6 ? Pick(random, NameFields) : random.Next(2) == 0 ? Pick(random, TextFields) : Pick(random, WordFields);
                var modifier = Pick(random, "", "", "|contains", "|startswith", "|endswith", "|neq", "|cased", "|contains|cased", "|contains|all", "|windash", "|base64offset|contains");
                return $"{field}{modifier}: [{string.Join(", ", Enumerable.Range(0, random.Next(modifier.EndsWith("all", StringComparison.Ordinal) ? 2 : 1, 6)).Select(_ => Quote(Pick(random, Texts))))}]";
            case 4:
                return $"{Pick(random, NumberFields)}: [{random.Next(4)}, {Pick(random, 1, 16, 28, 53, 255, 9003, 9501, 300, 11)}]";
            case 5:
                return $"{Pick(random, NumberFields)}|{Pick(random, "lt", "lte", "gt", "gte")}: {Pick(random, 0, 1, 3, 15, 16, 60, 10_200, 300)}";
            case 6:
                return random.Next(3) == 0 ? $"rtt|{Pick(random, "lt", "gte")}: {Pick(random, "0.5", "0", "0.0001")}"
                    : $"'@timestamp|{Pick(random, "minute", "hour", "day", "week", "month", "year")}{Pick(random, "", "|gt", "|lte")}': {Pick(random, 5, 12, 24, 2026, 48)}";
            case 7:
                return random.Next(2) == 0 ? $"{Pick(random, SwitchFields)}: {Pick(random, "true", "false", "'True'")}" : $"{Pick(random, SwitchFields)}|neq: true";
            case 8:
                return random.Next(3) switch
                {
                    0 => $"{Pick(random, TextFields)}|cidr: [{Pick(random, "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/23", "127.0.0.1/32", "0.0.0.0/0")}]",
                    1 => $"dns.resolved_ip|cidr: [{Pick(random, "'fe80::/10'", "'2000::/3'", "'::/0'", "'2001:db8::4/126'", "'fc00::/7'")}, 10.0.0.0/9]",
                    _ => $"{Pick(random, NameFields)}|{Pick(random, "fieldref", "fieldref|endswith", "fieldref|contains")}: {Pick(random, "dns.answers.name", "query", "dns.question.registered_domain", "answers")}",
                };
            default:
                return random.Next(4) switch
                {
                    0 => $"{Pick(random, [.. NameFields, .. TextFields, .. WordFields, .. NumberFields, .. SwitchFields])}: null",
                    1 => $"{Pick(random, [.. NameFields, .. TextFields, .. WordFields, .. NumberFields, .. SwitchFields])}|exists: {Pick(random, "true", "false")}",
                    _ => $"{Pick(random, [.. NameFields, .. TextFields])}|re{Pick(random, "", "|i")}: {Quote(Pick(random, Expressions))}",
                };
        }
    }

    [GeneratedRegex("subdomain|registered_domain|query_length|query_octets|qclass|qtype[:|]")]
    private static partial Regex OfOneQuestion();

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static string Quote(string text) => $"\"{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal)}\"";

    // coalesce(X, FALSE) becomes X; literals are stepped over.
    private static string WithoutCoalesce(string query)
    {
        const string Begin = "coalesce(";
        const string End = ", FALSE)";
        for (var start = query.LastIndexOf(Begin, StringComparison.Ordinal); start >= 0; start = start == 0 ? -1 : query.LastIndexOf(Begin, start - 1, StringComparison.Ordinal))
        {
            var (depth, at, isQuoted) = (1, start + Begin.Length, false);
            for (; depth > 0; at++)
            {
                isQuoted ^= query[at] == '\'';
                depth += isQuoted ? 0 : query[at] switch { '(' => 1, ')' => -1, _ => 0 };
            }

            if (query[..at].EndsWith(End, StringComparison.Ordinal))
            {
                query = query[..start] + "(" + query[(start + Begin.Length)..(at - End.Length)] + ")" + query[at..];
            }
        }

        return query;
    }
}
