using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Why a live capture does not start: one line and an exit status; and what <c>wiredns interfaces</c> says.</summary>
public sealed class LiveFailureTests
{
    private const string Loopback = "lo";

    public LiveFailureTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, whose loopback interface is called lo");
        Assert.SkipUnless(SharpPcap.Pcap.LibpcapVersion > new Version(0, 0), "needs libpcap (apt-get install libpcap0.8)");
    }

    [Theory]
    [InlineData(60, "read")]
    [InlineData(80, "read")]
    [InlineData(90, "live")]
    [InlineData(100, "live")]
    public void Too_few_files_that_may_be_opened_are_called_that(int limit, string command)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs ulimit");
        string[] input = command == "read" ? [SampleCaptures.Tagged] : ["-i", "lo"];

        using var run = RunningProgram.Start("sh", ["-c", $"ulimit -n {limit} && exec \"$0\" \"$@\"", Product.Executable, command, .. input, "-r", TestPaths.Rules]);

        Assert.Equal(1, run.WaitForEndByItself());
        Assert.StartsWith("wiredns: no more files can be opened: the limit of open files (ulimit -n", run.Error.Lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(run.Error.Lines, line => line.Contains("   at ", StringComparison.Ordinal) || line.Contains("memory", StringComparison.Ordinal));
    }

    [Fact]
    public void A_lock_of_another_process_on_the_file_that_is_tried_is_no_want_of_files()
    {
        using var locking = RunningProgram.Start("flock", ["--exclusive", "/dev/null", Product.Executable, "read", SampleCaptures.Tagged, "-r", "/nonexistent"]);

        Assert.Equal(2, locking.WaitForEnd());
        Assert.Equal("wiredns: no rule is left to run", locking.Error.Lines[^1]);
    }

    [Fact]
    public void An_unknown_interface_is_answered_with_those_that_there_are()
    {
        var run = Product.Run("live", "-i", "no-such-if0", "-r", TestPaths.Rules);

        Assert.Equal(2, run.ExitStatus);
        var line = Assert.Single(run.Error.Lines);
        Assert.StartsWith("wiredns: no interface is called no-such-if0; there are: ", line, StringComparison.Ordinal);
        Assert.Contains(Loopback, line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_does_not_compile()
    {
        AssumeRoot();
        var run = Product.Run("live", "-i", Loopback, "--filter", "port (", "-r", TestPaths.Rules);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith("wiredns: the filter \"port (\" does not compile: ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_rights_are_one_line_that_says_how_to_get_them()
    {
        var run = Product.RunUnprivileged("live", "-i", Loopback, "-r", TestPaths.Rules);

        Assert.Equal(1, run.ExitStatus);
        var line = Assert.Single(run.Error.Lines);
        Assert.StartsWith($"wiredns: no permission to capture on {Loopback}: ", line, StringComparison.Ordinal);
        Assert.Contains(Environment.IsPrivilegedProcess ? "CAP_NET_RAW is not among the rights that this process can get" : "setcap cap_net_raw=p", line, StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void No_rules_end_a_live_run_before_it_begins()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run("live", "-i", Loopback, "-r", folder.Path);

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal("wiredns: no rule is left to run", run.Error.Lines[^1]);
    }

    [Fact]
    public void Interfaces_that_can_be_opened_are_listed_as_up()
    {
        AssumeRoot();
        var run = Product.Run("interfaces");

        Assert.Equal(0, run.ExitStatus);
        Assert.Empty(run.Error.Lines);
        Assert.Single(run.Output.Lines, line => line.StartsWith("lo  ", StringComparison.Ordinal) && line.Contains(" up ", StringComparison.Ordinal)
            && line.Contains("127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public void Interfaces_that_cannot_be_opened_say_why()
    {
        var run = Product.RunUnprivileged("interfaces");

        Assert.Equal(0, run.ExitStatus);
        Assert.Single(run.Output.Lines, line => line.StartsWith("lo  ", StringComparison.Ordinal)
            && line.Contains("cannot be opened: no permission to capture on lo: ", StringComparison.Ordinal));
    }

    private static void AssumeRoot() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root, to capture");
}
