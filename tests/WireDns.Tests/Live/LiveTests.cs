using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using DnsClient;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary><c>wiredns live</c> with a real resolver, real clients and a real syslog receiver, in their own network namespaces.</summary>
public sealed class LiveTests
{
    private static readonly string[] Domains =
    [
        "akamaicontainer.com", "akamaitechcloudservices.com", "azuredeploystore.com", "azureonlinecloud.com", "azureonlinestorage.com",
        "dunamistrd.com", "glcloudservice.com", "journalide.org", "msedgepackageinfo.com", "msedgeupdate.net", "msstorageazure.com",
        "msstorageboxes.com", "officeaddons.com", "officestoragebox.com", "pbxcloudeservices.com", "pbxphonenetwork.com", "pbxsources.com",
        "qwepoi123098.com", "sbmsa.wiki", "sourceslabs.com", "visualstudiofactory.com", "zacharryblogs.com",
    ];

    [Fact]
    public void Every_lookup_of_a_real_client_is_an_alert_on_stdout_and_at_a_real_syslog_receiver()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var syslog = network.StartSyslog(out var address);
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-o", "stdout", "-o", address);

        // Each domain in one of four ways, and between them as many lookups that no rule matches.
        var expected = new List<string>();
        for (var index = 0; index < Domains.Length; index++)
        {
            var isTcp = index % 2 == 1;
            var isIpv6 = index / 2 % 2 == 1;
            var (client, server) = isIpv6 ? ("[2001:db8:20::11]", LiveNetwork.ResolverIpv6) : ("192.0.2.11", LiveNetwork.ResolverIpv4);
            var name = index % 3 == 0 ? Domains[index] : "www." + Domains[index];
            LiveNetwork.LookUp(network.FirstClient, name, isTcp, server, index % 5 == 0 ? QueryType.AAAA : QueryType.A);
            LiveNetwork.LookUp(network.FirstClient, $"host-{index}.corp.example", isTcp, server);
            expected.Add($"{client} {(isTcp ? "tcp" : "udp")} {(index % 5 == 0 ? "AAAA" : "A")} {name}");
        }

        sensor.Output.WaitFor(IsNoState, RunningProgram.Patience, expected.Count);
        var received = syslog.Output.WaitFor(IsAlert, RunningProgram.Patience, expected.Count);

        // Until it is asked to end, it says only what it does.
        Assert.Equal(2, sensor.Error.Lines.Count);
        Assert.StartsWith($"wiredns: capturing on {LiveNetwork.Tap} (Ethernet), kernel filter: built in, ", sensor.Error.Lines[0], StringComparison.Ordinal);

        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(expected, AlertsOf(sensor).Select(Lookup));
        Assert.All(AlertsOf(sensor), line => Assert.Contains($" {LiveNetwork.Tap}#", line, StringComparison.Ordinal));
        Assert.Equal(expected.Count, syslog.Output.Lines.Count(IsAlert));
        Assert.Equal(AlertsOf(sensor), received.Select(line => line.Split('|', 5)[4]));
        foreach (var (line, name) in received.Zip(expected.Select(lookup => lookup.Split(' ')[^1])))
        {
            // 16 × 8 + 3: local0, error, which is what "high" is.
            Assert.StartsWith("131|wiredns|rule-match|[wiredns@32473 ", line, StringComparison.Ordinal);
            Assert.Contains($" rule=\"{Product.RuleId}\"", line, StringComparison.Ordinal);
            Assert.Contains($" name=\"{name}\"", line, StringComparison.Ordinal);
        }

        AssertSummary(sensor, LiveNetwork.Tap, expected.Count);
    }

    [Fact]
    [Trait("needs", "quiet machine")]
    public void A_signal_ends_it_within_a_second_with_the_summary_and_the_drops_of_the_kernel()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();

        // The best of three: a busy machine may hold up one of them, which is not the program's fault.
        var times = new List<TimeSpan>();
        foreach (var signal in new[] { RunningProgram.Terminate, RunningProgram.Interrupt, RunningProgram.Terminate })
        {
            var sensor = network.StartSensor("-i", LiveNetwork.Tap);
            LiveNetwork.LookUp(network.FirstClient, "msstorageazure.com");
            sensor.Output.WaitFor(_ => true, RunningProgram.Patience);
            var start = Stopwatch.GetTimestamp();
            sensor.Signal(signal);
            Assert.Equal(0, sensor.WaitForEndByItself());
            times.Add(Stopwatch.GetElapsedTime(start));
            AssertSummary(sensor, LiveNetwork.Tap, 1);
        }

        Assert.InRange(times.Min(), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Another_signal_asks_for_the_report_and_the_run_goes_on()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap);
        LiveNetwork.LookUp(network.FirstClient, "msstorageazure.com");
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience);
        sensor.Signal(RunningProgram.User1);
        sensor.Error.WaitFor(line => Regex.IsMatch(line, "^alerts +1 "), RunningProgram.Patience);
        LiveNetwork.LookUp(network.FirstClient, "sourceslabs.com");
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience, 2);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Single(sensor.Error.Lines, line => Regex.IsMatch(line, "^alerts +2 "));
    }

    [Fact]
    public void The_interface_any_is_captured_from_as_well()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var sensor = network.StartSensor("-i", "any");
        LiveNetwork.LookUp(network.FirstClient, "msstorageazure.com");
        LiveNetwork.LookUp(network.FirstClient, "www.example.org");
        LiveNetwork.LookUp(network.FirstClient, "officeaddons.com", isTcp: true, LiveNetwork.ResolverIpv6);
        LiveNetwork.LookUp(network.SecondClient, "sourceslabs.com", isTcp: true);
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience, 3);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(
            [
                "192.0.2.11 udp A msstorageazure.com",
                "[2001:db8:20::11] tcp A officeaddons.com",
                "192.0.2.130 tcp A sourceslabs.com",
            ],
            AlertsOf(sensor).Select(Lookup));
        Assert.Contains("(LinuxSll", sensor.Error.Lines[0], StringComparison.Ordinal);
        AssertSummary(sensor, "any", 3);
    }

    [Fact]
    public void Tagged_frames_pass_the_kernel_filter_and_keep_their_tags()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "--format", "ecs");
        LiveNetwork.Send(
            network.FirstClient,
            Layers.Ethernet(Layers.Tag(DnsFrames.Ipv4("one.msstorageazure.com", 1), 0x0800, 7), 0x8100),
            Layers.Ethernet(Layers.Tag(Layers.Tag(DnsFrames.Ipv4("two.msstorageazure.com", 2), 0x0800, 9), 0x8100, 8), 0x88a8),
            Layers.Ethernet(Layers.Tag(DnsFrames.Ipv6("six.msstorageazure.com", 3), 0x86dd, 10), 0x8100),
            Layers.Ethernet(DnsFrames.Ipv4("none.msstorageazure.com", 4)));
        var lines = sensor.Output.WaitFor(_ => true, RunningProgram.Patience, 4);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(["one: 7", "two: 8, 9", "six: 10", "none: "], lines.Select(Tags));
        AssertSummary(sensor, LiveNetwork.Tap, 4);
    }

    [Fact]
    public void Without_a_kernel_filter_everything_is_captured_and_with_it_what_can_hold_dns()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        const int Others = 50;
        var other = Layers.Ethernet([1, 2, 3, 4], 0x88b5);
        var areCaptured = new List<bool>();
        foreach (var filter in new string[][] { ["--filter", "none"], [], ["--filter", "udp port 53"] })
        {
            var sensor = network.StartSensor(["-i", LiveNetwork.Tap, .. filter]);
            LiveNetwork.Send(network.FirstClient, Enumerable.Repeat(other, Others));
            LiveNetwork.LookUp(network.FirstClient, "officeaddons.com", isTcp: true);
            LiveNetwork.LookUp(network.FirstClient, "msstorageazure.com");
            var expected = filter is [_, "udp port 53"] ? 1 : 2;
            sensor.Output.WaitFor(line => line.Contains(" udp query A msstorageazure.com ", StringComparison.Ordinal), RunningProgram.Patience);
            sensor.Signal(RunningProgram.Terminate);

            Assert.Equal(0, sensor.WaitForEndByItself());
            AssertSummary(sensor, LiveNetwork.Tap, expected);

            // The kernel's own reports on groups (MLD) may pass the filter, since they have an extension header; they are few.
            areCaptured.Add(sensor.Error.Lines.Select(line => Regex.Match(line, @"^    other protocols +(\d+) ")).Any(match =>
                match.Success && int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) >= Others));
            Assert.Contains(
                filter switch { [_, "none"] => "without a kernel filter", [] => "kernel filter: built in, ", _ => "kernel filter: udp port 53" },
                sensor.Error.Lines[0],
                StringComparison.Ordinal);
        }

        Assert.Equal([true, false, false], areCaptured);
    }

    [Fact]
    public void Two_interfaces_are_one_link_the_query_on_one_and_the_response_on_the_other_are_one_lookup()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap);
        LiveNetwork.LookUp(network.FirstClient, "officeaddons.com");
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience);
        LiveNetwork.LookUp(network.SecondClient, "sourceslabs.com", isTcp: true);
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience, 2);

        LiveNetwork.Send(network.FirstClient, Layers.Ethernet(DnsFrames.Ipv4("split.msstorageazure.com", 5)));
        sensor.Output.WaitFor(line => line.Contains(" split.", StringComparison.Ordinal), RunningProgram.Patience);
        LiveNetwork.Send(network.SecondClient, Layers.Ethernet(DnsFrames.Ipv4("split.msstorageazure.com", 5, isResponse: true)));
        LiveNetwork.Send(network.SecondClient, Layers.Ethernet(DnsFrames.Ipv4("last.msstorageazure.com", 6)));
        sensor.Output.WaitFor(line => line.Contains(" last.", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(
            [
                $"officeaddons.com {LiveNetwork.Tap}", $"sourceslabs.com {LiveNetwork.SecondTap}",
                $"split.msstorageazure.com {LiveNetwork.Tap}", $"last.msstorageazure.com {LiveNetwork.SecondTap}",
            ],
            AlertsOf(sensor).Select(line => $"{Lookup(line).Split(' ')[^1]} {line[(line.LastIndexOf(' ') + 1)..line.LastIndexOf('#')]}"));
        AssertSummary(sensor, LiveNetwork.Tap, 4);
        AssertSummary(sensor, LiveNetwork.SecondTap, 4);
    }

    [Fact]
    public void What_no_packet_releases_is_named_after_the_interface_that_it_came_on()
    {
        using var network = LiveNetwork.Create();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap);

        // The segment between the two is lost, and no acknowledgement comes: the query waits until the end.
        LiveNetwork.Send(
            network.FirstClient, Layers.Ethernet(Layers.Ipv4(Layers.Tcp(0, [], "S"), 6)),
            Layers.Ethernet(Layers.Ipv4(Layers.Tcp(500, Layers.Framed(DnsBytes.Query("lost.msstorageazure.com"))), 6)));
        LiveNetwork.Send(network.SecondClient, Layers.Ethernet(DnsFrames.Ipv4("last.msstorageazure.com", 6)));
        sensor.Output.WaitFor(line => line.Contains(" last.", StringComparison.Ordinal), RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Equal(
            [$"last.msstorageazure.com {LiveNetwork.SecondTap}", $"lost.msstorageazure.com {LiveNetwork.Tap}"],
            sensor.Output.Lines.Select(line => $"{Lookup(line).Split(' ')[^1]} {line[(line.LastIndexOf(' ') + 1)..line.LastIndexOf('#')]}"));
    }

    [Fact]
    public void An_interface_that_goes_away_is_said_the_others_go_on_and_the_run_ends_as_failed()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap);
        network.Sensor.Ip($"link del {LiveNetwork.SecondTap}");
        sensor.Error.WaitFor(line => line == $"wiredns: {LiveNetwork.SecondTap} is blind: the interface is gone", RunningProgram.Patience);
        LiveNetwork.LookUp(network.FirstClient, "officeaddons.com");
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(1, sensor.WaitForEndByItself());
        AssertSummary(sensor, LiveNetwork.Tap, 1);
    }

    [Fact]
    public void A_syslog_receiver_that_is_not_there_costs_no_alert_on_stdout_and_the_run_ends_as_failed()
    {
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var sensor = network.StartSensor("-i", LiveNetwork.Tap, "-o", "stdout", "-o", "syslog://127.0.0.1:5999");
        foreach (var name in new[] { "officeaddons.com", "msstorageazure.com", "sourceslabs.com", "pbxsources.com" })
        {
            LiveNetwork.LookUp(network.FirstClient, name);
            sensor.Output.WaitFor(line => line.Contains($" {name} ", StringComparison.Ordinal), RunningProgram.Patience);
        }

        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(1, sensor.WaitForEndByItself());
        Assert.Equal(4, AlertsOf(sensor).Count);
        Assert.Single(sensor.Error.Lines, line => Regex.IsMatch(line, @"^  not delivered +\d .*to syslog://127\.0\.0\.1:5999: nobody listens there \d(, no time left at the end \d)?$"));
    }

    [Fact]
    public void Interfaces_lists_those_of_the_network_with_their_addresses()
    {
        using var network = LiveNetwork.Create();
        using var program = network.Sensor.Start(Product.Executable, "interfaces");

        Assert.Equal(0, program.WaitForEnd());
        var line = program.Output.Lines.Single(line => line.StartsWith(LiveNetwork.Tap + " ", StringComparison.Ordinal));
        Assert.Contains(" up ", line, StringComparison.Ordinal);
        Assert.Contains(LiveNetwork.ResolverIpv4, line, StringComparison.Ordinal);
        Assert.Contains(LiveNetwork.ResolverIpv6, line, StringComparison.Ordinal);
        Assert.Contains(program.Output.Lines, line => line.StartsWith("any ", StringComparison.Ordinal));
    }

    // What a slow machine makes the sensor say of its state is no alert.
    private static List<string> AlertsOf(RunningProgram sensor) => [.. sensor.Output.Lines.Where(IsNoState)];

    private static bool IsNoState(string line) => !line.Contains(" SENSOR ", StringComparison.Ordinal);

    private static bool IsAlert(string line) => line.Contains("|rule-match|", StringComparison.Ordinal);

    // "192.0.2.11 udp A name" of an alert's line.
    private static string Lookup(string line)
    {
        var match = Regex.Match(line, @"DNS"" (\S+):\d+ -> \S+:53 (udp|tcp) query (\S+) (\S+) ");
        Assert.True(match.Success, line);
        return string.Join(' ', match.Groups.Values.Skip(1).Select(group => group.Value));
    }

    // "host: outer tag, inner tag" of an alert's JSON.
    private static string Tags(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var network = root.GetProperty("network");
        var tags = new List<string>();
        if (network.TryGetProperty("vlan", out var outer))
        {
            tags.Add(outer.GetProperty("id").GetString()!);
        }

        if (network.TryGetProperty("inner", out var inner))
        {
            tags.Add(inner.GetProperty("vlan").GetProperty("id").GetString()!);
        }

        return $"{root.GetProperty("dns").GetProperty("question").GetProperty("name").GetString()!.Split('.')[0]}: {string.Join(", ", tags)}";
    }

    private static void AssertSummary(RunningProgram sensor, string tap, int alerts)
    {
        Assert.Single(sensor.Error.Lines, line => Regex.IsMatch(line, $@"^{tap} +\d[\d,]* +captured; dropped by kernel 0, by interface 0, left unread 0$"));
        Assert.Single(sensor.Error.Lines, line => Regex.IsMatch(line, string.Create(CultureInfo.InvariantCulture, $"^alerts +{alerts} ")));
    }
}
