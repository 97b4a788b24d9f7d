using System.Text.Json;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A sensor whose lists of indicators change while it captures.</summary>
public sealed class IntelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Socket => _folder["control/control.sock"];

    [Fact]
    public void A_changed_list_is_taken_at_a_reload_expired_ones_are_counted_and_a_damaged_one_is_refused()
    {
        using var network = LiveNetwork.Create();
        WriteFeed(("first.example", 2999), ("old.example", 2020), ("both.example", 2999));
        var sensor = network.StartConfigured(_folder.Write("wiredns.yml", $"""
            interface: {LiveNetwork.Tap}
            intel: ['feed={_folder["feed.json"]}']
            no-suppress: true
            filter: udp port 53
            control-socket: {Socket}

            """));
        Send(network, "old.example", 1);
        Send(network, "www.first.example", 2);
        sensor.Output.WaitFor(line => line.Contains(" www.first.example", StringComparison.Ordinal) && line.Contains("[list:feed]", StringComparison.Ordinal), RunningProgram.Patience);

        WriteFeed(("second.example", 2999), ("old.example", 2020), ("both.example", 2999));
        sensor.Signal(RunningProgram.Hangup);
        sensor.Error.WaitFor(line => line.StartsWith("wiredns: reloaded: 1 rules run, 0 added, 0 removed, ", StringComparison.Ordinal), RunningProgram.Patience);
        Send(network, "www.first.example", 3);
        Send(network, "second.example", 4);
        sensor.Output.WaitFor(line => line.Contains(" second.example", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.Single(sensor.Output.Lines, line => line.Contains(" www.first.example", StringComparison.Ordinal));

        _folder.Write("feed.json", "[\n  {\"type\": oops}]");
        using (var refused = Product.Start("ctl", "reload", "--socket", Socket))
        {
            Assert.Equal(1, refused.WaitForEnd());
            Assert.Contains("not reloaded, all is as before: no indicator can be used of what --intel names", refused.Error.Text, StringComparison.Ordinal);
            Assert.Contains("feed.json:2:12: this is no JSON", refused.Error.Text, StringComparison.Ordinal);
        }

        WriteFeed(("both.example", 2999));
        using (var shrunk = Product.Start("ctl", "reload", "--socket", Socket))
        {
            Assert.Equal(1, shrunk.WaitForEnd());
            Assert.Contains("less than half of the values of %intel", shrunk.Error.Text, StringComparison.Ordinal);
        }

        Send(network, "still.second.example", 5);
        Send(network, "old.example", 6);
        sensor.Output.WaitFor(line => line.Contains(" still.second.example", StringComparison.Ordinal), RunningProgram.Patience);
        Assert.True(SpinWait.SpinUntil(() => Counted() == (3, 2), RunningProgram.Patience), $"{Counted()}");

        // The rules that were replaced or refused are not in memory any more.
        Assert.Equal(1, Json("status").GetProperty("reload").GetProperty("rule_sets_in_memory").GetInt32());
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.DoesNotContain(sensor.Output.Lines, line => line.Contains(" old.example", StringComparison.Ordinal));
        Assert.Contains(sensor.Error.Lines, line => line.EndsWith("of 3 indicators; 2 hits of expired ones raised nothing", StringComparison.Ordinal));

        (int Hits, int Expired) Counted()
        {
            var reasons = Json("counters").GetProperty("counters").GetProperty("ledger").GetProperty("reasons");
            return (Of("intel_hits"), Of("intel_expired"));

            int Of(string counter) => reasons.TryGetProperty(counter, out var lists) ? lists.GetProperty("feed").GetInt32() : 0;
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void Send(LiveNetwork network, string name, ushort id) => LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4(name, id)));

    private void WriteFeed(params (string Name, int Until)[] indicators) => _folder.Write("feed.json", $"[{string.Join(",\n", indicators.Select(indicator =>
        $$"""{"type":"indicator","id":"indicator--{{indicator.Name}}","pattern":"[domain-name:value='{{indicator.Name}}']","valid_until":"{{indicator.Until}}-01-01T00:00:00Z"}"""))}]");

    private JsonElement Json(string command)
    {
        var run = Product.Run("ctl", command, "--json", "--socket", Socket);
        using var answer = JsonDocument.Parse(run.Output.Text);
        return answer.RootElement.GetProperty("result").Clone();
    }
}
