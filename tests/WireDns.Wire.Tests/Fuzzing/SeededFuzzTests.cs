using WireDns.Fuzz;
using WireDns.Fuzz.Mutation;

namespace WireDns.Wire.Tests.Fuzzing;

/// <summary>A short run of each fuzz target, the same every time; docs/fuzzing.md says what the long ones found.</summary>
[Collection(nameof(Undisturbed))]
public sealed class SeededFuzzTests
{
    [Theory]
    [InlineData("dns", 150_000)]
    [InlineData("name", 200_000)]
    [InlineData("rdata", 300_000)]
    [InlineData("packet", 200_000)]
    [InlineData("tcp", 150_000)]
    [InlineData("fragments", 200_000)]
    public void A_target_keeps_its_promises_over_mutated_captures(string name, int executions)
    {
        var target = FuzzTargets.Create(name)!;
        var run = new MutationRun(target, seed: 20260110);
        run.AddSeeds(Corpus.ReadSeeds(target, [TestPaths.Captures]));
        var (seeds, features) = (run.Executions, run.FeatureCount);

        run.Run(executions);

        Assert.Empty(run.Findings.Select(finding => $"{finding.Signature}: {Convert.ToHexStringLower(finding.Input)}"));
        Assert.Equal(seeds + executions, run.Executions);

        // Captures must have been found, and mutations must reach what captures do not.
        Assert.True(seeds > 100, $"only {seeds} seeds");
        Assert.True(run.FeatureCount > features * 3 / 2, $"{features} features, then {run.FeatureCount}");
    }

    [Fact]
    public void The_same_seed_gives_the_same_run()
    {
        var runs = new[] { 7UL, 7UL, 8UL }.Select(seed =>
        {
            var run = new MutationRun(FuzzTargets.Create("rdata")!, seed);
            run.Run(20_000);
            return (run.CorpusCount, run.FeatureCount);
        }).ToArray();

        Assert.Equal(runs[0], runs[1]);
        Assert.NotEqual(runs[0], runs[2]);
    }

    [Theory]
    [InlineData("an octet that is no text", new byte[] { 0x42, 0x42, 0x42 })]
    public void A_broken_promise_is_found_and_made_small(string description, byte[] needle)
    {
        var target = new BrokenTarget(needle);
        var run = new MutationRun(target, seed: 1);
        run.AddSeeds([new byte[40]]);

        run.Run(100_000);

        var finding = Assert.Single(run.Findings);
        Assert.Equal(BrokenTarget.Rule, finding.Signature);
        Assert.True(needle.AsSpan().SequenceEqual(finding.Input), description);
    }

    /// <summary>A decoder that fails on three equal octets in a row, and notes how near an input comes to that.</summary>
    private sealed class BrokenTarget(byte[] needle) : FuzzTarget
    {
        public const string Rule = "three octets must not follow each other";

        public override string Name => "broken";

        public override int MaximumLength => 64;

        public override void Run(ReadOnlySpan<byte> input, FeatureMap features)
        {
            for (var length = 1; length <= needle.Length; length++)
            {
                if (input.IndexOf(needle.AsSpan(0, length)) >= 0)
                {
                    features.Add(1, (ulong)length);
                    Invariant.Holds(length < needle.Length, Rule);
                }
            }
        }

        public override void AddSeeds(CaptureContent capture, ICollection<byte[]> seeds) => seeds.Add(capture.File);
    }
}
