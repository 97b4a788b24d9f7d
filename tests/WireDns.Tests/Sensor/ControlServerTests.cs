using System.Globalization;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Text.Json;
using WireDns.Control;
using WireDns.Recording;
using WireDns.Terminal;
using WireDns.Tests.Running;

namespace WireDns.Tests.Sensor;

/// <summary>What a control socket answers to those who ask, and what it does with those who do not.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlServerTests : IDisposable
{
    private static readonly ControlPatience Short = new()
    {
        Request = TimeSpan.FromMilliseconds(300),
        Answer = TimeSpan.FromMilliseconds(300),
        Tail = TimeSpan.FromMilliseconds(300),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly TailSubscriptions _tails = new();
    private readonly ControlCounters _counters = new();
    private readonly string _path;
    private ControlServer? _server;

    public ControlServerTests()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        _path = _folder["control/control.sock"];
    }

    [Fact]
    public void The_folder_is_made_and_nobody_else_can_enter_it_or_use_the_socket()
    {
        Start();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder["control"]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_path));
    }

    [Fact]
    public void The_mask_of_the_process_is_as_before()
    {
        var before = _folder.Write("before", "");
        Start();
        var after = _folder.Write("after", "");

        Assert.Equal(File.GetUnixFileMode(before), File.GetUnixFileMode(after));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupExecute, "mode 0710")]
    [InlineData(UnixFileMode.OtherRead, "mode 0704")]
    public void A_folder_that_others_can_enter_is_refused_and_left_as_it_is(UnixFileMode more, string words)
    {
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | more;
        Directory.CreateDirectory(_folder["control"]);
        File.SetUnixFileMode(_folder["control"], mode);

        var failure = Assert.Throws<CommandFailure>(() => Start());

        Assert.Equal(2, failure.ExitStatus);
        Assert.Contains($"others can enter {_folder["control"]} ({words}): give it mode 0700", failure.Message, StringComparison.Ordinal);
        Assert.Equal(mode, File.GetUnixFileMode(_folder["control"]));
    }

    [Fact]
    public void What_is_no_socket_is_neither_replaced_nor_deleted()
    {
        Directory.CreateDirectory(_folder["control"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(_path, "mine");

        Assert.EndsWith(": there is something else of this name, which is no socket", Assert.Throws<CommandFailure>(() => Start()).Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_path));
    }

    [Fact]
    public void A_link_to_a_socket_is_not_followed()
    {
        Start();
        var link = _folder["control/other.sock"];
        File.CreateSymbolicLink(link, _path);

        Assert.EndsWith("which is no socket", Assert.Throws<CommandFailure>(() => ControlSocket.Listen(link)).Message, StringComparison.Ordinal);
        Assert.True(Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_living_sensor_is_left_alone_and_a_socket_without_one_is_replaced()
    {
        Start();
        Assert.EndsWith(": another sensor listens there", Assert.Throws<CommandFailure>(() => ControlSocket.Listen(_path)).Message, StringComparison.Ordinal);
        _server!.Dispose();
        Assert.False(File.Exists(_path));

        // What a killed sensor leaves: nobody listens at the socket, and nobody has the lock.
        using (var left = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            left.Bind(new UnixDomainSocketEndPoint(_folder["control/left"]));
            File.Move(_folder["control/left"], _path); // so that closing it does not delete it
        }

        Assert.EndsWith("the sensor that made this socket does not run any more", Assert.Throws<CommandFailure>(() => new ControlClient(_path)).Message, StringComparison.Ordinal);
        Start();
        Assert.True(Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_path_that_no_socket_can_have_is_refused()
    {
        var failure = Assert.Throws<CommandFailure>(() => ControlSocket.Listen(_folder[new string('x', 120)]));

        Assert.EndsWith("the path of a socket has at most 107 octets", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_gets_its_arguments_and_the_user_who_sends_it()
    {
        Start();

        var answer = Ask("{\"command\":\"echo\",\"text\":\"a\\u0000b\"}");

        Assert.Equal(ProductVersion.Text, answer.GetProperty("version").GetString());
        Assert.Equal("echo", answer.GetProperty("command").GetString());
        Assert.Equal("a\0b", answer.GetProperty("result").GetProperty("text").GetString());
        Assert.Equal(UserId(), answer.GetProperty("result").GetProperty("user").GetInt64());
        Assert.Equal(1, _counters.Served);
    }

    [Theory]
    [InlineData("", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("GET / HTTP/1.1", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("\u0016\u0003\u0001\u0000", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("[\"command\"]", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("{\"command\":\"\\ud800\"}", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{}}}}}}", "bad_request", "a request is one line with a JSON object, as {\"command\":\"status\"}")]
    [InlineData("{\"command\":1}", "bad_request", "the member command is no text")]
    [InlineData("{\"command\":\"echo\",\"command\":\"echo\"}", "bad_request", "the member command is there twice")]
    [InlineData("{\"command\":\"echo\",\"more\":\"x\"}", "bad_request", "echo has no argument 'more'")]
    [InlineData("{\"command\":\"ecoh\"}", "unknown_command", "there is no command 'ecoh'; there are broken, echo, large, refuse, tail")]
    [InlineData("{\"command\":\"refuse\"}", "refused", "not now")]
    [InlineData("{\"command\":\"broken\"}", "internal_error", "a fault of this program in broken")]
    [InlineData("{\"command\":\"tail\",\"format\":\"xml\"}", "bad_request", "format is ecs or text")]
    [InlineData("{\"command\":\"tail\",\"level\":\"hihg\"}", "bad_request", "level is informational, low, medium, high or critical")]
    public void What_cannot_be_done_is_answered_with_a_reason(string line, string reason, string error)
    {
        Start();

        var answer = Ask(line);

        Assert.False(answer.GetProperty("ok").GetBoolean());
        Assert.Equal((reason, error), (answer.GetProperty("reason").GetString(), answer.GetProperty("error").GetString()));
        Assert.True(Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_silent_client_and_one_whose_request_has_no_end_are_dropped_and_counted()
    {
        Start(Short);
        using var silent = Connect();
        using var slow = Connect();
        slow.Send("{"u8);
        using var endless = Connect();
        endless.Send(Encoding.ASCII.GetBytes(new string('x', ControlRequest.LongestLine)));

        Assert.Contains("no request came within 0.3 s", ReadToEnd(silent), StringComparison.Ordinal);
        Assert.Contains("no request came within 0.3 s", ReadToEnd(slow), StringComparison.Ordinal);
        Assert.Contains("a request has at most 8192 octets", ReadToEnd(endless), StringComparison.Ordinal);
        WaitForDrops(("silent", 2), ("too_long", 1));
    }

    [Fact]
    public void A_client_that_does_not_read_its_answer_is_dropped_and_counted()
    {
        Start(Short);
        using var client = Connect();
        client.Send("{\"command\":\"large\"}\n"u8);

        WaitForDrops(("unread", 1));
        Assert.True(Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void A_client_beyond_the_most_is_told_so_and_counted()
    {
        Start();
        var clients = Enumerable.Range(0, ControlServer.MaximumClients).Select(_ => Connect()).ToList();

        // Those before it are being served once they are accepted, which is in the order of their connections.
        using var further = Connect();
        var answer = ReadToEnd(further);

        Assert.Contains("\"reason\":\"busy\"", answer, StringComparison.Ordinal);
        WaitForDrops(("busy", 1));
        clients.ForEach(client => client.Dispose());
        Assert.True(SpinWait.SpinUntil(() => TryAsk(), Waiting.Limit));

        bool TryAsk() => Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean();
    }

    [Fact]
    public void A_tail_shows_alerts_of_its_level_and_all_events_and_ends_with_the_sensor()
    {
        Start();
        using var client = new ControlClient(_path);
        client.Ask(("command", "tail"), ("level", "high")).Dispose();
        _tails.Offer(SampleAlerts.Full with { Rule = SampleAlerts.Rule with { Level = WireDns.Alerts.AlertLevel.Medium } });
        _tails.Offer(SampleAlerts.Full);
        _tails.Offer(SampleAlerts.Blind);

        using var alert = JsonDocument.Parse(client.ReadLine()!.Value.ToArray());
        using var blind = JsonDocument.Parse(client.ReadLine()!.Value.ToArray());
        Assert.Equal(SampleAlerts.Full.Id, alert.RootElement.GetProperty("alert").GetProperty("event").GetProperty("id").GetString());
        Assert.Equal(SampleAlerts.Blind.Id, blind.RootElement.GetProperty("event").GetProperty("event").GetProperty("id").GetString());
        _server!.Dispose();
        Assert.Null(client.ReadLine());
    }

    [Fact]
    public void A_slow_tail_loses_lines_and_reads_how_many()
    {
        const int Offered = 20_000;
        Start(new ControlPatience());
        using var client = new ControlClient(_path);
        client.Ask(("command", "tail"), ("format", "text")).Dispose();
        for (var i = 0; i < Offered; i++)
        {
            _tails.Offer(SampleAlerts.Full);
        }

        long shown = 0;
        long lost = 0;
        while (shown + lost < Offered)
        {
            using var line = JsonDocument.Parse(client.ReadLine()!.Value.ToArray());
            if (line.RootElement.TryGetProperty("lost", out var count))
            {
                lost += count.GetInt64();
            }
            else
            {
                Assert.True(line.RootElement.TryGetProperty("text", out _));
                shown++;
            }
        }

        Assert.Equal(Offered, shown + lost);
        Assert.True(lost > 0);
        client.Dispose();
        Assert.True(SpinWait.SpinUntil(() => _counters.LostLines == lost, Waiting.Limit), $"{_counters.LostLines} of {lost} are counted");
    }

    [Fact]
    public void A_tail_that_is_never_read_is_dropped_and_holds_nobody_up()
    {
        Start(Short);
        using var client = Connect();
        client.Send("{\"command\":\"tail\"}\n"u8);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                for (var i = 0; i < 1000; i++)
                {
                    _tails.Offer(SampleAlerts.Full);
                }

                return _counters.Dropped.Contains(("unread", 1L));
            },
            Waiting.Limit));
        Assert.True(_counters.LostLines > 0);
        Assert.True(Ask("{\"command\":\"echo\"}").GetProperty("ok").GetBoolean());
    }

    [Fact]
    public void No_more_than_so_many_can_watch()
    {
        Start();
        var watching = Enumerable.Range(0, TailSubscriptions.Most).Select(_ => _tails.Subscribe(WireDns.Alerts.AlertLevel.Low)!).ToList();

        Assert.Equal("busy", Ask("{\"command\":\"tail\"}").GetProperty("reason").GetString());
        watching.ForEach(one => one.Dispose());
        Assert.NotNull(_tails.Subscribe(WireDns.Alerts.AlertLevel.Low));
    }

    [Theory]
    [InlineData("{\"version\":\"9.9.9\",\"ok\":false,\"reason\":\"unknown_command\",\"error\":\"there is no command 'status'\"}", 1, "the sensor says: there is no command 'status' (it has version 9.9.9, and this is ")]
    [InlineData("SSH-2.0-OpenSSH_9.2", 1, "what answers there is no sensor of this program")]
    [InlineData("{}", 1, "what answers there is no sensor of this program")]
    [InlineData("", 1, "what answers there is no sensor of this program")]
    public void Whatever_answers_is_said_in_words(string line, int status, string words)
    {
        Directory.CreateDirectory(_folder["control"]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        using var client = new ControlClient(_path);
        using var other = listener.Accept();
        other.Send(Encoding.UTF8.GetBytes(line + "\n"));

        var failure = Assert.Throws<CommandFailure>(() => client.Ask(("command", "status")));

        Assert.Equal(status, failure.ExitStatus);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_breaks_off_and_none_at_all_are_told_apart()
    {
        Directory.CreateDirectory(_folder["control"]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(_path));
        listener.Listen();
        foreach (var (said, words) in new[] { ("{\"ok\":tr", "the answer broke off"), ("", "the sensor closed the connection without an answer") })
        {
            using var client = new ControlClient(_path);
            using (var other = listener.Accept())
            {
                other.Send(Encoding.UTF8.GetBytes(said));
                other.Shutdown(SocketShutdown.Both);
            }

            Assert.EndsWith(words, Assert.Throws<CommandFailure>(() => client.Ask(("command", "status"))).Message, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Dispose();
    }

    private static long UserId() => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[2], CultureInfo.InvariantCulture);

    private void Start(ControlPatience? patience = null)
    {
        ControlCommand[] commands =
        [
            new("echo", ["text"], (request, json) =>
            {
                json.WriteString("text", request["text"]);
                json.WriteNumber("user", request.User!.Value);
            }),
            new("large", [], (_, json) => json.WriteString("text", new string('x', 8 << 20))),
            new("refuse", [], (_, _) => throw new ControlRefusal(ControlRefusal.Refused, "not now")),
            new("broken", [], (_, _) => throw new InvalidOperationException("a framework's text")),
        ];
        _server = ControlServer.Start(_path, commands, _tails, _counters, patience);
    }

    private Socket Connect()
    {
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(new UnixDomainSocketEndPoint(_path));
        return client;
    }

    private JsonElement Ask(string line)
    {
        using var client = Connect();
        client.Send(Encoding.UTF8.GetBytes(line + "\n"));
        using var document = JsonDocument.Parse(ReadToEnd(client));
        return document.RootElement.Clone();
    }

    private static string ReadToEnd(Socket client)
    {
        using var stream = new NetworkStream(client, ownsSocket: false);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    private void WaitForDrops(params (string, long)[] drops) =>
        Assert.True(SpinWait.SpinUntil(() => drops.All(_counters.Dropped.Contains), Waiting.Limit), string.Join(", ", _counters.Dropped));
}
