using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using WireDns.Sensor;
using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>What a sensor tells the service manager that started it (sd_notify(3)).</summary>
public sealed class ServiceManagerTests
{
    [Fact]
    public void A_sensor_says_that_it_captures_then_each_second_that_it_lives_and_at_last_that_it_stops()
    {
        using var network = LiveNetwork.Create();
        using var systemd = new NotifySocket();
        using var sensor = Start(network, systemd);

        Assert.Equal(["READY=1"], systemd.Next(RunningProgram.Patience)!);
        Assert.Equal("STATUS=tap0: ", systemd.WaitFor("STATUS=")[..13]);
        Assert.Equal("WATCHDOG=1", systemd.WaitFor("WATCHDOG=1"));

        sensor.Signal(RunningProgram.Hangup);
        systemd.WaitFor("RELOADING=1");
        systemd.WaitFor("READY=1");

        network.Sensor.Ip($"link delete {LiveNetwork.Tap}");
        string status;
        do
        {
            status = systemd.WaitFor("STATUS=");
        }
        while (!status.Contains("interface tap0: blind: ", StringComparison.Ordinal));

        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal("STOPPING=1", systemd.WaitFor("STOPPING=1"));
        sensor.WaitForEndByItself();
    }

    [Fact]
    public void A_pipeline_that_hangs_is_not_called_alive_while_one_without_packets_is()
    {
        using var network = LiveNetwork.Create();
        using var systemd = new NotifySocket();
        using var sensor = Start(network, systemd);
        systemd.WaitFor("WATCHDOG=1");
        systemd.WaitFor("WATCHDOG=1");

        // The thread that has the pipeline's turn is halted: at another moment it may have none, so it is tried until the clock stands still.
        using var stop = new CancellationTokenSource();
        var flood = new Thread(() => LiveNetwork.Send(network.FirstClient, Flood(stop.Token)));
        flood.Start();
        try
        {
            var thread = CaptureThreadOf(network);
            var isHung = false;
            for (var attempt = 0; attempt < 50 && !isHung; attempt++)
            {
                using var halted = HaltedThread.Halt(thread);
                while (systemd.Next(TimeSpan.Zero) is not null)
                {
                }

                isHung = systemd.Next(TimeSpan.FromSeconds(4)) is null;
            }

            Assert.True(isHung, "the sensor called itself alive whenever its pipeline was halted");
        }
        finally
        {
            stop.Cancel();
            flood.Join();
        }

        systemd.WaitFor("WATCHDOG=1");
        Assert.False(sensor.Error.Has(line => line.Contains("service manager", StringComparison.Ordinal), TimeSpan.Zero));
    }

    [Fact]
    public void A_reload_is_told_with_the_time_of_the_clock_that_systemd_compares()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sockets with datagrams and a path");
        using var systemd = new NotifySocket();
        using var manager = ServiceManager.Connect(systemd.Path);
        var before = Uptime();

        manager.Reloading();
        manager.Ready();

        var lines = systemd.Next(RunningProgram.Patience)!;
        Assert.Equal("RELOADING=1", lines[0]);
        Assert.StartsWith("MONOTONIC_USEC=", lines[1], StringComparison.Ordinal);
        Assert.InRange(long.Parse(lines[1].Split('=')[1], CultureInfo.InvariantCulture), before, before + (long)RunningProgram.Patience.TotalMicroseconds);
        Assert.Equal(["READY=1"], systemd.Next(RunningProgram.Patience)!);
    }

    [Fact]
    public void The_socket_may_have_an_abstract_name()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux, which has abstract names of sockets");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var name = $"wiredns-test-{Environment.ProcessId}";
        socket.Bind(new UnixDomainSocketEndPoint("\0" + name));
        using var manager = ServiceManager.Connect("@" + name);

        manager.Stopping();

        var buffer = new byte[100];
        Assert.True(socket.Poll(RunningProgram.Patience, SelectMode.SelectRead));
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer)));
    }

    [Fact]
    public void A_service_manager_that_does_not_listen_stops_nothing()
    {
        using var network = LiveNetwork.Create();
        using var sensor = network.Sensor.Start("env", "NOTIFY_SOCKET=/run/no-such-socket", Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules);
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);

        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Single(sensor.Error.Lines, "wiredns: the service manager cannot be told anything: NOTIFY_SOCKET /run/no-such-socket is no socket that can be reached");
    }

    [Fact]
    public void A_service_manager_that_reads_nothing_never_makes_the_sensor_wait()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sockets with datagrams and a path");
        using var systemd = new NotifySocket();
        using var manager = ServiceManager.Connect(systemd.Path);

        // More than any queue of datagrams holds. If one blocks, the test does not end.
        for (var message = 0; message < 10_000; message++)
        {
            manager.Ready();
        }

        Assert.NotNull(systemd.Next(TimeSpan.Zero));
    }

    private static RunningProgram Start(LiveNetwork network, NotifySocket systemd) =>
        network.Sensor.Start("env", $"NOTIFY_SOCKET={systemd.Path}", Product.Executable, "live", "-i", LiveNetwork.Tap, "-r", TestPaths.Rules, "--blind-after", "5");

    // CLOCK_MONOTONIC in microseconds.
    private static long Uptime() => Stopwatch.GetTimestamp() / (Stopwatch.Frequency / 1_000_000);

    private static IEnumerable<byte[]> Flood(CancellationToken stop)
    {
        var frame = Layers.Ethernet(Layers.Ipv4(Layers.Udp(DnsBytes.Query("host.example"), 40_000), source: "192.0.2.11", destination: LiveNetwork.ResolverIpv4));
        while (!stop.IsCancellationRequested)
        {
            yield return frame;
        }
    }

    // The sensor's threads have the names of its interfaces.
    private static int CaptureThreadOf(LiveNetwork network)
    {
        using var ip = RunningProgram.Start("ip", ["netns", "pids", network.Sensor.Name]);
        ip.WaitForEnd();
        return ip.Output.Lines.SelectMany(process => Directory.GetDirectories($"/proc/{process}/task"))
            .Where(task => File.ReadAllText(Path.Combine(task, "comm")).Trim() == LiveNetwork.Tap)
            .Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))
            .Single();
    }

    /// <summary>One thread of another process that stands still, until this is disposed: on the thread that made it, as ptrace(2) demands.</summary>
    private sealed class HaltedThread : IDisposable
    {
        private const int Seize = 0x4206;
        private const int InterruptIt = 0x4207;
        private const int Detach = 17;
        private const int WaitForAll = 0x4000_0000;

        private readonly int _thread;

        private HaltedThread(int thread) => _thread = thread;

        public static HaltedThread Halt(int thread)
        {
            Assert.True(Trace(Seize, thread, 0, 0) == 0, $"ptrace: {Marshal.GetLastPInvokeErrorMessage()}");
            Assert.Equal(0, Trace(InterruptIt, thread, 0, 0));
            Assert.Equal(thread, WaitFor(thread, out _, WaitForAll));
            return new HaltedThread(thread);
        }

        public void Dispose() => Assert.Equal(0, Trace(Detach, _thread, 0, 0));

        [DllImport("libc", EntryPoint = "ptrace", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern nint Trace(nint request, nint process, nint address, nint data);

        [DllImport("libc", EntryPoint = "waitpid", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
        private static extern int WaitFor(int process, out int status, int options);
    }
}
