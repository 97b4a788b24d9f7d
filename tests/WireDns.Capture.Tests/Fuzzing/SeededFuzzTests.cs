using WireDns.Fuzz;
using WireDns.Fuzz.Mutation;

namespace WireDns.Capture.Tests.Fuzzing;

/// <summary>A short run of the capture target, the same every time; docs/fuzzing.md says what the long one found.</summary>
[Collection(nameof(Undisturbed))]
public sealed class SeededFuzzTests
{
    [Fact]
    public void Mutated_capture_files_are_read_as_far_as_they_are_sound()
    {
        const int Executions = 30_000;
        var target = FuzzTargets.Create("capture")!;
        var run = new MutationRun(target, seed: 20260110);
        run.AddSeeds(Corpus.ReadSeeds(target, [TestPaths.Captures]));
        var (seeds, features) = (run.Executions, run.FeatureCount);

        run.Run(Executions);

        Assert.Empty(run.Findings.Select(finding => $"{finding.Signature}: {Convert.ToHexStringLower(finding.Input)}"));
        Assert.Equal(seeds + Executions, run.Executions);
        Assert.True(seeds > 100, $"only {seeds} seeds");
        Assert.True(run.FeatureCount > features, $"{features} features, then {run.FeatureCount}");
    }
}
