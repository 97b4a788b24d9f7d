using System.Net;
using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A canary is sent over a real link to a real resolver, and each stage at which it can be lost is told from the others.</summary>
public sealed class SelftestTests : IDisposable
{
    private const string Zone = "canary.example.net";
    private const string Address = $"{LiveNetwork.ResolverIpv4}:9153";

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_sensor_that_sees_matches_and_delivers_passes_however_noisy_and_whatever_its_targets_ask_for()
    {
        using var network = LiveNetwork.Create();
        using var folder = new TemporaryFolder();
        network.StartResolver();
        var silences = folder.Write("silences.yml", "- until: 2999-01-01\n  reason: a test\n  client: 0.0.0.0/0\n");
        using var sensor = Start(
            network, LiveNetwork.Tap, "--canary-zone", Zone, "--suppress", "1h", "--silences", silences, "--level", "high", "-o", "stdout", "-o", $"file:{folder["critical.txt"]},level=critical",
            "-o", $"file:{folder["events.txt"]},events=only");

        for (var round = 1; round <= 2; round++)
        {
            var test = Selftest(network);

            Assert.True(test.ExitStatus == 0, test.Output.Text + test.Error.Text);
            Assert.Contains(test.Output.Lines, line => line.StartsWith("sent       c", StringComparison.Ordinal) && line.Contains($"{Zone}: {LiveNetwork.ResolverIpv4} answered ", StringComparison.Ordinal));
            Assert.Contains("seen       on tap0", test.Output.Lines);
            Assert.Contains(test.Output.Lines, line => line.StartsWith("delivered  stdout: ", StringComparison.Ordinal));
            Assert.Contains(test.Output.Lines, line => line.StartsWith($"delivered  file:{folder["critical.txt"]}", StringComparison.Ordinal));
            Assert.Contains(test.Output.Lines, line => line.StartsWith("-          file:", StringComparison.Ordinal));
            Assert.Equal(round, Text(folder["critical.txt"]).Split('\n').Count(line => line.Contains("\"WireDns Canary\"", StringComparison.Ordinal)));
        }

        Assert.DoesNotContain("Canary", Text(folder["events.txt"]), StringComparison.Ordinal);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Fact]
    public void A_sensor_on_another_link_has_not_seen_it()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = Start(network, LiveNetwork.SecondTap, "--canary-zone", Zone);

        var test = Selftest(network, "--wait", "3");

        Assert.Equal(1, test.ExitStatus);
        Assert.StartsWith("wiredns: not seen: the sensor has seen no such lookup within 3 s", Assert.Single(test.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_sensor_without_the_rule_has_not_matched_it()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = Start(network, LiveNetwork.Tap);

        var test = Selftest(network);

        Assert.Equal(1, test.ExitStatus);
        Assert.Equal(["wiredns: not matched: the sensor runs without --canary-zone"], test.Error.Lines);
    }

    [Fact]
    public void A_sensor_of_another_zone_has_not_matched_it()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = Start(network, LiveNetwork.Tap, "--canary-zone", "canary.example.org");

        var test = Selftest(network, "--wait", "2");

        Assert.Equal(1, test.ExitStatus);
        Assert.Equal(["wiredns: not matched: the sensor's canary zone is canary.example.org"], test.Error.Lines);
    }

    [Fact]
    public void A_target_that_is_down_has_not_got_it()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = Start(network, LiveNetwork.Tap, "--canary-zone", Zone, "-o", "stdout", "-o", "http://127.0.0.1:1/");

        var test = Selftest(network, "--wait", "4");

        Assert.Equal(1, test.ExitStatus);
        Assert.Contains(test.Output.Lines, line => line.StartsWith("delivered  stdout: ", StringComparison.Ordinal));
        Assert.Contains(test.Output.Lines, line => line.StartsWith("waiting    http://127.0.0.1:1/", StringComparison.Ordinal));
        Assert.Equal(["wiredns: not delivered: 1 of 2 targets did not take it"], test.Error.Lines);
    }

    [Fact]
    public void A_sensor_that_does_not_see_its_own_canaries_says_that_it_is_blind()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();

        // Its lookups leave by eth0, which it does not look at.
        using var sensor = StartWatchingItself(network, "lo");

        sensor.Output.WaitFor(line => line.Contains(" SENSOR   canary ", StringComparison.Ordinal) && line.Contains("blind canary_not_seen", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Error.WaitFor(line => line.StartsWith("wiredns: the canary is blind: the canary of ", StringComparison.Ordinal), RunningProgram.Patience);
        var (ready, metrics) = ("", "");
        network.FirstClient.Run(() =>
        {
            ready = Get("/readyz");
            metrics = Get("/metrics");
        });
        Assert.Contains("canary: blind: the canary of ", ready, StringComparison.Ordinal);
        Assert.Contains("wiredns_state{part=\"canary\",name=\"\",state=\"blind\"} 1\n", metrics, StringComparison.Ordinal);

        var (text, canary) = Status();
        Assert.Equal(("blind", "canary_not_seen", true, 0), (
            canary.GetProperty("state").GetString(), canary.GetProperty("cause").GetString(), canary.GetProperty("periodic").GetBoolean(), canary.GetProperty("matched").GetInt32()));
        Assert.Contains(canary.GetProperty("last").GetProperty("stage").GetString(), new[] { "not_seen", "waiting" });
        Assert.Equal(1, text.ExitStatus);
        Assert.Contains(text.Output.Lines, line => line.StartsWith("  canary      blind: the canary of ", StringComparison.Ordinal));
        Assert.Contains(text.Output.Lines, line => line.StartsWith("  ready       no: canary: blind: the canary of ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sensor_that_sees_its_own_canaries_counts_them_and_stays_ok()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        using var sensor = StartWatchingItself(network, "eth0");

        sensor.Output.WaitFor(line => line.Contains("\"WireDns Canary\"", StringComparison.Ordinal), RunningProgram.Patience, count: 2);
        Assert.DoesNotContain(sensor.Error.Lines, line => line.Contains("canary is", StringComparison.Ordinal));
        Assert.True(SpinWait.SpinUntil(() => Status().Canary.GetProperty("last").GetProperty("stage").GetString() == "delivered", RunningProgram.Patience));
        var (text, canary) = Status();
        Assert.Equal((Zone, 10, $"{LiveNetwork.ResolverIpv4}:53", "ok"), (
            canary.GetProperty("zone").GetString(), canary.GetProperty("interval_seconds").GetInt32(), canary.GetProperty("resolver").GetString(), canary.GetProperty("state").GetString()));
        Assert.InRange(canary.GetProperty("matched").GetInt32(), 2, canary.GetProperty("sent").GetInt32());
        var last = canary.GetProperty("last");
        Assert.Equal("eth0", last.GetProperty("interface").GetString());
        Assert.True(last.GetProperty("sent").GetDateTimeOffset() <= last.GetProperty("seen").GetDateTimeOffset().AddSeconds(0.1));
        Assert.StartsWith($"{LiveNetwork.ResolverIpv4} answered ", last.GetProperty("answer").GetString(), StringComparison.Ordinal);
        Assert.Contains(last.GetProperty("sinks").EnumerateArray(), sink => sink.GetProperty("sink").GetString() == "stdout");
        Assert.Contains(text.Output.Lines, line => line.StartsWith($"  canary      ok; one every 10 s to {LiveNetwork.ResolverIpv4}:53; ", StringComparison.Ordinal));
        Assert.Contains(text.Output.Lines, line => line.Contains("seen on eth0 ", StringComparison.Ordinal) && line.Contains(" ms after its packet", StringComparison.Ordinal));
        Assert.Contains(text.Output.Lines, line => line.StartsWith("              stdout: delivered within ", StringComparison.Ordinal));
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    [Theory]
    [InlineData("--zone", "bad..zone")]
    [InlineData("--zone", "\u001b[31m.example.net")]
    [InlineData("--zone", "single")]
    [InlineData("--resolver", "nowhere")]
    [InlineData("--sensor", "ftp://127.0.0.1")]
    [InlineData("--wait", "0")]
    public void A_bad_option_is_one_line(string option, string value)
    {
        string[] zone = option == "--zone" ? [] : ["--zone", Zone];
        var run = Product.Run(["selftest", .. zone, option, value]);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith($"wiredns: {option} takes ", Assert.Single(run.Error.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nobody_answers_the_sensor_is_asked_for()
    {
        var run = Product.Run("selftest", "--zone", Zone, "--sensor", "http://127.0.0.1:1", "--resolver", "127.0.0.1:1");

        Assert.Equal(1, run.ExitStatus);
        Assert.Equal(["wiredns: http://127.0.0.1:1/: nobody answers there: does the sensor run, with --metrics?"], run.Error.Lines);
    }

    [Fact]
    public void A_sensor_that_should_send_needs_a_zone()
    {
        var run = Product.Run("live", "-i", "lo", "-r", TestPaths.Rules, "--canary-interval", "60");

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("wiredns: --canary-interval needs --canary-zone DOMAIN", run.Error.Lines);
    }

    public void Dispose() => _folder.Dispose();

    private static RunningProgram Start(LiveNetwork network, string tap, params string[] arguments)
    {
        var sensor = network.Sensor.Start(Product.Executable, ["live", "-i", tap, "-r", TestPaths.Rules, "--metrics", Address, .. arguments]);
        sensor.Error.WaitFor(line => line.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
        return sensor;
    }

    private RunningProgram StartWatchingItself(LiveNetwork network, string link) => network.FirstClient.Start(
        Product.Executable, "live", "-i", link, "-r", TestPaths.Rules, "--canary-zone", Zone, "--canary-interval", "10", "--canary-resolver", LiveNetwork.ResolverIpv4,
        "--metrics", "9153", "--control-socket", _folder["control/control.sock"]);

    private static ProgramResult Selftest(LiveNetwork network, params string[] arguments)
    {
        using var test = network.FirstClient.Start(
            Product.Executable, ["selftest", "--zone", Zone, "--sensor", $"http://{Address}", "--resolver", LiveNetwork.ResolverIpv4, .. arguments]);
        return new ProgramResult(test.WaitForEnd(), test.Output, test.Error);
    }

    private (ProgramResult Text, JsonElement Canary) Status()
    {
        var socket = _folder["control/control.sock"];
        using var answer = JsonDocument.Parse(Product.Run("ctl", "status", "--json", "--socket", socket).Output.Text);
        return (Product.Run("ctl", "status", "--socket", socket), answer.RootElement.GetProperty("result").GetProperty("canary").Clone());
    }

    // The sensor locks its files, which cat does not ask about.
    private static string Text(string file)
    {
        using var program = RunningProgram.Start("cat", [file]);
        Assert.Equal(0, program.WaitForEnd());
        return program.Output.Text;
    }

    private static string Get(string path)
    {
        using var client = new System.Net.Sockets.TcpClient();
        client.Connect(IPAddress.Loopback, 9153);
        using var stream = client.GetStream();
        stream.Write(System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"));
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
