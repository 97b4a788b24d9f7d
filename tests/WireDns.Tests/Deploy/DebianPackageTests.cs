using System.Globalization;
using System.Text.RegularExpressions;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>The Debian package and its service: made, judged, and used as docs/sensor.md says, in a Debian that systemd has booted.</summary>
public sealed partial class DebianPackageTests(DebianPackage package) : IClassFixture<DebianPackage>
{
    // linux/capability.h: CAP_NET_RAW is number 13.
    private const string NetRawAlone = "0000000000002000";

    private static string Unit => Path.Combine(TestPaths.Root, "deploy", "systemd", "wiredns.service");

    private static string Page => File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "sensor.md"));

    [Fact]
    public void The_unit_has_no_fault_and_is_as_closed_as_its_page_says()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("systemd-analyze"), "needs systemd-analyze");
        using var analysis = RunningProgram.Start("systemd-analyze", ["security", "--offline=true", Unit]);
        analysis.WaitForEnd();
        var exposure = Exposure().Match(analysis.Output.Text).Groups[1].Value;

        Assert.Equal(Documented().Match(Page).Groups[1].Value, exposure);
        using var check = RunningProgram.Start("systemd-analyze", ["verify", Unit]);
        check.WaitForEnd();
        Assert.DoesNotContain(check.Error.Lines, line => !line.Contains("/usr/bin/wiredns is not executable", StringComparison.Ordinal) && !line.Contains("man wiredns(1)", StringComparison.Ordinal));
    }

    [Fact]
    public void The_package_is_clean_to_lintian_and_the_same_whenever_it_is_made()
    {
        var first = File.ReadAllBytes(package.Path);
        Assert.SkipUnless(RunningProgram.IsInstalled("lintian"), "needs lintian, which ./run.sh setup installs on Debian");
        using var lintian = RunningProgram.Start("lintian", ["--allow-root", "--fail-on", "error,warning", package.Path]);

        Assert.True(lintian.WaitForEnd() == 0, lintian.Output.Text + lintian.Error.Text);
        Assert.Equal("", lintian.Output.Text);
        Assert.Equal(first, File.ReadAllBytes(DebianPackage.Make()));
    }

    [Fact]
    public void Every_command_of_the_operators_walk_runs_in_a_booted_machine_and_ends_in_an_alert()
    {
        using var folder = new TemporaryFolder();
        using var network = LiveNetwork.Create();
        using var machine = BootedMachine.Create();
        var walk = Walk().Match(Page).Groups[1].Value;
        string[][] blocks = [.. Block().Matches(walk).Select(block => block.Groups[1].Value.Trim().Split('\n'))];
        Assert.Equal([6, 3, 3, 2], blocks.Select(block => block.Length));
        File.Copy(package.Path, machine["/root/wiredns_0.1.0_amd64.deb"]);

        // A newer one, whose configuration has changed too.
        File.Copy(package.Change(folder, "0.2.0", "echo '# new' >>tree/etc/wiredns/wiredns.yml"), machine["/root/wiredns_0.2.0_amd64.deb"]);
        network.StartResolver();
        machine.Boot(network);

        var outputs = Run(machine, blocks[0]);
        Assert.Contains("tap0 ", outputs[1], StringComparison.Ordinal);
        Assert.EndsWith("no fault was found", outputs[3].Trim(), StringComparison.Ordinal);
        Assert.Contains("active (running)", outputs[5], StringComparison.Ordinal);
        machine.Wait("systemctl show -p StatusText wiredns", "StatusText=tap0: ");
        AssertRights(machine);

        outputs = Run(machine, blocks[1]);
        Assert.Contains("1 added", outputs[2], StringComparison.Ordinal);
        LiveNetwork.LookUp(network.FirstClient, "www.unwanted.example");
        machine.Wait(blocks[2][0], "udp query A www.unwanted.example");
        machine.Wait(blocks[2][1], "wiredns_rule_alerts_total{");
        Assert.Equal("ok\n", machine.Shell(blocks[2][2]));

        var before = MainProcess(machine);
        outputs = Run(machine, blocks[3]);
        Assert.Equal("active", outputs[1].Trim());
        Assert.NotEqual(before, MainProcess(machine));
        Assert.Contains("interface: [tap0]", File.ReadAllText(machine["/etc/wiredns/wiredns.yml"]), StringComparison.Ordinal);
        Assert.True(File.Exists(machine["/etc/wiredns/wiredns.yml.dpkg-dist"]));

        // What was alerted before the upgrade is still held back after it.
        machine.Wait("systemctl show -p StatusText wiredns", "StatusText=tap0: ");
        LiveNetwork.LookUp(network.FirstClient, "www.unwanted.example");
        machine.Wait("curl -s http://127.0.0.1:9153/metrics", figures => Suppressed().IsMatch(figures), "one held back");
        Assert.Equal("1\n", machine.Shell("journalctl --no-pager -u wiredns -o cat -g 'udp query A www.unwanted.example' | wc -l"));

        machine.Shell("apt-get remove -y wiredns");
        Assert.Contains("could not be found", machine.Shell("systemctl status wiredns", status: 4), StringComparison.Ordinal);
        Assert.True(File.Exists(machine["/etc/wiredns/wiredns.yml"]));
        machine.Shell("apt-get purge -y wiredns");
        Assert.Equal("/etc/wiredns\n/etc/wiredns/rules\n/etc/wiredns/rules/first.test.yml\n/etc/wiredns/rules/first.yml\n", machine.Shell("find /etc/wiredns | sort"));
        Assert.Equal("", machine.Shell("find / -xdev -name '*wiredns*' -not -path '/proc/*' -not -path '/root/*' -not -path '/etc/wiredns*' -not -path '/var/cache/*' -not -path '/run/*'"));
    }

    [Fact]
    public void An_upgrade_takes_a_configuration_that_nobody_changed_and_keeps_one_that_somebody_did_and_a_purge_leaves_his_rules_alone()
    {
        using var folder = new TemporaryFolder();
        using var machine = BootedMachine.Create();
        var changes = new[] { "first", "second" }.Select((change, index) => package.Change(folder, $"0.{index + 2}.0", $"echo '# {change}' >>tree/etc/wiredns/wiredns.yml"));
        foreach (var (deb, index) in changes.Prepend(package.Path).Select((deb, index) => (deb, index)))
        {
            File.Copy(deb, machine[$"/root/{index}.deb"]);
        }

        var configuration = machine["/etc/wiredns/wiredns.yml"];
        machine.Shell("dpkg -i /root/0.deb");
        Assert.Equal(File.ReadAllText(Path.Combine(TestPaths.Root, "deploy", "debian", "wiredns.yml")), File.ReadAllText(configuration));
        machine.Shell("mkdir -p /var/lib/private/wiredns && ln -s private/wiredns /var/lib/wiredns && echo kept >/var/lib/wiredns/state && echo 'title: mine' >/etc/wiredns/rules/mine.yml");

        machine.Shell("dpkg -i /root/1.deb");
        Assert.EndsWith("\n# first\n", File.ReadAllText(configuration), StringComparison.Ordinal);
        Assert.False(File.Exists(configuration + ".dpkg-dist"));

        machine.Shell("sed -i 's/^#interface:.*/interface: [tap0]/' /etc/wiredns/wiredns.yml && dpkg -i --force-confold /root/2.deb");
        var mine = File.ReadAllText(configuration);
        Assert.Contains("\ninterface: [tap0]\n", mine, StringComparison.Ordinal);
        Assert.DoesNotContain("# second", mine, StringComparison.Ordinal);
        Assert.EndsWith("\n# second\n", File.ReadAllText(configuration + ".dpkg-dist"), StringComparison.Ordinal);
        Assert.Equal("0.3.0", machine.Shell("dpkg-query -W -f '${Version}' wiredns"));
        Assert.Equal("kept\n", machine.Shell("cat /var/lib/wiredns/state"));

        machine.Shell("dpkg --purge wiredns");
        Assert.Equal(
            "/etc/wiredns\n/etc/wiredns/rules\n/etc/wiredns/rules/mine.yml\n",
            machine.Shell("find / -xdev -path '*wiredns*' -not -path '/proc/*' -not -path '/root/*' | sort"));
    }

    [Fact]
    public void A_sensor_that_hangs_is_started_again_by_the_watchdog()
    {
        using var network = LiveNetwork.Create();
        using var machine = BootedMachine.Create();
        File.Copy(package.Path, machine["/root/wiredns.deb"]);
        Directory.CreateDirectory(machine["/etc/systemd/system/wiredns.service.d"]);
        File.WriteAllText(machine["/etc/systemd/system/wiredns.service.d/soon.conf"], "[Service]\nWatchdogSec=3\nRestartSec=1\n");
        machine.Shell("dpkg -i /root/wiredns.deb && sed -i 's/^#interface:.*/interface: [tap0]/' /etc/wiredns/wiredns.yml");
        machine.Boot(network);
        machine.Shell("systemctl start wiredns");

        machine.Shell($"kill -STOP {MainProcess(machine)}");

        machine.Wait("systemctl show -p NRestarts,ActiveState wiredns", "NRestarts=1\nActiveState=active");
        machine.Wait("journalctl --no-pager -u wiredns", "Failed with result 'watchdog'");
        machine.Shell("systemctl stop wiredns");
        Assert.Contains("Result=success\n", machine.Shell("systemctl show -p Result wiredns"), StringComparison.Ordinal);
    }

    private static void AssertRights(BootedMachine machine)
    {
        var status = machine.Shell($"cat /proc/{MainProcess(machine)}/status").Split('\n');
        Assert.Contains("NoNewPrivs:\t1", status);
        Assert.All(new[] { "CapEff", "CapPrm", "CapBnd", "CapAmb" }, set => Assert.Contains($"{set}:\t{NetRawAlone}", status));
        Assert.DoesNotContain(status, line => line.StartsWith("Uid:\t0\t", StringComparison.Ordinal));
    }

    private static int MainProcess(BootedMachine machine) => int.Parse(machine.Shell("systemctl show -p MainPID --value wiredns"), CultureInfo.InvariantCulture);

    private static List<string> Run(BootedMachine machine, string[] commands) => [.. commands.Select(command => machine.Shell($"cd /root && {command}"))];

    [GeneratedRegex(@"Overall exposure level for wiredns\.service: ([0-9.]+)")]
    private static partial Regex Exposure();

    [GeneratedRegex(@"gives it an exposure of ([0-9.]+) ")]
    private static partial Regex Documented();

    [GeneratedRegex(@"\n## From the package to the first alert\n(.*?)\n## ", RegexOptions.Singleline)]
    private static partial Regex Walk();

    [GeneratedRegex("""wiredns_alerts_held_back_total\{[^}]*reason="suppressed"[^}]*\} [1-9]""")]
    private static partial Regex Suppressed();

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
