using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary><c>wiredns live</c> when things happen to it: interfaces that come and go, silence, signals, a machine that hangs.</summary>
public sealed class SensorTests
{
    [Theory]
    [InlineData("deleted")]
    [InlineData("down")]
    [InlineData("renamed")]
    [InlineData("moved")]
    public void An_interface_that_goes_is_said_waited_for_and_opened_again(string how)
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap);
        var (go, come) = how switch
        {
            "deleted" => (new Action(() => network.Sensor.Ip($"link del {LiveNetwork.Tap}")), new Action(() => network.Plug(network.FirstClient, LiveNetwork.Tap))),
            "down" => (() => network.Sensor.Ip($"link set {LiveNetwork.Tap} down"), () => network.Sensor.Ip($"link set {LiveNetwork.Tap} up")),
            "renamed" => (() => Rename(LiveNetwork.Tap, "other0"), () => Rename("other0", LiveNetwork.Tap)),
            _ => (
                () => network.Sensor.Ip($"link set {LiveNetwork.Tap} netns {network.SecondClient.Name}"),
                () =>
                {
                    network.SecondClient.Ip($"link set {LiveNetwork.Tap} netns {network.Sensor.Name}");
                    network.Sensor.Ip($"link set {LiveNetwork.Tap} up");
                }
            ),
        };
        go();
        sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is blind: ", StringComparison.Ordinal), RunningProgram.Patience);

        // The other interface continues meanwhile.
        Send(network.SecondClient, "first.msstorageazure.com", 1);
        sensor.Output.WaitFor(line => line.Contains(" first.", StringComparison.Ordinal), RunningProgram.Patience);
        come();
        sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is ok again, ", StringComparison.Ordinal), RunningProgram.Patience);
        Send(network.FirstClient, "second.msstorageazure.com", 2);
        sensor.Output.WaitFor(line => line.Contains(" second.", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());

        void Rename(string from, string to)
        {
            network.Sensor.Ip($"link set {from} down");
            network.Sensor.Ip($"link set {from} name {to}");
            network.Sensor.Ip($"link set {to} up");
        }
    }

    [Fact]
    public void A_link_that_is_gone_for_a_moment_is_said_and_counted()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap, "--ledger-file", folder["ledger.json"]);
        var flaps = 0;
        do
        {
            // The other end in one go: most of these fall between two looks of a second.
            network.FirstClient.Ip("link set eth0 down");
            network.FirstClient.Ip("link set eth0 up");
            flaps++;
        }
        while (!sensor.Output.Has(line => line.Contains($" SENSOR   interface {LiveNetwork.Tap} degraded interrupted ", StringComparison.Ordinal), TimeSpan.FromSeconds(1.5)) && flaps < 20);

        sensor.Output.WaitFor(line => line.Contains($" SENSOR   interface {LiveNetwork.Tap} degraded interrupted \"the link was gone for a moment", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is degraded: the link was gone for a moment", StringComparison.Ordinal), RunningProgram.Patience);
        Send(network.FirstClient, "after.msstorageazure.com", 1);
        sensor.Output.WaitFor(line => line.Contains(" after.msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        var times = flaps == 1 ? "once" : $"{flaps} times";
        Assert.Contains($"  ! gone or without a link {times}: what passed then was not seen", sensor.Error.Lines);
        using var ledger = JsonDocument.Parse(File.ReadAllText(folder["ledger.json"]));
        Assert.Equal(
            [(LiveNetwork.Tap, flaps, 0), (LiveNetwork.SecondTap, 0, 0)],
            ledger.RootElement.GetProperty("ledger").GetProperty("interfaces").EnumerateArray().Select(one =>
                (one.GetProperty("name").GetString()!, one.GetProperty("interruptions").GetInt32(), one.GetProperty("late_packets").GetInt32())));
    }

    [Fact]
    public void Silence_is_blind_and_never_no_fault_found()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--filter", "udp port 53", "--blind-after", "2");
        sensor.Error.WaitFor(line => Regex.IsMatch(line, $@"^wiredns: {LiveNetwork.Tap} is blind: no packet for \d+ s$"), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Contains(sensor.Error.Lines, line => line.StartsWith("  ! blind since ", StringComparison.Ordinal));
        Assert.Contains("health of the mirror: not known, as no packet was seen", sensor.Error.Lines);
    }

    [Fact]
    public void A_query_that_is_not_answered_is_judged_after_ten_seconds_on_an_idle_link()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var rule = folder.Write("unanswered.yml", """
            title: A lookup of a planted name that is not refused
            id: 6a4b2a4e-3b6c-4f0e-9a55-0d7c1f2b3c4d
            status: test
            logsource: {category: dns}
            detection:
                name: {query|endswith: planted.example}
                refused: {rcode_name: REFUSED}
                condition: name and not refused
            level: high
            """);
        using var sensor = network.Sensor.Start(Product.Executable, ["live", "-i", LiveNetwork.Tap, "-r", rule]);
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        Send(network.FirstClient, "host.planted.example", 1);
        var start = Stopwatch.GetTimestamp();
        sensor.Output.WaitFor(line => line.Contains(" host.planted.example", StringComparison.Ordinal), RunningProgram.Patience);

        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.FromSeconds(9), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void Every_packet_is_captured_dropped_or_left_unread_when_it_stood_still_and_is_told_to_end()
    {
        const int Sent = 200_000;
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--buffer-size", "4", "--filter", "udp port 53");
        var frame = Layers.Ethernet(DnsFrames.Ipv4("www.example.org", 1));
        sensor.Signal(RunningProgram.Stop);
        LiveNetwork.Send(network.FirstClient, Enumerable.Repeat(frame, Sent));
        sensor.Signal(RunningProgram.Terminate);
        sensor.Signal(RunningProgram.Continue);

        Assert.Equal(0, sensor.WaitForEndByItself());
        var (captured, dropped, unread) = LiveNetwork.CountsAt(LiveNetwork.Tap, sensor);
        Assert.Equal(Sent, captured + dropped + unread);
        Assert.NotEqual(0, dropped);
        Assert.True(captured > 1000, $"only {captured} were captured");
    }

    [Fact]
    public void Repeated_alerts_are_held_back_unless_it_is_told_otherwise_and_summed_up_once_the_window_is_over_without_another_packet()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.Sensor.Start(Product.Executable, ["live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules, "--suppress", "high=3s"]);
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        Assert.Contains(
            "wiredns: repeated alerts of one rule, client and registered domain are held back and summed up (high 3s, critical 10m, medium 30m, low and informational 1h); --no-suppress sends all",
            sensor.Error.Lines);
        for (var number = 0; number < 3; number++)
        {
            Send(network.FirstClient, $"www{number}.msstorageazure.com", (ushort)(number + 1));
        }

        var lines = sensor.Output.WaitFor(line => line.Contains(" repeats:\"", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.Contains(" www0.msstorageazure.com ", sensor.Output.Lines[0], StringComparison.Ordinal);
        Assert.Contains(" msstorageazure.com repeats:\"", lines[0], StringComparison.Ordinal);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Single(sensor.Error.Lines, line => Regex.IsMatch(line, "^alerts +3 "));
    }

    [Fact]
    public void A_signal_of_log_rotation_does_not_end_it_and_quit_drains()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap);
        sensor.Signal(RunningProgram.Hangup);
        sensor.Signal(RunningProgram.User2);
        Send(network.FirstClient, "one.msstorageazure.com", 1);
        sensor.Output.WaitFor(line => line.Contains(" one.", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Quit);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Contains(sensor.Error.Lines, line => Regex.IsMatch(line, "^alerts +1 "));
    }

    [Fact]
    public void A_signal_puts_the_file_of_alerts_aside_and_the_next_alert_begins_a_new_one()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-o", "stdout", "-o", $"file:{folder["alerts.txt"]}");
        Send(network.FirstClient, "one.msstorageazure.com", 1);
        Assert.True(SpinWait.SpinUntil(() => FilesWith(" one.").Length == 1, RunningProgram.Patience));
        sensor.Signal(RunningProgram.User2);
        Send(network.FirstClient, "two.msstorageazure.com", 2);
        Assert.True(SpinWait.SpinUntil(() => FilesWith(" two.").Length == 1, RunningProgram.Patience));
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal([folder["alerts.txt"]], FilesWith(" two."));
        Assert.NotEqual(folder["alerts.txt"], Assert.Single(FilesWith(" one.")));

        // Not the number of files or lines: what the sensor says of itself on a slow machine is in them too.
        string[] FilesWith(string text) => [.. Directory.GetFiles(folder.Path).Where(file => Has(file, text))];

        // The sensor has locked its file against a second one, which stops .NET from reading it too.
        static bool Has(string file, string text) => RunningProgram.Run("grep", "-qF", text, file) == 0;
    }

    [Fact]
    public void A_few_descriptors_are_enough_to_wait_for_an_interface_and_open_it_again()
    {
        using var network = LiveNetwork.Create();
        using var sensor = network.Sensor.Start(
            "sh", "-c", "ulimit -n 160 && exec \"$0\" \"$@\"", Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules, "--no-suppress");
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        for (var round = 1; round <= 3; round++)
        {
            network.Sensor.Ip($"link del {LiveNetwork.Tap}");
            sensor.Error.WaitFor(line => line == $"wiredns: {LiveNetwork.Tap} is blind: the interface is gone", RunningProgram.Patience, round);
            network.Plug(network.FirstClient, LiveNetwork.Tap);
            sensor.Error.WaitFor(line => line.StartsWith($"wiredns: {LiveNetwork.Tap} is ok again, ", StringComparison.Ordinal), RunningProgram.Patience, round);
            Send(network.FirstClient, $"round-{round}.msstorageazure.com", (ushort)round);
            sensor.Output.WaitFor(line => line.Contains($" round-{round}.", StringComparison.Ordinal), RunningProgram.Patience);
        }

        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void A_local_logger_that_is_not_there_is_answered_with_what_to_start()
    {
        Assert.SkipWhen(File.Exists("/dev/log"), "needs a machine without a logger");
        var run = Product.Run("live", "-i", "lo", "-r", TestPaths.Rules, "-o", "syslog");

        Assert.Equal(2, run.ExitStatus);
        Assert.Equal(
            "wiredns: cannot open the syslog socket /dev/log: it does not exist: start a logger (systemd-journald, rsyslog or syslog-ng), or give another socket as "
            + "syslog:/PATH, or a receiver as syslog://HOST",
            run.Error.Lines[^1]);
    }

    [Fact]
    public void A_link_of_which_one_direction_is_missing_is_said_while_it_runs()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap);

        // A lookup counts as unanswered when its time is over, so time has to pass.
        var deadline = DateTime.UtcNow + RunningProgram.Patience;
        for (var round = 0; !sensor.Error.Has(
            line => line.StartsWith("wiredns: the mirror is degraded: most queries have no response here", StringComparison.Ordinal),
            TimeSpan.FromMilliseconds(500)); round++)
        {
            Assert.True(DateTime.UtcNow < deadline, "not said");
            LiveNetwork.Send(
                network.FirstClient, Enumerable.Range(round * 100, 100).Select(id => Layers.Ethernet(DnsFrames.Ipv4($"host-{id}.example.org", (ushort)id))));
        }

        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void A_change_of_state_is_an_event_at_every_target_whatever_its_filter_and_the_sums_hold()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var syslog = network.StartSyslog(out var address);
        var sensor = network.StartSensor(
            "-i", LiveNetwork.Tap, "-o", "stdout", "-o", $"file:{folder["critical.json"]},format=ecs,level=critical", "-o", $"file:{folder["alerts.txt"]},events=no",
            "-o", $"{address},event-facility=local7");
        Send(network.FirstClient, "one.msstorageazure.com", 1);
        sensor.Output.WaitFor(line => line.Contains(" one.", StringComparison.Ordinal), RunningProgram.Patience);
        network.Sensor.Ip($"link set {LiveNetwork.Tap} down");
        sensor.Output.WaitFor(line => line.Contains(" SENSOR   interface tap0 blind ", StringComparison.Ordinal), RunningProgram.Patience);
        network.Sensor.Ip($"link set {LiveNetwork.Tap} up");
        sensor.Output.WaitFor(line => line.Contains(" SENSOR   interface tap0 ok - \"\" after blind ", StringComparison.Ordinal), RunningProgram.Patience);
        var received = syslog.Output.WaitFor(line => line.Contains("|sensor-state|", StringComparison.Ordinal), RunningProgram.Patience, 2);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        var events = sensor.Output.Lines.Where(line => line.Contains(" SENSOR ", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, events.Count);
        Assert.Equal([(23 * 8) + 3, (23 * 8) + 6], received.Select(line => int.Parse(line.Split('|')[0], CultureInfo.InvariantCulture)));
        Assert.Equal(events, received.Select(line => line.Split('|', 5)[4]));
        Assert.Single(File.ReadAllLines(folder["alerts.txt"]));
        var objects = File.ReadAllLines(folder["critical.json"]).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(["blind", "ok"], objects.Select(root => root.GetProperty("wiredns").GetProperty("sensor").GetProperty("state").GetString()));
        Assert.All(objects, root => Assert.Equal("event", root.GetProperty("event").GetProperty("kind").GetString()));
        Assert.Contains(sensor.Error.Lines, line => Regex.IsMatch(line, "^events of the sensor +2 "));
        Assert.DoesNotContain(sensor.Error.Lines, line => line.Contains("not delivered", StringComparison.Ordinal));
    }

    [Fact]
    public void Fragments_and_streams_that_never_complete_are_given_up_on_an_idle_link()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap);
        var datagram = Layers.Udp(DnsBytes.Query("www.example.org", 1));
        LiveNetwork.Send(network.FirstClient, Layers.Ethernet(Layers.Ipv4(datagram[..24], source: "192.0.2.11", destination: "192.0.2.53", more: true)));
        Has("in reassembly now", RunningProgram.Patience);

        // The fragment's time is 60 s, and no other packet comes meanwhile.
        Has("fragments missing after the timeout", TimeSpan.FromSeconds(60) + RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());

        void Has(string text, TimeSpan time)
        {
            var deadline = DateTime.UtcNow + time;
            do
            {
                Assert.True(DateTime.UtcNow < deadline, $"no '{text}' in:\n{sensor.Error.Text}");
                sensor.Signal(RunningProgram.User1);
            }
            while (!sensor.Error.Has(line => line.Contains(text, StringComparison.Ordinal), TimeSpan.FromSeconds(2)));
        }
    }

    private static void Send(NetworkNamespace client, string name, ushort id) =>
        LiveNetwork.Send(client, Layers.Ethernet(DnsFrames.Ipv4(name, id)));
}
