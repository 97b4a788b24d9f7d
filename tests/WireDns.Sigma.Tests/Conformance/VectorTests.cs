using System.Text.Json;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Conformance;

/// <summary>The shared vectors: one rule, events, and the expected verdicts on one line.</summary>
public sealed class VectorTests
{
    public static TheoryData<string> Names()
    {
        var names = new TheoryData<string>();
        var path = Path.Combine(TestPaths.Root, "..", "shared", "sigma", "vectors.jsonl");
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            names.Add(JsonDocument.Parse(line).RootElement.GetProperty("name").GetString()!);
        }

        if (names.Count == 0)
        {
            names.Add("(not here)");
        }

        return names;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gives_the_expected_verdict_on_each_event(string name)
    {
        var path = TestPaths.Shared("sigma/vectors.jsonl");
        var vector = File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).First(v => v.GetProperty("name").GetString() == name);
        var result = new SigmaRuleParser().Parse("vector.yml", vector.GetProperty("rule").GetString()!);
        if (vector.TryGetProperty("error", out var error) && error.GetBoolean())
        {
            Assert.Empty(result.Rules);
            Assert.True(result.HasErrors);
            return;
        }

        Assert.True(result.Rules.Count == 1, string.Join('\n', result.Diagnostics));
        var harness = new RuleHarness(result.Rules);
        var events = vector.GetProperty("events").EnumerateArray().Select(e => e.GetRawText()).ToList();
        var expected = vector.GetProperty("expect").EnumerateArray().Select(e => e.GetBoolean()).ToList();
        for (var i = 0; i < events.Count; i++)
        {
            Assert.True(expected[i] == (harness.Match(events[i]).Length == 1), $"{name}: {events[i]} should be {expected[i]}");
        }
    }
}
