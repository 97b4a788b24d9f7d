using System.Text.Json;

namespace WireDns.Tests.Conformance;

/// <summary>The torture captures, each with what a correct decoder must see: messages, order, frame, time, faults, records, counters.</summary>
public sealed class TortureTests
{
    private static string Folder => Path.Combine(TestPaths.Captures, "torture");

    public static TheoryData<string> Captures =>
        [.. File.ReadLines(Path.Combine(Folder, "index.tsv")).Skip(1).Select(line => line.Split('\t')[0])];

    [Fact]
    public void There_are_592_captures() => Assert.Equal(592, Captures.Count);

    [Theory]
    [MemberData(nameof(Captures))]
    public void Sees_what_the_capture_is_said_to_hold(string name)
    {
        using var expectation = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, name + ".expect.json")));
        var run = DecodeRun.Of(Path.Combine(Folder, expectation.RootElement.GetProperty("file").GetString()!));

        var faults = TortureJudge.Judge(expectation.RootElement, run);

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }
}
