using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.TestTraffic.Receivers;

namespace WireDns.Benchmarks.Outages;

/// <summary>What goes wrong while alerts are delivered.</summary>
internal enum Outage
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The receiver is stopped in order, and started three seconds later.</summary>
    Stopped,

    /// <summary>The receiver hangs until WireDns cannot send any more, so that a message is cut in the middle, and is killed and started.</summary>
    Killed,

    /// <summary>The receiver's disk is full for some seconds.</summary>
    DiskFull,

    /// <summary>WireDns is killed, and another run delivers what it had spooled.</summary>
    SensorKilled,

    /// <summary>The receiver hangs; both are killed, and another run delivers what was spooled.</summary>
    BothKilled,
}

/// <summary>How many of the alerts arrived, and what the outage cost.</summary>
/// <param name="Way">How they were sent.</param>
/// <param name="Fault">What went wrong.</param>
/// <param name="Alerts">How many should have arrived: all, or if WireDns was killed, the last that did and all before it.</param>
/// <param name="Arrived">What arrived.</param>
/// <param name="Seconds">From the start to the end of WireDns.</param>
/// <param name="PeakKibibytes">The most memory that WireDns had.</param>
/// <param name="Said">What WireDns wrote on standard error.</param>
internal sealed record OutageResult(string Way, Outage Fault, int Alerts, ArrivedAlerts Arrived, double Seconds, long PeakKibibytes, string Said)
{
    public int Lost => Alerts - Arrived.Different;

    /// <summary>A row of a table.</summary>
    public string ToMarkdown() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Way} | {Fault} | {Lost:N0} | {Arrived.Repeated:N0} | {Arrived.Torn:N0} | {(Arrived.AreInOrder ? "yes" : "no")} | {Seconds:0.0} | {PeakKibibytes / 1024} |");
}

/// <summary>Delivers the alerts of a capture to a real receiver, with a fault on the way, and counts what arrives.</summary>
/// <param name="product">The executable.</param>
/// <param name="server">The executable of the HTTP server: that of the benchmarks.</param>
/// <param name="folder">Where files go.</param>
/// <param name="capture">What raises the alerts.</param>
internal sealed class OutageRun(string product, string server, string folder, OutageCapture capture)
{
    private static readonly TimeSpan Down = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Standstill = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private int _count;

    /// <summary>How alerts can be sent, to which program; "direct" where rsyslog writes a message before it acknowledges it.</summary>
    public static IReadOnlyList<string> Ways { get; } =
        ["relp rsyslog direct", "http", "syslog+tcp rsyslog", "syslog+tls rsyslog", "relp+tls rsyslog direct", "relp rsyslog", "syslog+tcp syslog-ng", "syslog+tls syslog-ng"];

    /// <summary>What raises the alerts.</summary>
    public OutageCapture Capture => capture;

    /// <summary>Opens the receiver of a way.</summary>
    public IOutageReceiver Open(string way, string? into = null) => way.Split(' ') switch
    {
        ["http"] => new OutageHttp(server, into),
        [var name, "syslog-ng"] => new OutageSyslog(SyslogServer.SyslogNg, name, into),
        [var name, "rsyslog", .. var rest] => new OutageSyslog(SyslogServer.Rsyslog, name, into, rest is ["direct"]),
        _ => throw new ArgumentException(way, nameof(way)),
    };

    /// <summary>Runs one case.</summary>
    /// <exception cref="IOException">Something that it needs is not there, or the run did not end.</exception>
    public OutageResult Run(string way, Outage fault)
    {
        using var disk = fault == Outage.DiskFull ? new SmallDisk(capture.Alerts * 250L / 1024) : null; // about half of what comes
        using var receiver = Open(way, disk?.Folder);
        var arrived = new ArrivedAlerts(receiver.File);
        var spool = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"spool-{++_count}"));
        var said = new StringBuilder();
        var start = Stopwatch.GetTimestamp();
        var sensor = Start(receiver, capture.Capture, spool, said);
        var peak = 0L;
        var isAgain = false;
        try
        {
            switch (fault)
            {
                case Outage.Stopped:
                    WaitFor(capture.Alerts / 4);
                    receiver.Terminate();
                    Thread.Sleep(Down); // the outage itself
                    receiver.Start();
                    break;
                case Outage.Killed or Outage.BothKilled:
                    WaitFor(capture.Alerts / 4);
                    receiver.Halt();
                    Thread.Sleep(Standstill);
                    receiver.Kill();
                    if (fault == Outage.BothKilled)
                    {
                        OutageSignal.End(sensor, 9);
                    }

                    receiver.Start();
                    if (fault == Outage.BothKilled)
                    {
                        StartAgain();
                    }

                    break;
                case Outage.DiskFull:
                    WaitFor(1);
                    WaitForStandstill();
                    disk!.Remount("size=1g");
                    break;
                case Outage.SensorKilled:
                    WaitFor(capture.Alerts / 4);
                    OutageSignal.End(sensor, 9);
                    StartAgain();
                    break;
            }

            WaitUntil(() => sensor.HasExited);
            var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            WaitForStandstill(); // the receiver may have more to write
            sensor.WaitForExit(); // reads the rest of what it said
            lock (said)
            {
                return new OutageResult(way, fault, isAgain ? arrived.Highest : capture.Alerts, arrived, seconds, peak, said.ToString());
            }
        }
        finally
        {
            if (!sensor.HasExited)
            {
                OutageSignal.End(sensor, 9);
            }

            sensor.Dispose();
        }

        void StartAgain()
        {
            sensor.Dispose();
            sensor = Start(receiver, capture.Empty, spool, said);
            isAgain = true;
        }

        void WaitFor(int alerts) => WaitUntil(() => arrived.Look().Different >= alerts || sensor.HasExited);

        void WaitForStandstill()
        {
            var last = (-1, -1);
            var since = Stopwatch.GetTimestamp();
            WaitUntil(() =>
            {
                arrived.Look();
                var now = (arrived.Different, arrived.Repeated);
                since = now == last ? since : Stopwatch.GetTimestamp();
                last = now;
                return arrived.Different == capture.Alerts || Stopwatch.GetElapsedTime(since) > Standstill;
            });
        }

        void WaitUntil(Func<bool> isSo)
        {
            for (var since = Stopwatch.GetTimestamp(); !isSo();)
            {
                if (Stopwatch.GetElapsedTime(since) > Patience)
                {
                    lock (said)
                    {
                        throw new IOException($"{way}, {fault}: it does not come to an end; {arrived.Different} arrived; {said}");
                    }
                }

                peak = Math.Max(peak, Peak(sensor));
                Thread.Sleep(20);
            }
        }
    }

    private Process Start(IOutageReceiver receiver, string from, string spool, StringBuilder said)
    {
        var process = Process.Start(new ProcessStartInfo(
            product, ["read", from, "-r", capture.Rule, "-o", receiver.Target + ",retry-for=10m", "--spool", spool])
        { RedirectStandardError = true })!;
        process.ErrorDataReceived += (_, line) =>
        {
            lock (said)
            {
                said.AppendLine(line.Data);
            }
        };
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>The most memory that a process has had so far, in KiB; 0 if it has ended.</summary>
    private static long Peak(Process process)
    {
        try
        {
            var line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line[6..^2], CultureInfo.InvariantCulture);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return 0;
        }
    }
}
