using System.Runtime.Versioning;
using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary><c>wiredns ctl</c> with a sensor that captures.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ControlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder["control/control.sock"];

    [Fact]
    public void A_sensor_is_asked_watched_and_told_to_be_silent_while_it_captures()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--control-socket", Socket);
        using var tail = Product.Start("ctl", "tail", "--socket", Socket);
        using var json = Product.Start("ctl", "tail", "--json", "--level", "high", "--socket", Socket);

        // A tail shows what comes after it has begun: an event that only it can be waiting for says when.
        Assert.True(SpinWait.SpinUntil(
            () => Ctl("reopen").ExitStatus == 0 && tail.Output.Has(line => line.Contains("SENSOR", StringComparison.Ordinal), TimeSpan.FromMilliseconds(100))
                && json.Output.Has(line => line.Contains("sensor-state", StringComparison.Ordinal), TimeSpan.FromMilliseconds(100)),
            RunningProgram.Patience));

        Send(network, "first.msstorageazure.com", 1);
        tail.Output.WaitFor(line => line.Contains(" first.msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience);
        var line = json.Output.WaitFor(line => line.Contains("first.msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience)[0];
        using (var alert = JsonDocument.Parse(line))
        {
            Assert.Equal(Product.RuleId, alert.RootElement.GetProperty("alert").GetProperty("rule").GetProperty("id").GetString());
        }

        var added = Ctl("silence", "add", "--name", "*.msstorageazure.com", "--for", "1h", "--reason", "a test");
        Assert.Equal(0, added.ExitStatus);
        Assert.StartsWith("ctl-1  name *.msstorageazure.com; until ", added.Output.Lines[0], StringComparison.Ordinal);
        sensor.Output.WaitFor(line => line.Contains(" SENSOR   silences - ok - \"ctl-1 silences name *.msstorageazure.com, until ", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Error.WaitFor(line => line.EndsWith(": a test (user 0)", StringComparison.Ordinal), RunningProgram.Patience);
        Send(network, "second.msstorageazure.com", 2);
        Assert.True(SpinWait.SpinUntil(() => Json("silence", "list").GetProperty("silences")[0].GetProperty("hits").GetInt64() == 1, RunningProgram.Patience));
        Assert.Equal(0, Ctl("silence", "remove", "ctl-1").ExitStatus);
        Assert.Equal(2, Ctl("silence", "remove", "ctl-1").ExitStatus);
        Send(network, "third.msstorageazure.com", 3);
        sensor.Output.WaitFor(line => line.Contains(" third.", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.DoesNotContain(sensor.Output.Lines, line => line.Contains(" second.", StringComparison.Ordinal));

        // The figures are those of the last second.
        Assert.True(SpinWait.SpinUntil(() => Json("status").GetProperty("alerts").GetInt64() == 3, RunningProgram.Patience));
        var status = Json("status");
        Assert.True(status.GetProperty("ready").GetBoolean());
        Assert.Equal(1, status.GetProperty("held_back").GetInt64());
        Assert.Equal(3, Json("rules").GetProperty("rules").EnumerateArray().Single().GetProperty("alerts").GetInt64());
        Assert.Equal(LiveNetwork.Tap, Json("interfaces").GetProperty("interfaces")[0].GetProperty("name").GetString());
        Assert.Equal(3, Json("counters").GetProperty("counters").GetProperty("ledger").GetProperty("alerts").GetProperty("raised").GetInt64());
        foreach (var command in new[] { "status", "rules", "interfaces", "counters" })
        {
            Assert.NotEmpty(Ctl(command).Output.Lines);
        }

        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(1, tail.WaitForEnd());
        Assert.Equal(["wiredns: the sensor has ended, or has given up on this slow reader"], tail.Error.Lines);
        Assert.False(File.Exists(Socket));
    }

    [Fact]
    public void A_second_sensor_is_refused_a_killed_one_replaced_and_a_blind_one_is_not_ready()
    {
        using var network = LiveNetwork.Create();
        var first = network.StartSensor("-i", LiveNetwork.Tap, "--control-socket", Socket);
        using (var second = network.Sensor.Start(Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules, "--control-socket", Socket))
        {
            Assert.Equal(2, second.WaitForEndByItself());
            Assert.Equal($"wiredns: --control-socket {Socket}: another sensor listens there", second.Error.Lines[^1]);
        }

        first.Signal(9);
        first.WaitForEndByItself();
        Assert.True(File.Exists(Socket));
        var none = Ctl("status");
        Assert.Equal((1, $"wiredns: {Socket}: the sensor that made this socket does not run any more"), (none.ExitStatus, none.Error.Text.TrimEnd()));

        var third = network.StartSensor("-i", LiveNetwork.Tap, "--control-socket", Socket);
        Assert.Equal(0, Ctl("status").ExitStatus);
        network.Sensor.Ip($"link set {LiveNetwork.Tap} down");
        Assert.True(SpinWait.SpinUntil(() => Ctl("status").ExitStatus == 1, RunningProgram.Patience));
        Assert.Contains(Ctl("status").Output.Lines, line => line.Contains($"no: interface {LiveNetwork.Tap}: blind: ", StringComparison.Ordinal));
        third.Signal(RunningProgram.Terminate);
        Assert.Equal(0, third.WaitForEndByItself());
    }

    [Fact]
    public void Without_a_sensor_and_without_the_right_to_ask_it_says_so()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");
        var none = Product.Run("ctl", "status", "--socket", Socket);
        Assert.Equal(1, none.ExitStatus);
        Assert.Equal([$"wiredns: {Socket}: no sensor listens here: start one with 'wiredns live --control-socket PATH', or name its socket with --socket PATH"], none.Error.Lines);

        Assert.SkipUnless(Environment.IsPrivilegedProcess && RunningProgram.IsInstalled("setpriv"), "needs root and setpriv");
        Directory.CreateDirectory(_folder["control"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var listener = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        listener.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Socket));
        Assert.Equal(0, RunningProgram.Run("chown", "65534", _folder["control"]));
        var denied = Product.RunUnprivileged("ctl", "status", "--socket", Socket);
        Assert.Equal(1, denied.ExitStatus);
        Assert.Equal([$"wiredns: {Socket}: permission denied: only the sensor's user and root may give it commands"], denied.Error.Lines);
        Assert.Equal(0, RunningProgram.Run("chown", "0", _folder["control"]));
    }

    public void Dispose() => _folder.Dispose();

    private static void Send(LiveNetwork network, string name, ushort id) => LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4(name, id)));

    private ProgramResult Ctl(params string[] arguments) => Product.Run(["ctl", .. arguments, "--socket", Socket]);

    private JsonElement Json(params string[] arguments)
    {
        using var answer = JsonDocument.Parse(Ctl([.. arguments, "--json"]).Output.Text);
        return answer.RootElement.GetProperty("result").Clone();
    }
}
