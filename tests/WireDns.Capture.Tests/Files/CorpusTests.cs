namespace WireDns.Capture.Tests.Files;

/// <summary>The public captures beside the checkout, against the packet counts of another reader.</summary>
public sealed class CorpusTests
{
    [Fact]
    public void Every_public_capture_has_as_many_packets_as_its_manifest_says_and_fails_only_where_it_is_broken()
    {
        var folder = TestPaths.Shared("captures");
        var wrong = new List<string>();
        var cases = 0;
        foreach (var line in File.ReadLines(Path.Combine(folder, "MANIFEST.tsv")).Skip(1))
        {
            var fields = line.Split('\t');
            var (name, format, packets, features) = (fields[0], fields[7], fields[8], fields[12]);
            var outcome = ReadOutcome.Of(Path.Combine(folder, "captures", name));
            cases++;
            var broken = features.Contains("broken", StringComparison.Ordinal);
            if (broken != outcome.Error is not null)
            {
                wrong.Add($"{name}: {outcome.Error?.Message ?? "does not fail"}");
            }

            if (!broken && outcome.PacketsRead != long.Parse(packets))
            {
                wrong.Add($"{name}: {outcome.PacketsRead} packets, not {packets}");
            }
        }

        Assert.True(cases > 100, $"only {cases} cases");
        Assert.Empty(wrong);
    }
}
