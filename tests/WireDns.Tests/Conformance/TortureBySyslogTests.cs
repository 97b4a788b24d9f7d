using System.Text.RegularExpressions;
using WireDns.Tests.Running;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Tests.Conformance;

/// <summary>Alerts about hostile captures come out of real syslog servers as they were sent.</summary>
public sealed partial class TortureBySyslogTests
{
    [Theory]
    [InlineData(SyslogServer.Rsyslog)]
    [InlineData(SyslogServer.SyslogNg)]
    public void Each_alert_about_the_torture_captures_is_at_the_receiver_what_it_is_in_a_file(string program)
    {
        using var folder = new TemporaryFolder();
        using var authority = new TestAuthority();
        using var server = new SyslogServer(program, authority);
        var rule = folder.Write("all.yml", "title: \"all \\\"of\\\" ]them\\\\ {\"\nlogsource: {category: dns}\ndetection:\n  s: {dst_port: [53, 5353, 5355]}\n  condition: s\nlevel: low\n");
        var file = folder["alerts.json"];

        var run = Product.Run(
            "read", Path.Combine(TestPaths.Captures, "torture"), "-r", rule, "-q", "-f", "ecs",
            "-o", $"file:{file}", "-o", $"syslog+tcp://127.0.0.1:{server.Tcp},max-length=60000");

        var sent = File.ReadAllLines(file).Select(WithoutTimeOfProcessing).ToList();
        Assert.DoesNotContain(run.Error.Lines, line => line.Contains("not delivered", StringComparison.Ordinal));
        Assert.True(sent.Count > 100, "too few alerts to show anything");
        var received = server.WaitFor(sent.Count).Select(message => WithoutTimeOfProcessing(message[message.IndexOf("{\"@timestamp\"", StringComparison.Ordinal)..]));
        Assert.Equal(sent.Order(StringComparer.Ordinal), received.Order(StringComparer.Ordinal));
    }

    // Where a packet has no time, each target writes the time at which it formats the alert.
    private static string WithoutTimeOfProcessing(string json) =>
        json.Contains("\"without_packet_time\":true", StringComparison.Ordinal) ? Time().Replace(json, "", 1) : json;

    [GeneratedRegex("\"@timestamp\":\"[^\"]*\",")]
    private static partial Regex Time();
}
