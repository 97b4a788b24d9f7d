using System.Globalization;
using System.Text.Json;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Conformance;

/// <summary>
/// The compiled engine and the naive one give the same verdicts on generated rules and events. WIREDNS_ENGINE_ROUNDS sets how many rule
/// sets are made (each of 8 rules, on 12 events); 400 unless set.
/// </summary>
public sealed class EngineTests
{
    private static readonly string[] Fields = ["q", "r", "n", "ip", "ts", "x.y"];

    private static readonly string[] Words =
        ["abc", "ABC", "b", "bc.d", "abcdefgh", "evil.example", "www.Evil.example", "5", "6", "true", "10.1.2.3", "fe80::1", "a\\b", "a*c", "", "bücher", "σς"];

    private static readonly string[] Conditions =
    [
        "s1", "not s1", "s1 and s2", "s1 or s2", "s1 and not s2", "not s1 or s2", "1 of s*", "all of s*", "1 of them", "not 1 of s* or _h",
        "s1 and not 1 of _*", "not (s1 and s2) and s3", "(s1 or s2) and not s3", "all of them or not s1",
    ];

    private Random _random = new(1);

    [Fact]
    public void Gives_the_same_verdicts_as_a_naive_evaluator()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("WIREDNS_ENGINE_ROUNDS") ?? "400", CultureInfo.InvariantCulture);
        var seen = new int[2];
        for (var round = 0; round < rounds; round++)
        {
            _random = new Random(round);
            var texts = Enumerable.Range(0, 8).Select(_ => MakeRule()).ToList();
            var rules = texts.SelectMany(t => new SigmaRuleParser().Parse("generated.yml", t).Rules).ToList();
            Assert.True(rules.Count == texts.Count, $"round {round}: {string.Join('\n', texts)}");
            var harness = new RuleHarness(rules);
            for (var i = 0; i < 12; i++)
            {
                var @event = MakeEvent();
                var json = JsonSerializer.Serialize(@event.ToDictionary(f => f.Key, f => f.Value.Count == 1 ? f.Value[0] : (object)f.Value));
                var naive = new NaiveEvaluator(@event);
                var expected = Enumerable.Range(0, rules.Count).Where(r => naive.IsTrue(rules[r].Detection.Root)).ToArray();
                var found = harness.Match(json);
                Assert.True(
                    expected.SequenceEqual(found),
                    $"round {round}, event {json}: expected [{string.Join(',', expected)}], found [{string.Join(',', found)}]\n{string.Join('\n', texts)}");
                seen[0] += found.Length;
                seen[1] += rules.Count - found.Length;
            }
        }

        // Neither verdict may be so rare that agreeing on it proves nothing.
        Assert.True(seen.Min() * 10 > seen.Sum(), $"{seen[0]} true, {seen[1]} false");
    }

    private string MakeRule()
    {
        var selections = new[] { "s1", "s2", "s3", "_h" }.Select(name => $"  {name}: {MakeSelection()}\n");
        return $"title: t\nlogsource: {{category: dns}}\ndetection:\n{string.Concat(selections)}  condition: \"{Pick(Conditions)}\"\n";
    }

    private string MakeSelection() => _random.Next(10) switch
    {
        0 => $"[{Quote(Pick(Words))}, {Quote(Pick(Words))}]",
        1 => $"{{'|all': [{Quote(Pick(Words))}, {Quote(Pick(Words))}]}}",
        2 => $"[{{{MakeMatch(Fields)}}}, {{{MakeMatch(Fields)}}}]",
        _ => MakeMap(),
    };

    private string MakeMap()
    {
        var first = MakeMatch(["q", "n", "ts"]);
        return _random.Next(2) == 0 ? $"{{{first}}}" : $"{{{first}, {MakeMatch(["r", "ip", "x.y"])}}}";
    }

    private string MakeMatch(string[] fields)
    {
        var field = Pick(fields);
        var neq = _random.Next(6) == 0 ? "|neq" : string.Empty;
        var all = _random.Next(6) == 0 ? "|all" : string.Empty;
        return _random.Next(14) switch
        {
            0 => $"{field}{neq}: null",
            1 => $"{field}|exists{neq}: {Pick(["true", "false"])}",
            2 => $"{field}|re{all}{neq}: [{Pick(["'^a'", "'b.'", "'[0-9]'", "'e$'"])}, '[a-z]']",
            3 => $"{field}|cidr{neq}: [{Pick(["10.0.0.0/8", "10.1.2.3/32", "fe80::/10"])}, 192.0.2.0/24]",
            4 => $"{field}|{Pick(["lt", "lte", "gt", "gte"])}{neq}: {Pick(["5", "6", "-1", "5.5"])}",
            5 => $"{field}|{Pick(["hour", "day", "week", "month", "year", "minute"])}{Pick(["", "|gte", "|lt"])}: {Pick(["1", "10", "30", "53", "2026"])}",
            6 => $"{field}|fieldref{Pick(["", "|contains", "|startswith", "|endswith", "|cased"])}{neq}: {Pick(Fields)}",
            7 => $"{field}{all}{neq}: [{Pick(["5", "6", "true", "false", "5.5"])}, {Quote(Pick(Words))}]",
            _ => $"{field}{Pick(["", "|contains", "|startswith", "|endswith"])}{Pick(["", "", "|cased"])}{all}{neq}: {MakeTexts()}",
        };
    }

    private string MakeTexts() => $"[{string.Join(", ", Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Quote(MakePattern())))}]";

    private string MakePattern()
    {
        var word = Pick(Words);
        return _random.Next(6) switch
        {
            0 when word.Length > 1 => word[..^1] + Pick(["*", "?"]),
            1 when word.Length > 2 => $"{word[0]}*{word[^1]}",
            2 when word.Length > 4 => $"*{word[2..4]}?{word[^1]}",
            3 when word.Length > 1 => word[..^1],
            _ => word,
        };
    }

    private Dictionary<string, IReadOnlyList<object?>> MakeEvent()
    {
        var @event = new Dictionary<string, IReadOnlyList<object?>>();
        foreach (var field in Fields)
        {
            if (_random.Next(5) > 0)
            {
                @event[field] = [.. Enumerable.Range(0, _random.Next(8) == 0 ? 2 : 1).Select(_ => MakeValue(field))];
            }
        }

        return @event;
    }

    private object? MakeValue(string field) => _random.Next(12) switch
    {
        0 => null,
        1 => _random.Next(2) == 0,
        2 or 3 => Pick([5.0, 6.0, 5.5, -1.0, 1767225600.0]),
        _ when field == "ts" => Pick(["2026-01-01T10:30:00Z", "2020-12-31T23:59:59Z", "2026-06-15", "not a time"]),
        4 => Pick(Words).ToUpperInvariant(),
        5 => Pick(Words) + Pick(Words),
        _ => Pick(Words),
    };

    private T Pick<T>(T[] values) => values[_random.Next(values.Length)];

    private static string Quote(string text) => $"'{text}'";
}
