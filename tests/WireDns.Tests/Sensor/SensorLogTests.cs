using System.Text.Json;
using Microsoft.Extensions.Logging;
using WireDns.Journal;
using WireDns.Sensor;
using WireDns.Terminal;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Sensor;

/// <summary>The sensor's own log: bounded, and of one line for each event, whatever an interface or a rule is called.</summary>
public sealed class SensorLogTests
{
    private const string Hostile = "eth1\n<0>wiredns: forged\u001b[2J\"}\u202e\u2028";

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_flood_of_events_gives_a_bounded_number_of_lines_and_says_how_many_were_held_back()
    {
        var lines = new List<string>();
        var log = LogLines.To(lines.Add, _clock);
        for (var second = 0; second < 600; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                log.ProgramFault("a packet", "at a place", "", 1, "eth1");
            }

            log.RulesRun(second); // another event has its own bound
            log.Look();
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        log.Look(isEnd: true);

        Assert.Equal(10 * (SensorLog.LinesAMinute + 1), lines.Count(line => line.Contains("fault", StringComparison.Ordinal)));
        Assert.Equal(600, lines.Count(line => line.EndsWith("rules run", StringComparison.Ordinal)));
        Assert.Equal(
            60_000 - (10 * SensorLog.LinesAMinute),
            lines.Where(line => line.EndsWith(" more lines about program_fault were not written", StringComparison.Ordinal))
                .Sum(line => int.Parse(line.Split(' ')[0], System.Globalization.NumberStyles.AllowThousands, System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Faults_without_end_are_said_once_a_minute()
    {
        var lines = new List<string>();
        var faults = new FaultLog(null, _clock, LogLines.To(lines.Add, _clock));
        for (var i = 0; i < 36_000; i++)
        {
            faults.Note(new InvalidOperationException("the framework's words"));
            _clock.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(lines.Count, 6, 7);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_hostile_name_stays_within_its_line_and_field(bool isJson)
    {
        var lines = new List<string>();
        var form = new LineForm(LogLevel.Information, isJson, isJournal: true, _clock);
        var log = new SensorLog(_clock, (level, name, fields, text) => lines.Add(form.Of(level, name, fields, LineForm.Sender + text)));

        log.StateWorse(LogLevel.Error, Hostile, "blind", "gone", "interface", Hostile, "gone");

        var line = Assert.Single(lines);
        Assert.StartsWith("<3>", line, StringComparison.Ordinal);
        Assert.All(line, character => Assert.InRange(character, ' ', '~'));
        if (!isJson)
        {
            Assert.StartsWith("<3>wiredns: eth1\\u{a}<0>wiredns: forged", line, StringComparison.Ordinal);
            return;
        }

        var json = JsonDocument.Parse(line[3..]).RootElement;
        Assert.Equal(Hostile, json.GetProperty("interface").GetString());
        Assert.Equal($"{Hostile} is blind: gone", json.GetProperty("message").GetString());
        Assert.Equal(
            new[] { "time", "level", "event", "what", "state", "reason", "part", "interface", "cause", "message" }.Order(StringComparer.Ordinal),
            json.EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_line_of_a_sensor_is_a_JSON_object_if_that_is_wanted()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        var rule = folder.Write("broken.yml", "title: \"a title\u001b[31m\"\nlogsource:\n  category: dns\ndetection:\n  condition: nothing\n");
        using var sensor = network.Sensor.Start(
            Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules, "-r", rule, "--log-format", "json", "-o", "http://127.0.0.1:1/");
        sensor.Error.WaitFor(line => line.Contains("\"event\":\"rules_run\"", StringComparison.Ordinal), RunningProgram.Patience);
        network.Sensor.Ip($"link set {LiveNetwork.Tap} down");
        sensor.Error.WaitFor(line => line.Contains("\"event\":\"state_worse\"", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        sensor.WaitForEndByItself();

        var lines = sensor.Error.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(lines, line => Assert.Equal(["time", "level", "event"], line.EnumerateObject().Take(3).Select(field => field.Name)));
        Assert.All(lines, line => Assert.NotEmpty(line.GetProperty("message").GetString()!));
        var down = lines.Single(line => line.GetProperty("event").GetString() == "state_worse");
        Assert.Equal(("error", "tap0", "down", "tap0 is blind: the interface is down"), (
            down.GetProperty("level").GetString(), down.GetProperty("interface").GetString(), down.GetProperty("cause").GetString(), down.GetProperty("message").GetString()));
        Assert.Contains(lines, line => line.GetProperty("level").GetString() == "error" && line.GetProperty("message").GetString()!.Contains("broken.yml", StringComparison.Ordinal));
        Assert.Contains("captured; dropped by kernel 0", lines.Single(line => line.GetProperty("event").GetString() == "summary").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_the_journal_each_line_starts_with_its_priority_and_a_level_leaves_lines_out()
    {
        using var network = LiveNetwork.Create();
        var command = $"JOURNAL_STREAM=0:$(stat -L -c %i /proc/self/fd/2) exec {Product.Executable} live -i {LiveNetwork.Tap} -r {TestPaths.Rules} --log-level warning --blind-after 1";
        using var sensor = network.Sensor.Start("sh", "-c", command);

        sensor.Error.WaitFor(line => line.StartsWith("<3>wiredns: tap0 is blind: ", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        sensor.WaitForEndByItself();
        Assert.All(sensor.Error.Lines, line => Assert.Matches("^<[346]>", line));
        Assert.DoesNotContain(sensor.Error.Lines, line => line.Contains("capturing on", StringComparison.Ordinal));
        Assert.Contains(sensor.Error.Lines, line => line.StartsWith("<6>tap0 ", StringComparison.Ordinal)); // the summary
    }
}
