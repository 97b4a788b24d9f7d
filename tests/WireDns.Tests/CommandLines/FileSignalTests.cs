using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>SIGUSR2 starts a new alert file, and the run continues.</summary>
public sealed class FileSignalTests
{
    private const int User2 = 12; // Linux

    [Fact]
    public void A_file_that_was_moved_is_opened_anew_and_no_alert_is_lost()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the number of SIGUSR2 is Linux's");
        using var folder = new TemporaryFolder();
        var capture = File.ReadAllBytes(SampleCaptures.Beacon);
        using var program = RunningProgram.Start(Product.Executable, ["read", "-", "-r", TestPaths.Rules, "-q", "-o", "stdout", "-o", $"file:{folder["alerts.txt"]}"]);
        program.Input.Write(capture.AsSpan(0, capture.Length * 3 / 4));
        program.Input.Flush();
        program.Output.WaitFor(_ => true, RunningProgram.Patience);
        Assert.True(SpinWait.SpinUntil(() => new FileInfo(folder["alerts.txt"]).Length > 0, RunningProgram.Patience));

        File.Move(folder["alerts.txt"], folder["moved.txt"]);
        program.Signal(User2);
        Assert.True(SpinWait.SpinUntil(() => File.Exists(folder["alerts.txt"]), RunningProgram.Patience));
        program.Input.Write(capture.AsSpan(capture.Length * 3 / 4));

        Assert.Equal(0, program.WaitForEnd());
        var lines = File.ReadAllLines(folder["moved.txt"]).Concat(File.ReadAllLines(folder["alerts.txt"])).ToList();
        Assert.Equal(program.Output.Lines, lines);
        Assert.Equal(SampleCaptures.BeaconAlerts, lines.Count);
        Assert.NotEmpty(File.ReadAllLines(folder["alerts.txt"]));
    }
}
