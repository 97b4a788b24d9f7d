using System.Globalization;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>
/// A Debian that systemd has booted, in a container of systemd-nspawn whose network is that of a <see cref="LiveNetwork"/>'s sensor. Its files come from the base that
/// <c>./run.sh setup</c> made, and are deleted with it.
/// </summary>
internal sealed class BootedMachine : IDisposable
{
    private static string Archive => Path.Combine(TestPaths.Root, "artifacts", "container", "booted.tar");

    private readonly string _root = Path.Combine(TestPaths.Root, "artifacts", "container", $"booted-{Environment.ProcessId}");
    private RunningProgram? _container;
    private string _init = "";

    private BootedMachine()
    {
    }

    /// <summary>Lays its files. Skips the test if that cannot be done.</summary>
    public static BootedMachine Create()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root on Linux, to boot a container");
        Assert.SkipUnless(RunningProgram.IsInstalled("systemd-nspawn"), "needs systemd-nspawn (systemd-container), which ./run.sh setup installs");
        Assert.SkipUnless(File.Exists(Archive), "needs a Debian with systemd, which ./run.sh setup makes with debootstrap");
        var machine = new BootedMachine();
        Directory.CreateDirectory(machine._root);
        Assert.Equal(0, RunningProgram.Run("tar", "-C", machine._root, "-xf", Archive));
        return machine;
    }

    /// <summary>A file of the machine, as this one sees it.</summary>
    public string this[string path] => Path.Combine(_root, path.TrimStart('/'));

    /// <summary>Runs a command in it before it is booted or after, and returns what it prints on both streams.</summary>
    /// <param name="status">The exit status that is expected.</param>
    public string Shell(string command, int status = 0)
    {
        using var shell = RunningProgram.Start(
            _init.Length > 0 ? "nsenter" : "chroot",
            [.. _init.Length > 0 ? ["-t", _init, "-m", "-p", "-n", "-i", "-u", "-C", "--"] : new[] { _root }, "sh", "-c", $"exec 2>&1; {command}"]);
        Assert.True(shell.WaitForEnd() == status, $"{command}:\n{shell.Output.Text}{shell.Error.Text}");
        return shell.Output.Text;
    }

    /// <summary>Runs a command in it until what it prints has a text.</summary>
    public string Wait(string command, string text) => Wait(command, output => output.Contains(text, StringComparison.Ordinal), text);

    /// <summary>Runs a command in it until what it prints is as it should be.</summary>
    public string Wait(string command, Predicate<string> isGood, string expectation)
    {
        var output = "";
        var isReached = SpinWait.SpinUntil(() => isGood(output = Shell($"{command} || :")), RunningProgram.Patience);
        Assert.True(isReached, $"{command}: not {expectation}:\n{output}\n{(isReached ? "" : Shell("journalctl -n 50 --no-pager || :"))}");
        return output;
    }

    /// <summary>Boots it.</summary>
    public void Boot(LiveNetwork network)
    {
        var container = _container = RunningProgram.Start(
            "systemd-nspawn",
            ["--quiet", "--register=no", "--keep-unit", "-D", _root, $"--network-namespace-path=/run/netns/{network.Sensor.Name}", "--console=pipe", "--boot"]);
        var init = "";
        Assert.True(SpinWait.SpinUntil(() => IsSystemd(init = Children(container.ProcessId).FirstOrDefault("")), RunningProgram.Patience), container.Error.Text);
        _init = init;
        Wait("systemctl is-system-running", output => output.Trim() is "running" or "degraded", "booted");
    }

    public void Dispose()
    {
        _container?.Dispose();
        RunningProgram.Run("rm", "-rf", "--one-file-system", "--", _root);
    }

    // Before, it is nspawn's own process, and not yet in the machine.
    private static bool IsSystemd(string process) => File.Exists($"/proc/{process}/comm") && File.ReadAllText($"/proc/{process}/comm") == "systemd\n";

    private static string[] Children(int process)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task/{process}/children");
        return File.Exists(path) ? File.ReadAllText(path).Split(' ', StringSplitOptions.RemoveEmptyEntries) : [];
    }
}
