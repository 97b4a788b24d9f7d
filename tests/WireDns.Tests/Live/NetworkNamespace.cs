using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using WireDns.Tests.Running;

namespace WireDns.Tests.Live;

/// <summary>A separate network for one test; nothing in it reaches the machine's network. Disposing it removes its interfaces.</summary>
internal sealed class NetworkNamespace : IDisposable
{
    private const int CloneNewNet = 0x4000_0000; // sched.h

    private NetworkNamespace(string name) => Name = name;

    public string Name { get; }

    /// <summary>Makes one; its loopback interface is up.</summary>
    public static NetworkNamespace Create(string name)
    {
        Assert.SkipUnless(
            RunningProgram.Run("ip", "netns", "add", name) == 0, "needs the right to make network namespaces (ip netns add)");
        var made = new NetworkNamespace(name);
        made.Ip("link set lo up");
        return made;
    }

    /// <summary>Runs <c>ip</c> in it. Fails the test if that fails.</summary>
    public void Ip(string arguments)
    {
        using var ip = RunningProgram.Start("ip", ["-n", Name, .. arguments.Split(' ')]);
        Assert.True(ip.WaitForEnd() == 0, $"ip -n {Name} {arguments}: {ip.Error.Text}");
    }

    /// <summary>Starts a program in it.</summary>
    public RunningProgram Start(string program, params IEnumerable<string> arguments) =>
        RunningProgram.Start("ip", ["netns", "exec", Name, program, .. arguments]);

    /// <summary>
    /// Does something on a thread that is in it, and waits for the end. A socket belongs to the namespace of the thread that makes it, no matter who uses
    /// it later.
    /// </summary>
    public void Run(Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                action();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
    }

    /// <summary>Takes IPv6 away: the kernel sends no packets of its own any more.</summary>
    public void DisableIpv6() => Run(() => File.WriteAllText("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1"));

    public void Dispose() => RunningProgram.Run("ip", "netns", "del", Name);

    private void Enter()
    {
        using var handle = File.OpenHandle($"/run/netns/{Name}");
        if (SetNamespace(handle, CloneNewNet) != 0)
        {
            throw new IOException($"cannot enter {Name}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int SetNamespace(Microsoft.Win32.SafeHandles.SafeFileHandle file, int kind);
}
