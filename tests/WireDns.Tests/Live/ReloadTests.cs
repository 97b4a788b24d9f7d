using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using WireDns.Control;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A sensor that gets other rules, silences and targets while it captures.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ReloadTests : IDisposable
{
    private const string Counted = "5c7d9c7a-1a01-4b7d-8f5e-000000000001";
    private const string Correlated = "5c7d9c7a-1a01-4b7d-8f5e-000000000002";

    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder["control/control.sock"];

    [Fact]
    public void Under_load_with_a_reload_every_100_ms_no_packet_is_lost_and_each_planted_lookup_alerts_once()
    {
        const int Planted = 300;
        const int Between = 100;
        using var network = LiveNetwork.Create();
        WriteRules();
        var sensor = Start(network);
        var sent = 0L;
        var sender = new Thread(() =>
            LiveNetwork.Send(network.FirstClient, Paced(Frames(), 10_000).Select(frame =>
            {
                sent++;
                return frame;
            })));
        sender.Start();
        var reloads = 0;
        while (!sender.Join(TimeSpan.FromMilliseconds(100)))
        {
            _folder.Write("rules/changing.yml", Rule("changing", $"never-{reloads}.example", "5c7d9c7a-1a01-4b7d-8f5e-000000000009"));
            using var client = new ControlClient(Socket);
            using var answer = client.Ask(("command", "reload"));
            Assert.Equal(reloads == 0 ? 0 : 1, answer.RootElement.GetProperty("result").GetProperty("changed").GetInt32());
            reloads++;
        }

        sensor.Output.WaitFor(line => line.Contains($" planted-{Planted - 1}.planted.example", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());

        Assert.True(reloads >= 3, $"{reloads} reloads");
        var names = sensor.Output.Lines.SelectMany(line => Regex.Matches(line, @" (planted-\d+)\.planted\.example").Select(match => match.Groups[1].Value)).ToList();
        Assert.Equal(Enumerable.Range(0, Planted).Select(number => $"planted-{number}"), names);
        var numbers = sensor.Error.Lines.Select(line => Regex.Match(
                line, $@"^{LiveNetwork.Tap} +([\d,]+) +captured; dropped by kernel ([\d,]+), by interface ([\d,]+), left unread ([\d,]+)$"))
            .Single(match => match.Success).Groups.Values.Skip(1).Select(number => long.Parse(number.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal((sent, 0L, 0L, 0L), (numbers[0], numbers[1], numbers[2], numbers[3]));

        IEnumerable<byte[]> Frames()
        {
            for (var number = 0; number < Planted * Between; number++)
            {
                yield return Layers.Ethernet(DnsFrames.Ipv4(number % Between == 0 ? $"planted-{number / Between}.planted.example" : $"n{number}.example.org", (ushort)number));
            }
        }
    }

    [Fact]
    public void What_fired_stays_fired_and_what_a_correlation_has_counted_counts()
    {
        using var network = LiveNetwork.Create();
        WriteRules();
        var sensor = Start(network);
        Send(network, "one.counted.example", 1);
        Send(network, "two.counted.example", 2);
        sensor.Output.WaitFor(line => line.Contains(" two.counted.example", StringComparison.Ordinal), RunningProgram.Patience);
        _folder.Write("rules/more.yml", Rule("more", "more.example", "5c7d9c7a-1a01-4b7d-8f5e-000000000008"));
        sensor.Signal(RunningProgram.Hangup);
        sensor.Error.WaitFor(line => line == "wiredns: reloaded: 4 rules run, 1 added, 0 removed, 0 changed", RunningProgram.Patience);

        Send(network, "two.counted.example", 2); // the same lookup once more
        Send(network, "three.counted.example", 3);
        Send(network, "x.more.example", 4);

        sensor.Output.WaitFor(line => line.Contains(" \"three in ten minutes\" ", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Output.WaitFor(line => line.Contains(" x.more.example", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.Single(sensor.Output.Lines, line => line.Contains(" two.counted.example QueryName", StringComparison.Ordinal) || line.Contains("\"counted\"", StringComparison.Ordinal) && line.Contains(" two.counted.example", StringComparison.Ordinal));
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Contains(sensor.Error.Lines, line => Regex.IsMatch(line, "^alerts +5 ")); // 3 counted, 1 of more, 1 correlation
    }

    [Theory]
    [InlineData("a rule that runs is broken", "rule_broken", "a rule that runs does not load any more: planted: ")]
    [InlineData("its folder is gone", "rule_broken", "a rule that runs does not load any more: ")]
    [InlineData("its folder is empty", "no_rules", "no rule would be left to run")]
    [InlineData("two of three are deleted", "rules_shrunk", "less than half of the rules would be left, 1 of 3: ")]
    [InlineData("a list is cut", "list_shrunk", "less than half of the values of %bad% would be left, 1 of 4: ")]
    [InlineData("a list is broken", "cannot_be_read", "/bad.csv: its values for %bad% cannot be used: ")]
    [InlineData("a silence is wrong", "cannot_be_read", "/silences.yml: its silences cannot be used: ")]
    [InlineData("an unknown key", "cannot_be_read", "/wiredns.yml: the configuration has a fault: ")]
    [InlineData("a wrong target", "cannot_be_read", "-o stdout: format=exs: ")]
    [InlineData("a target that cannot be opened", "target_cannot_be_opened", "/missing/alerts.txt")]
    [InlineData("strict, and a new rule with an error", "cannot_be_read", "a rule failed to load, and --strict is given: ")]
    public void A_mistake_is_refused_said_with_its_place_and_changes_nothing(string mistake, string cause, string words)
    {
        using var network = LiveNetwork.Create();
        WriteRules();
        _folder.Write("bad.csv", "name,x\na.example,1\nb.example,1\nc.example,1\nd.example,1\n");
        _folder.Write("silences.yml", "- {until: 2999-01-01, reason: a test, name: silent.planted.example}\n");
        var sensor = Start(network);
        Make(mistake);

        using (var refused = Product.Start("ctl", "reload", "--socket", Socket))
        {
            Assert.Equal(1, refused.WaitForEnd());
            Assert.Contains(words, refused.Error.Text, StringComparison.Ordinal);
        }

        var line = sensor.Output.WaitFor(line => line.Contains($" SENSOR   configuration - degraded {cause} \"not reloaded, all is as before: ", StringComparison.Ordinal), RunningProgram.Patience)[0];
        Assert.Contains(words, line.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
        sensor.Error.WaitFor(line => line.StartsWith("wiredns: not reloaded, all is as before: ", StringComparison.Ordinal), RunningProgram.Patience);
        Send(network, "silent.planted.example", 1);
        Send(network, "still.planted.example", 2);
        sensor.Output.WaitFor(line => line.Contains("\"planted\"", StringComparison.Ordinal) && line.Contains(" still.planted.example", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.DoesNotContain(sensor.Output.Lines, line => line.Contains("silent.planted.example", StringComparison.Ordinal));
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void Targets_are_added_changed_and_taken_away_and_what_needs_a_restart_is_said()
    {
        using var network = LiveNetwork.Create();
        WriteRules();
        var alerts = _folder["alerts.json"];
        var sensor = Start(network, $"output: [stdout, 'file:{alerts}']");
        Send(network, "one.planted.example", 1);
        sensor.Output.WaitFor(line => line.Contains(" one.planted.example", StringComparison.Ordinal), RunningProgram.Patience);

        // Nobody listens at the new one, which refuses nothing.
        WriteConfiguration($"output: [stdout, 'file:{alerts},format=ecs', 'syslog+tcp://127.0.0.1:1']\nqueue: 100");
        sensor.Signal(RunningProgram.Hangup);
        sensor.Error.WaitFor(line => line == "wiredns: reloaded: 3 rules run, 0 added, 0 removed, 0 changed; to change queue, start the sensor again: it is as before", RunningProgram.Patience);
        Send(network, "two.planted.example", 2);
        sensor.Output.WaitFor(line => line.Contains(" two.planted.example", StringComparison.Ordinal), RunningProgram.Patience);
        WriteConfiguration("output: stdout");
        sensor.Signal(RunningProgram.Hangup);
        sensor.Error.WaitFor(line => line == "wiredns: reloaded: 3 rules run, 0 added, 0 removed, 0 changed", RunningProgram.Patience);
        Send(network, "three.planted.example", 3);
        sensor.Output.WaitFor(line => line.Contains(" three.planted.example", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        // What waited for the one that nobody listens at is lost, and said.
        Assert.Equal(1, sensor.WaitForEndByItself());
        var lines = File.ReadAllLines(alerts);
        Assert.Contains(lines, line => line.Contains(" one.planted.example", StringComparison.Ordinal) && !line.StartsWith('{'));
        Assert.Contains(lines, line => line.Contains("two.planted.example", StringComparison.Ordinal) && line.StartsWith('{'));
        Assert.DoesNotContain(lines, line => line.Contains("three.planted.example", StringComparison.Ordinal));
        Assert.Equal(3, sensor.Output.Lines.Count(line => line.Contains("\"planted\"", StringComparison.Ordinal)));
        Assert.Contains(sensor.Error.Lines, line => line.Contains($"alerts to file:{alerts}: ", StringComparison.Ordinal));
        Assert.Contains(sensor.Error.Lines, line => line.Contains("alerts to syslog+tcp://127.0.0.1:1: ", StringComparison.Ordinal));
    }

    public void Dispose() => _folder.Dispose();

    private static string Rule(string title, string name, string id) => $$"""
        title: {{title}}
        name: {{title}}
        id: {{id}}
        logsource: {category: dns}
        detection:
            s: {query|endswith: .{{name}}}
            condition: s
        level: high
        """;

    private void WriteRules()
    {
        Directory.CreateDirectory(_folder["rules"]);
        _folder.Write("rules/planted.yml", Rule("planted", "planted.example", "5c7d9c7a-1a01-4b7d-8f5e-000000000003"));
        _folder.Write("rules/counted.yml", Rule("counted", "counted.example", Counted));
        _folder.Write("rules/correlated.yml", $$"""
            title: three in ten minutes
            id: {{Correlated}}
            correlation:
                type: event_count
                rules: [counted]
                group-by: [src_ip]
                timespan: 10m
                condition: {gte: 3}
                generate: true
            level: high
            """);
    }

    private void WriteConfiguration(string more) => _folder.Write("wiredns.yml", $"""
        interface: {LiveNetwork.Tap}
        rules: {_folder["rules"]}
        no-suppress: true
        filter: udp port 53
        control-socket: {Socket}
        {more}

        """);

    [Fact]
    public void A_sensor_that_was_started_with_nohup_says_that_SIGHUP_reloads_nothing()
    {
        using var network = LiveNetwork.Create();
        WriteRules();
        WriteConfiguration("");
        using var sensor = network.Sensor.Start("sh", "-c", "trap '' HUP && exec \"$@\"", "sh", Product.Executable, "live", "--config", _folder["wiredns.yml"]);
        sensor.Error.WaitFor(line => line == "wiredns: SIGHUP is ignored, as under nohup, so it reloads nothing; wiredns ctl reload does", RunningProgram.Patience);
        sensor.Error.WaitFor(line => line.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Hangup);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.DoesNotContain(sensor.Error.Lines, line => line.StartsWith("wiredns: reloaded", StringComparison.Ordinal));
    }

    private RunningProgram Start(LiveNetwork network, string? more = null)
    {
        WriteConfiguration(more ?? (File.Exists(_folder["bad.csv"]) ? $"silences: {_folder["silences.yml"]}\nplaceholder: ['bad={_folder["bad.csv"]}:csv:name']" : ""));
        return network.StartConfigured(_folder["wiredns.yml"]);
    }

    private void Make(string mistake)
    {
        switch (mistake)
        {
            case "a rule that runs is broken":
                _folder.Write("rules/planted.yml", File.ReadAllText(_folder["rules/planted.yml"]).Replace("condition: s", "condition: missing", StringComparison.Ordinal));
                break;
            case "its folder is gone":
                Directory.Delete(_folder["rules"], recursive: true);
                break;
            case "its folder is empty":
                Array.ForEach(Directory.GetFiles(_folder["rules"]), File.Delete);
                break;
            case "two of three are deleted":
                File.Delete(_folder["rules/counted.yml"]);
                File.Delete(_folder["rules/correlated.yml"]);
                break;
            case "a list is cut":
                _folder.Write("bad.csv", "name,x\na.example,1\n");
                break;
            case "a list is broken":
                _folder.Write("bad.csv", "x\n1\n");
                break;
            case "a silence is wrong":
                _folder.Write("silences.yml", "- {until: tomorrow, reason: a test, name: x.example}\n");
                break;
            case "an unknown key":
                File.AppendAllText(_folder["wiredns.yml"], "rulez: x\n");
                break;
            case "a wrong target":
                File.AppendAllText(_folder["wiredns.yml"], "output: 'stdout,format=exs'\n");
                break;
            case "a target that cannot be opened":
                File.AppendAllText(_folder["wiredns.yml"], $"output: [stdout, 'file:{_folder["missing/alerts.txt"]}']\n");
                break;
            default:
                File.AppendAllText(_folder["wiredns.yml"], "strict: true\n");
                _folder.Write("rules/new.yml", "title: new\nlogsource: {category: dns}\ndetection: {condition: s}\n");
                break;
        }
    }

    private static void Send(LiveNetwork network, string name, ushort id) => LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4(name, id)));

    // As many a second as that, or as the machine can do.
    private static IEnumerable<byte[]> Paced(IEnumerable<byte[]> frames, int perSecond)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var (number, frame) in frames.Index())
        {
            while (number % 100 == 0 && Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond < number)
            {
                Thread.Sleep(1);
            }

            yield return frame;
        }
    }
}
