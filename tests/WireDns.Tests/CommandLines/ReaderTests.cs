using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Readers of the alerts: one that leaves early (<c>| head -1</c>), one that is slow, and a disk that is full.</summary>
public sealed class ReaderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    // A pipe holds 64 KiB; this makes megabytes of alerts, so that the program is still writing when its reader leaves.
    private string ManyFiles
    {
        get
        {
            var capture = File.ReadAllBytes(SampleCaptures.Beacon);
            for (var file = 0; file < 400; file++)
            {
                _folder.Write($"{file:D3}.pcapng", capture);
            }

            return _folder.Path;
        }
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("read")]
    [InlineData("decode")]
    public void A_reader_that_goes_early_ends_the_run_without_a_word_and_without_a_failure(string command)
    {
        SkipWithoutBash();
        using var shell = RunningProgram.Start(
            "bash", ["-c", "set -o pipefail; \"$@\" | head -n 1; exit ${PIPESTATUS[0]}", "bash", Product.Executable, .. Arguments(command)]);

        Assert.Equal(0, shell.WaitForEnd());
        Assert.Single(shell.Output.Lines);
        Assert.Empty(shell.Error.Lines);
    }

    [Fact]
    public void The_summary_says_how_many_alerts_the_reader_did_not_wait_for()
    {
        SkipWithoutBash();
        using var shell = RunningProgram.Start(
            "bash", ["-c", "\"$@\" | head -n 1", "bash", Product.Executable, "read", ManyFiles, "-r", TestPaths.Rules]);

        Assert.Equal(0, shell.WaitForEnd());
        Assert.Single(shell.Error.Lines, line => line.Contains("the reader has gone", StringComparison.Ordinal));
    }

    [Fact]
    public void A_slow_reader_gets_every_alert()
    {
        using var program = Product.Start("read", SampleCaptures.Beacon, "-r", TestPaths.Rules, "-q", "--queue", "1");
        program.Output.WaitFor(_ => true, RunningProgram.Patience);

        Assert.Equal(0, program.WaitForEnd());
        Assert.Equal(SampleCaptures.BeaconAlerts, program.Output.Lines.Count);
    }

    [Fact]
    public void A_full_disk_is_said_and_a_failure()
    {
        SkipWithoutBash();
        Assert.SkipUnless(File.Exists("/dev/full"), "needs /dev/full");
        using var shell = RunningProgram.Start(
            "bash", ["-c", "\"$@\" >/dev/full", "bash", Product.Executable, "read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q"]);

        Assert.Equal(1, shell.WaitForEnd());
        Assert.Equal("wiredns: 9 alerts were not delivered to stdout: no space left on the device 9", shell.Error.Lines[^1]);
    }

    private IEnumerable<string> Arguments(string command) =>
        command == "read" ? ["read", ManyFiles, "-r", TestPaths.Rules, "-q"] : ["decode", ManyFiles];

    private static void SkipWithoutBash() => Assert.SkipUnless(RunningProgram.IsInstalled("bash"), "needs bash, for a pipe");
}
