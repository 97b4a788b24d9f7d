using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Documentation;

/// <summary>The tutorials, command by command, in a folder that has what the repository's has: each ends as its page says.</summary>
public sealed partial class TutorialTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TutorialTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the tutorials' commands are for a POSIX shell");
        Directory.CreateSymbolicLink(_folder["captures"], TestPaths.Captures);
        Directory.CreateSymbolicLink(_folder["rules"], TestPaths.AllRules);
        Directory.CreateSymbolicLink(_folder["wiredns"], Product.Executable);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Captures_become_a_report()
    {
        var outputs = Blocks("tutorial-forensics.md").Select(block =>
        {
            using var shell = RunningProgram.Start("bash", [Script(block)]);
            Assert.True(shell.WaitForEnd() == 0, $"{block}{shell.Output.Text}{shell.Error.Text}");
            return shell.Output.Text;
        }).ToList();

        Assert.Equal(7, outputs.Count);
        Assert.All(["3cx-beacon.pcapng", "forwarder.pcapng", "tagged.pcap"], file => Assert.Contains(file, outputs[1], StringComparison.Ordinal));
        Assert.All(["clients by", "nxdomain", "fewest lookups", "most bits"], table => Assert.Contains(table, outputs[2], StringComparison.OrdinalIgnoreCase));
        Assert.Matches("full +[0-9]+ ", outputs[3]);
        Assert.Contains("192.0.2.12", outputs[4], StringComparison.Ordinal);
        Assert.Contains("…beacon.pcapng#176", outputs[4], StringComparison.Ordinal);
        Assert.Contains("Potential Compromised 3CXDesktopApp Beaconing Activity", outputs[5], StringComparison.Ordinal);
        Assert.Contains("Case 4711", File.ReadAllText(_folder["report.html"]), StringComparison.Ordinal);
        Assert.Equal(1 + 41 + 9 + 9, File.ReadLines(_folder["alerts.csv"]).Count());
        Assert.NotEmpty(Directory.GetFiles(_folder["evidence"], "*.pcapng"));
    }

    [Fact]
    public void A_mirror_port_gives_a_first_alert()
    {
        using var network = LiveNetwork.Create();
        using var client = NetworkNamespace.Create($"wdt{Environment.ProcessId}t");
        network.Sensor.Ip($"link add eth1 type veth peer name eth0 netns {client.Name}");
        client.Ip("link set eth0 up");
        var blocks = Blocks("tutorial-span.md");
        foreach (var block in blocks)
        {
            var isLive = block.StartsWith("sudo wiredns live", StringComparison.Ordinal);
            using var shell = network.Sensor.Start("bash", Script((isLive ? "exec " : "") + block.Replace("sudo ", "", StringComparison.Ordinal)));
            if (isLive)
            {
                shell.Error.WaitFor(line => line.EndsWith(" rules run", StringComparison.Ordinal), RunningProgram.Patience);
                LiveNetwork.Send(client, Layers.Ethernet(DnsFrames.Ipv4("msstorageazure.com", 1)));
                shell.Output.WaitFor(line => line.Contains("msstorageazure.com", StringComparison.Ordinal), RunningProgram.Patience);
                shell.Signal(RunningProgram.Interrupt);
            }

            Assert.True(shell.WaitForEnd() == 0, $"{block}{shell.Output.Text}{shell.Error.Text}");
        }

        Assert.Equal((4, 2), (blocks.Count, blocks.Count(block => block.StartsWith("sudo wiredns live", StringComparison.Ordinal))));
        var alerts = File.ReadLines(_folder["alerts.json"]).Where(line => line.Contains("wiredns.alert", StringComparison.Ordinal));
        using var alert = JsonDocument.Parse(Assert.Single(alerts));
        Assert.Equal("msstorageazure.com", alert.RootElement.GetProperty("dns").GetProperty("question").GetProperty("name").GetString());
    }

    private static List<string> Blocks(string page) =>
        [.. Block().Matches(File.ReadAllText(Path.Combine(TestPaths.Root, "docs", page))).Select(match => match.Groups[1].Value)];

    private string Script(string block) => _folder.Write("script.sh", $"set -eu; cd '{_folder.Path}'; PATH=\"$PWD:$PATH\"\n{block}");

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
