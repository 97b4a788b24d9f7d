using System.Globalization;
using System.Runtime.Versioning;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary><c>wiredns live --ui</c> in a terminal, with an interface.</summary>
[SupportedOSPlatform("linux")]
public sealed class ScreenTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void An_alert_is_seen_opened_with_a_key_and_the_terminal_is_as_before_after_q()
    {
        using var network = LiveNetwork.Create();
        using var pane = Start(network, 110, 32, "--no-suppress");
        pane.WaitFor("ready");
        Send(network, "first.msstorageazure.com", 1);
        Send(network, "evil[red]\e[2J\e]0;title\a.msstorageazure.com", 2);
        var screen = pane.WaitFor(screen => screen.Contains("HIGH", StringComparison.Ordinal) && screen.Contains("evil[red]", StringComparison.Ordinal) && screen.Contains("2 ALERTS", StringComparison.Ordinal), "the alerts");
        Assert.Contains(@"evil[red]\027[2J\027]0;title\007.", screen, StringComparison.Ordinal);
        Assert.Contains($" {LiveNetwork.Tap} ", screen, StringComparison.Ordinal);
        Assert.Contains("none: alerts are shown here alone", screen, StringComparison.Ordinal);
        Assert.Contains("192.0.2.11", screen, StringComparison.Ordinal);
        Assert.Equal(("1", "0"), (pane.Ask("alternate_on"), pane.Ask("cursor_flag")));

        pane.Press("Down", "Enter");
        screen = pane.WaitFor("Alert 2 of 2");
        Assert.Contains("matched", screen, StringComparison.Ordinal);
        Assert.Contains(Product.RuleId, screen, StringComparison.Ordinal);
        pane.Press("Left");
        pane.WaitFor("Alert 1 of 2");
        pane.Press("q");
        pane.WaitFor("TOP NAMES");
        pane.Press("p");
        pane.WaitFor("PAUSED");
        Send(network, "third.msstorageazure.com", 3);
        pane.WaitFor("1 alerts wait");
        pane.Press("p");
        pane.WaitFor("third.msstorageazure.com");
        pane.Press("?");
        pane.WaitFor("SIGKILL");
        pane.Press("l");
        pane.WaitFor("wiredns: 1 rules run");
        pane.Press("Escape");
        pane.WaitFor("TOP NAMES");

        pane.Press("q");
        AssertRestored(pane, status: 0);
        Assert.Contains(pane.Screen.Split('\n'), line => line.Contains("alerts", StringComparison.Ordinal));
    }

    [Fact]
    public void A_small_terminal_another_size_and_SIGTERM_leave_it_as_before()
    {
        using var network = LiveNetwork.Create();
        using var pane = Start(network, 80, 24, "--no-suppress", "-o", $"file:{_folder["alerts.txt"]}");
        pane.WaitFor("ready");
        Send(network, "first.msstorageazure.com", 1);
        var screen = pane.WaitFor("1 ALERTS");
        Assert.Contains("first.msstorageazure", screen, StringComparison.Ordinal);
        Assert.EndsWith("q end the sensor", screen.TrimEnd(), StringComparison.Ordinal);
        pane.WaitFor(screen => screen.Split('\n').Any(line => line.Contains("file:", StringComparison.Ordinal) && line.Contains(" ok ", StringComparison.Ordinal) && line.TrimEnd().EndsWith("1        0       0", StringComparison.Ordinal)), "a delivered alert");

        pane.Resize(130, 40);
        pane.WaitFor("DNS/S OF THE LAST MINUTE");
        pane.Resize(40, 10);
        pane.WaitFor("60 x 12 is needed");
        pane.Resize(80, 24);
        pane.WaitFor("TOP NAMES");
        pane.Press("C-z", "?");
        pane.WaitFor("SIGKILL");
        Signal("STOP");
        Signal("CONT");
        pane.Press("q");
        pane.WaitFor("TOP NAMES");

        Signal("TERM");
        AssertRestored(pane, status: 0);
        Assert.Single(File.ReadAllLines(_folder["alerts.txt"]), line => line.Contains("first.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fault_of_the_program_leaves_the_terminal_as_before_and_a_broken_one_ends_a_sensor_without_targets()
    {
        using var network = LiveNetwork.Create();
        using (var pane = Start(network, 80, 24))
        {
            pane.WaitFor("ready");
            network.Sensor.Ip($"link del {LiveNetwork.Tap}");
            pane.WaitFor("NOT READY");
            pane.Press("C-c");
            AssertRestored(pane, status: 1);
        }

        network.Plug(network.FirstClient, LiveNetwork.Tap);
        File.Delete(_folder["process"]);
        using var broken = Start(network, 80, 24);
        broken.WaitFor("ready");
        var process = int.Parse(File.ReadAllText(_folder["process"]), CultureInfo.InvariantCulture);
        broken.Break();
        Assert.True(SpinWait.SpinUntil(() => !Directory.Exists($"/proc/{process}"), RunningProgram.Patience), "it still runs");
    }

    [Theory]
    [InlineData(true, Label = "with a target, for which the sensor goes on")]
    [InlineData(false, Label = "without a target, so the sensor ends")]
    public void A_fault_in_the_drawing_leaves_the_terminal_as_before_and_says_so(bool hasTarget)
    {
        Assert.SkipUnless(File.Exists(Path.ChangeExtension(Product.Executable, ".dll")), "needs the managed build, into whose process the fault is put");
        using var network = LiveNetwork.Create();
        string[] target = hasTarget ? ["-o", $"file:{_folder["alerts.txt"]}"] : [];
        using var pane = Start(network, 110, 32, ["--no-suppress", .. target], $"DOTNET_STARTUP_HOOKS='{typeof(StartupHook).Assembly.Location}' {StartupHook.Variable}='{_folder["fault"]}' ");
        pane.WaitFor("ready");
        File.WriteAllText(_folder["fault"], "");
        pane.WaitFor("wiredns: the picture of --ui has ended by a fault of this program, please report it; ");
        if (hasTarget)
        {
            Send(network, "later.msstorageazure.com", 1);
            Signal("TERM");
        }

        AssertRestored(pane, status: hasTarget ? 0 : 1);
        Assert.Contains(hasTarget ? "the sensor goes on without it" : "the sensor ends, since it has no target", pane.Screen.ReplaceLineEndings(""), StringComparison.Ordinal);
        Assert.DoesNotMatch("Exception|   at |WireDns", pane.Screen);
        Assert.Equal(hasTarget, File.Exists(_folder["alerts.txt"]) && File.ReadAllText(_folder["alerts.txt"]).Contains("later.", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_there_can_be_no_picture_it_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        string[] command = ["live", "--ui", "-i", "lo", "-r", TestPaths.Rules];
        var piped = Product.Run(command);
        Assert.Equal(2, piped.ExitStatus);
        Assert.StartsWith("wiredns: --ui needs a terminal, and standard output is none; without --ui, ", Assert.Single(piped.Error.Lines), StringComparison.Ordinal);

        foreach (var target in new[] { new[] { "-o", "stdout" }, ["-o", "stdout,format=ecs"], ["--log-dns", "stdout"] })
        {
            var written = Product.Run([.. command, .. target]);
            Assert.Equal(2, written.ExitStatus);
            Assert.StartsWith("wiredns: --ui: a target that is stdout would write into the picture", Assert.Single(written.Error.Lines), StringComparison.Ordinal);
        }

        using var pane = TmuxPane.Start(_folder, 100, 24, $"""
            TERM=dumb '{Product.Executable}' live --ui -i lo -r '{TestPaths.Rules}'
            echo "status $?"
            '{Product.Executable}' live --ui -i lo -r '{TestPaths.Rules}' </dev/null
            echo "status $?"
            exec sleep 1000
            """);
        var screen = pane.WaitFor(screen => screen.Split("status 2").Length == 3, "two refusals");
        Assert.Contains("TERM=dumb has none", screen, StringComparison.Ordinal);
        Assert.Contains("standard input is none", screen, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    // Ctrl-C goes to the shell too, which would end with it.
    private TmuxPane Start(LiveNetwork network, int width, int height, params string[] arguments) => Start(network, width, height, arguments, environment: "");

    private TmuxPane Start(LiveNetwork network, int width, int height, string[] arguments, string environment) => TmuxPane.Start(_folder, width, height, $"""
        trap : INT
        echo THE FIRST SCREEN
        stty -a >before
        {environment}sh -c 'echo $$ >process; exec ip netns exec {network.Sensor.Name} "$@"' - '{Product.Executable}' live --ui -i {LiveNetwork.Tap} -r '{TestPaths.Rules}' {string.Join(' ', arguments)}
        echo "status $?"
        stty -a >after
        echo THAT WAS IT
        exec sleep 1000
        """);

    private void AssertRestored(TmuxPane pane, int status)
    {
        var screen = pane.WaitFor("THAT WAS IT");
        Assert.Contains($"status {status}", screen, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(_folder["before"]), File.ReadAllText(_folder["after"]));
        Assert.Equal(("0", "1", "0", "0"), (pane.Ask("alternate_on"), pane.Ask("cursor_flag"), pane.Ask("keypad_cursor_flag"), pane.Ask("keypad_flag")));
        Assert.DoesNotContain("TOP NAMES", screen, StringComparison.Ordinal);
    }

    private void Signal(string name) => Assert.Equal(0, RunningProgram.Run("kill", $"-{name}", File.ReadAllText(_folder["process"]).Trim()));

    private static void Send(LiveNetwork network, string name, ushort id) => LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4(name, id)));
}
