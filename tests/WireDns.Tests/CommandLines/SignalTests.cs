using System.Diagnostics;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Signals to a run whose input does not end.</summary>
public sealed class SignalTests
{
    private static readonly string[] Read = ["read", "-", "-r", TestPaths.Rules];

    public SignalTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "needs signals, which Windows does not have");

    [Theory]
    [InlineData(RunningProgram.Interrupt)]
    [InlineData(RunningProgram.Terminate)]
    public void A_pipe_that_never_ends_is_followed_and_a_signal_ends_it_with_the_summary(int signal)
    {
        using var program = Product.Start(Read);
        program.Input.Write(File.ReadAllBytes(SampleCaptures.Beacon));
        program.Input.Flush();

        // All alerts are out although the pipe is still open.
        program.Output.WaitFor(_ => true, RunningProgram.Patience, SampleCaptures.BeaconAlerts);
        program.Signal(signal);

        Assert.Equal(1, program.WaitForEndByItself());
        Assert.Single(program.Error.Lines, line => line.StartsWith("packets ", StringComparison.Ordinal) && line.Contains(" 654 ", StringComparison.Ordinal));
        Assert.Equal("wiredns: interrupted: the rest of the input was not read", program.Error.Lines[^1]);
        Assert.Equal(SampleCaptures.BeaconAlerts, program.Output.Lines.Count);
    }

    [Fact]
    public void A_signal_ends_the_wait_for_a_named_pipe_that_nobody_writes_to()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(0, RunningProgram.Run("mkfifo", folder["pipe"]));
        using var program = Product.Start("read", SampleCaptures.Tagged, folder["pipe"], "-r", TestPaths.Rules);
        program.Output.WaitFor(_ => true, RunningProgram.Patience, SampleCaptures.TaggedAlerts);
        program.Signal(RunningProgram.Terminate);

        Assert.Equal(1, program.WaitForEndByItself());
        Assert.Equal("wiredns: interrupted: the rest of the input was not read", program.Error.Lines[^1]);
    }

    [Fact]
    public void A_signal_ends_decode_and_is_no_damage_to_its_input()
    {
        using var program = Product.Start("decode", "-");
        program.Input.Write(File.ReadAllBytes(SampleCaptures.Tagged).AsSpan()[..^10]);
        program.Input.Flush();
        program.Output.WaitFor(_ => true, RunningProgram.Patience);
        program.Signal(RunningProgram.Interrupt);

        Assert.Equal(1, program.WaitForEndByItself());
        Assert.Equal(["wiredns: interrupted: the rest of the input was not read"], program.Error.Lines);
    }

    [Fact]
    public void Another_signal_asks_decode_for_its_counters_and_it_goes_on()
    {
        using var program = Product.Start("decode", "-");
        program.Input.Write(File.ReadAllBytes(SampleCaptures.Tagged));
        program.Input.Flush();
        program.Output.WaitFor(_ => true, RunningProgram.Patience);
        program.Signal(RunningProgram.User1);
        program.Error.WaitFor(line => line.StartsWith("DNS messages ", StringComparison.Ordinal), RunningProgram.Patience);

        Assert.Equal(0, program.WaitForEnd());
    }

    [Theory]
    [InlineData("read")]
    [InlineData("read", "--queue", "1", "--jobs", "1")]
    [InlineData("read", "--queue", "1", "--jobs", "2")]
    [InlineData("decode")]
    public void A_signal_ends_a_run_whose_reader_has_stopped_reading(string command, params string[] options)
    {
        // cat waits, stopped, with the pipe full: what a pager does while a person looks at a page.
        Assert.SkipUnless(RunningProgram.IsInstalled("bash"), "needs bash, for a pipe");
        using var folder = new TemporaryFolder();
        Assert.Equal(0, RunningProgram.Run("mkfifo", folder["pipe"]));
        var captures = Enumerable.Range(0, 40).Select(i => folder.Write($"{i}.pcapng", File.ReadAllBytes(SampleCaptures.Beacon)));
        using var shell = RunningProgram.Start(
            "bash",
            [
                "-c", "exec 3<>\"$1\"; shift; \"$@\" >&3 & echo $!; wait $!; echo \"status $?\"", "bash", folder["pipe"], Product.Executable, command,
                .. captures, .. command == "read" ? new[] { "-r", TestPaths.Rules } : [], .. options
            ]);
        var process = int.Parse(shell.Output.WaitFor(_ => true, RunningProgram.Patience)[0], System.Globalization.CultureInfo.InvariantCulture);
        WaitUntilItSleepsInAWrite(process);
        Assert.Equal(0, RunningProgram.Run("kill", $"{process}"));

        shell.Output.WaitFor(line => line == "status 1", RunningProgram.Patience);
        Assert.Equal(0, shell.WaitForEndByItself());
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public void Alerts_for_a_reader_that_has_stopped_reading_are_all_counted(string jobs)
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("bash"), "needs bash, for a pipe");
        using var folder = new TemporaryFolder();
        Assert.Equal(0, RunningProgram.Run("mkfifo", folder["pipe"]));
        var rules = folder.Write("rules.yml", "title: All names\nname: all\nlogsource: {category: dns}\ndetection:\n  s: {query|endswith: .example}\n  condition: s\n---\ntitle: Many names\ncorrelation:\n  type: event_count\n  generate: true\n  rules: [all]\n  group-by: [src_ip]\n  timespan: 10m\n  condition: {gte: 3}\n");
        var capture = new LookupCapture();
        for (var i = 0; i < 20_000; i++)
        {
            capture.Query((byte)i, $"n{i}.example");
        }

        var file = folder.Write("lookups.pcap", capture.Bytes);
        using var shell = RunningProgram.Start(
            "bash",
            [
                "-c", "exec 3<>\"$1\"; shift; \"$@\" >&3 & echo $!; wait $!; echo \"status $?\"", "bash", folder["pipe"], Product.Executable, "read",
                file, "-r", rules, "--queue", "100", "--jobs", jobs,
            ]);
        var process = int.Parse(shell.Output.WaitFor(_ => true, RunningProgram.Patience)[0], System.Globalization.CultureInfo.InvariantCulture);
        WaitUntilItSleepsInAWrite(process);
        Assert.Equal(0, RunningProgram.Run("kill", $"{process}"));
        shell.Output.WaitFor(line => line == "status 1", RunningProgram.Patience);

        var counts = shell.Error.Lines.Where(line => line.StartsWith("alerts ", StringComparison.Ordinal) || line.StartsWith("  handed over ", StringComparison.Ordinal))
            .Select(line => System.Text.RegularExpressions.Regex.Match(line, "[0-9,]+").Value).ToList();
        Assert.Equal(2, counts.Count);
        Assert.Equal(counts[0], counts[1]);
    }

    [Fact]
    [Trait("needs", "quiet machine")]
    public void Ends_within_a_second_of_the_signal()
    {
        // The best of three: a busy machine may hold up one of them, which is not the program's fault.
        var times = new List<TimeSpan>();
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var program = Product.Start(Read);
            program.Input.Write(File.ReadAllBytes(SampleCaptures.Tagged));
            program.Input.Flush();
            program.Output.WaitFor(_ => true, RunningProgram.Patience, SampleCaptures.TaggedAlerts);
            var start = Stopwatch.GetTimestamp();
            program.Signal(RunningProgram.Interrupt);
            program.WaitForEndByItself();
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    // A pipe holds 64 KiB, which is written long before the files are read; then a thread waits in pipe_write.
    private static void WaitUntilItSleepsInAWrite(int process)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs Linux and root, to see where a thread waits");
        var deadline = DateTime.UtcNow + RunningProgram.Patience;
        while (!Directory.GetDirectories($"/proc/{process}/task").Any(IsInAWrite))
        {
            Assert.True(DateTime.UtcNow < deadline, "the program does not wait for its reader");
            Thread.Yield();
        }

        static bool IsInAWrite(string thread)
        {
            try
            {
                // The number of the system call that the thread is in: write is 1 on x86-64 and 64 on ARM64.
                return File.ReadAllText(Path.Combine(thread, "syscall")).Split(' ') is [var number, "0x1", ..] && number is "1" or "64";
            }
            catch (IOException)
            {
                return false;
            }
        }
    }
}
