using System.Net;
using System.Text.RegularExpressions;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Noise;
using WireDns.Alerts.Transports;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Screen;
using WireDns.Sensor;
using WireDns.Terminal;
using WireDns.Tests.Sensor;
using WireDns.Wire.Net;

namespace WireDns.Tests.Screen;

/// <summary>What the screen of <c>live --ui</c> draws, whatever the terminal's size and whatever texts come from the wire, and what keys do.</summary>
public sealed partial class ScreenViewTests
{
    private const string Hostile = "[red]x[/]\e[2J\e]0;t\a\u202e\n\r\t\u009b31m\ud800表表表\u0301\u0301\u0301\u0301";

    private static readonly Alert HostileAlert = SampleAlerts.Full with
    {
        Rule = SampleAlerts.Rule with { Title = Hostile, Description = Hostile, Level = AlertLevel.Critical },
        Client = new AlertEndpoint(Hostile, 1),
        Message = SampleAlerts.Full.Message with { QuestionName = string.Concat(Enumerable.Repeat(Hostile, 9)), Answers = [new AlertAnswer(Hostile, Hostile, "IN", 1, Hostile)] },
    };

    public static IEnumerable<TheoryDataRow<int, int, bool, bool>> Sizes =>
        from size in new[] { (80, 24), (60, 12), (61, 13), (100, 30), (133, 40), (300, 90), (10, 3), (1, 1), (59, 50), (200, 11) }
        from isColoured in new[] { false, true }
        from isUnicode in new[] { false, true }
        select new TheoryDataRow<int, int, bool, bool>(size.Item1, size.Item2, isColoured, isUnicode);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void No_line_is_wider_than_the_terminal_none_is_too_much_and_no_text_leaves_its_place(int width, int height, bool isColoured, bool isUnicode)
    {
        var state = new ScreenState();
        var look = new ScreenLook(isColoured, isUnicode);
        AssertFits(ScreenView.Draw(state, width, height, look), width, height, isColoured);
        state.Take(Figures(interfaces: 9, targets: 9), missed: 3);
        state.Add($"wiredns: {Hostile}");
        for (var count = 0; count < 40; count++)
        {
            state.Add(HostileAlert);
            state.Add(SampleAlerts.Least);
            state.Add(Event);
        }

        foreach (var key in new[] { 'g', '\r', 'j', 'G', 'q', '?', 'q', 'l', 'G', 'q', 'p', 'G', '\r', 'G' })
        {
            Press(state, key);
            AssertFits(ScreenView.Draw(state, width, height, look), width, height, isColoured);
        }
    }

    [Fact]
    public void A_usual_terminal_has_room_for_a_part_of_everything()
    {
        var state = new ScreenState();
        state.Take(Figures(interfaces: 9, targets: 9), missed: 0);
        state.Add("wiredns: a line of the log");
        for (var count = 0; count < 20; count++)
        {
            state.Add(SampleAlerts.Full with { Message = SampleAlerts.Full.Message with { QuestionName = $"name{count}.example" } });
        }

        var screen = string.Join('\n', ScreenView.Draw(state, 80, 24, new ScreenLook(false, true)));

        foreach (var text in new[] { "NOT READY", "eth4", "since 00:00:00Z: [red]x[/]", "and 7 more interfaces", "mirror ok", "syslog://1", "failing 90 s", "and 7 more targets", "192.0.2.1", "name0.test", "name19.example", "name17.example", "a line of the log", "q end the sensor" })
        {
            Assert.True(screen.Contains(text, StringComparison.Ordinal), $"{text} is not in\n{screen}");
        }
    }

    [Fact]
    public void Who_looks_at_the_newest_alert_goes_on_to_and_who_has_chosen_one_keeps_it()
    {
        var state = new ScreenState();
        state.Add(Named("a"));
        state.Add(Named("b"));
        Assert.Equal("b", NameOf(state[state.Chosen]));
        Press(state, 'j');
        state.Add(Named("c"));
        Assert.Equal("a", NameOf(state[state.Chosen]));
        Press(state, 'k', 'k', 'k');
        Assert.Equal("c", NameOf(state[state.Chosen]));
        Press(state, '\r');
        state.Add(Named("d"));
        Assert.Equal((ScreenPage.Details, "c"), (state.Page, NameOf(state[state.Chosen])));
        Press(state, 'q');
        Assert.Equal(ScreenPage.Overview, state.Page);
        Assert.True(state.Press(new ConsoleKeyInfo('q', ConsoleKey.Q, false, false, false), 10));
    }

    [Fact]
    public void While_the_picture_stands_still_nothing_of_it_changes_and_then_what_came_is_there()
    {
        var state = new ScreenState();
        state.Take(Figures(1, 1), missed: 0);
        state.Add(Named("a"));
        Press(state, 'p');
        var look = new ScreenLook(false, false);
        var before = ScreenView.Draw(state, 80, 24, look);
        state.Take(Figures(2, 2), missed: 0);
        state.Add(Named("b"));
        Assert.Equal(before.Skip(1), ScreenView.Draw(state, 80, 24, look).Skip(1));
        Assert.Equal((1, 1), (state.Alerts, state.Later));
        Press(state, 'p');
        Assert.Equal((2, 0, "b"), (state.Alerts, state.Later, NameOf(state[0])));
    }

    [Fact]
    public void No_more_alerts_and_lines_are_kept_than_is_said()
    {
        var state = new ScreenState();
        for (var count = 0; count < 2 * ScreenState.MaximumAlerts; count++)
        {
            state.Add(SampleAlerts.Least);
            state.Add("line");
        }

        Press(state, 'G');
        state.Add(SampleAlerts.Least);
        Assert.Equal((ScreenState.MaximumAlerts, ScreenState.MaximumAlerts - 1, ScreenState.MaximumLines), (state.Alerts, state.Chosen, state.Lines.Count));
    }

    [Fact]
    public void Queries_are_counted_by_client_and_name_and_those_without_room_are_said_to_be_left_out()
    {
        var sample = new LookupSample();
        var tops = new RecentTops(new ManualClock());
        for (var count = 0; count < 5000; count++)
        {
            Consume(sample, DnsBytes.Query(count % 2 == 0 ? "Even.example" : $"n{count}.example", (ushort)count));
        }

        Consume(sample, DnsBytes.Response("answer.example"));
        Assert.Equal(4096, sample.MoveTo(tops));
        Assert.Equal(5000 - 4096, sample.LeftOut);
        Assert.Equal(("even.example", 2048), tops.Names(1)[0]);
        Assert.Equal(("192.0.2.1", 4096), Assert.Single(tops.Clients(5)));
        Assert.Equal(0, sample.MoveTo(tops));
        Consume(sample, DnsBytes.Query("later.example"));
        Assert.Equal(1, sample.MoveTo(tops));
    }

    [Fact]
    public void What_is_older_than_two_minutes_is_in_no_table()
    {
        var clock = new ManualClock();
        var tops = new RecentTops(clock);
        tops.Count("192.0.2.1", "old.example");
        clock.Advance(TimeSpan.FromSeconds(61));
        tops.Tick();
        tops.Count("192.0.2.1", "new.example");
        Assert.Equal(["new.example", "old.example"], tops.Names(5).Select(name => name.Key));
        Assert.Equal(2, tops.Clients(1)[0].Count);
        clock.Advance(TimeSpan.FromSeconds(61));
        tops.Tick();
        Assert.Equal(["new.example"], tops.Names(5).Select(name => name.Key));
    }

    private static SensorEvent Event => new()
    {
        Id = "1",
        UnixTimeNanoseconds = 1_772_356_502_123_456_789,
        Part = "interface",
        Interface = Hostile,
        Level = AlertLevel.High,
        State = "blind",
        Cause = "gone",
        Reason = Hostile,
        PreviousState = "ok",
        PreviousSeconds = 9,
    };

    private static Alert Named(string name) => SampleAlerts.Full with { Message = SampleAlerts.Full.Message with { QuestionName = name } };

    private static string NameOf(Notification notification) => Assert.IsType<Alert>(notification).Message.QuestionName!;

    private static void Press(ScreenState state, params char[] keys)
    {
        foreach (var key in keys)
        {
            Assert.False(state.Press(new ConsoleKeyInfo(key, key == '\r' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false), 10));
        }
    }

    private static ScreenFigures Figures(int interfaces, int targets)
    {
        var state = InterfaceState.Fine(DateTimeOffset.UnixEpoch);
        return new ScreenFigures(
            new SensorSnapshot(
                DateTimeOffset.UnixEpoch, TimeSpan.FromDays(3.5),
                [.. Enumerable.Range(0, interfaces).Select(one => new InterfaceSnapshot(
                    $"eth{one}", one == 4 ? state.Next(Sight.Blind, "gone", Hostile, DateTimeOffset.UnixEpoch) : state,
                    new CaptureStatistics { Delivered = long.MaxValue / 3, DroppedByKernel = 12_345_678_901 }, 99))],
                state, RunCounters.None,
                [.. Enumerable.Range(0, targets).Select(one => new SinkCounters
                {
                    Name = $"syslog://{one}{(one == 0 ? "" : Hostile)}",
                    Accepted = 1,
                    Delivered = 1_000_000_000,
                    Dropped = one,
                    Failed = new Dictionary<SendFailure, long>(),
                    TroubleLasts = TimeSpan.FromSeconds(one == 1 ? 90 : 0),
                })],
                3)
            {
                Correlation = state.Next(Sight.Degraded, "shed", Hostile, DateTimeOffset.UnixEpoch),
                Noise = new NoiseCounters(9, 1, 1, 1, 6, 0, 0, 0),
                Canary = new CanarySnapshot("canary.example", 3, null, new CanarySending(state, 3, TimeSpan.FromMinutes(1), null)),
            },
            41, [.. Enumerable.Range(0, interfaces).Select(_ => new InterfaceRate(1.5, 12e9, 123_456_789, 1, [0, 1, 5, 9, 2]))],
            [("192.0.2.1", 99), (Hostile, 9)], [("name0.test", 99), (Hostile, 9)], 5);
    }

    private static void Consume(LookupSample sample, byte[] message)
    {
        var origin = new PayloadOrigin
        {
            Transport = Transport.Udp,
            Source = NetAddress.From(IPAddress.Parse("192.0.2.1")),
            Destination = NetAddress.From(IPAddress.Parse("192.0.2.53")),
            SourcePort = 40000,
            DestinationPort = 53,
        };
        sample.Consume(ObservedMessage.Read(new TransportPayload(message, in origin)), new PacketSource(null, ["eth0"]));
    }

    private static void AssertFits(IReadOnlyList<string> lines, int width, int height, bool isColoured)
    {
        Assert.InRange(lines.Count, 1, height);
        Assert.All(lines, line =>
        {
            var text = isColoured ? Style().Replace(line, "") : line;
            Assert.DoesNotContain(text, character => char.IsControl(character) || char.IsSurrogate(character) || character == '\u202e');
            Assert.InRange(Printable.ColumnsOf(text), 0, width);
        });
    }

    [GeneratedRegex("\e\\[[0-9;]*m")]
    private static partial Regex Style();
}
