using System.Diagnostics;
using System.Globalization;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Outages;

/// <summary>The tables of docs/delivery.md: what is lost in each outage, and what each sink costs.</summary>
/// <param name="product">The executable.</param>
/// <param name="alerts">How many alerts.</param>
/// <param name="output">Takes the tables, row by row.</param>
internal sealed class OutageTable(string product, int alerts, TextWriter output)
{
    private const int SlowRequest = 20; // milliseconds

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    /// <summary>Every way with every outage; returns the exit status: 1 if RELP or HTTP lost an alert, or first arrivals were out of order.</summary>
    public int Outages() => InFolder((run, _) =>
    {
        var isSound = true;
        output.WriteLine("| way | outage | lost | twice | torn | in order | s | MiB |\n|---|---|---:|---:|---:|---|---:|---:|");
        foreach (var way in OutageRun.Ways)
        {
            foreach (var fault in Enum.GetValues<Outage>())
            {
                var result = run.Run(way, fault);
                output.WriteLine(result.ToMarkdown());
                output.Flush();
                // rsyslog acknowledges what it cannot write (rsyslog issue 4796), and as installed what it has in memory alone.
                isSound &= (result.Lost == 0 || fault == Outage.DiskFull || !way.EndsWith("direct", StringComparison.Ordinal))
                    && (result.Lost == 0 || way != "http") && result.Arrived.AreInOrder;
            }
        }

        return isSound;
    });

    /// <summary>Alerts a second for each sink and format, and a slow sink beside a fast one.</summary>
    public int Sinks() => InFolder((run, folder) =>
    {
        output.WriteLine("| sinks | s | alerts a second |\n|---|---:|---:|");
        var file = Path.Combine(folder, "alerts");
        Row("standard output, text", ["stdout"]);
        Row("standard output, ECS", ["stdout,format=ecs"]);
        Row("file, text", [$"file:{file}.1"]);
        Row("file, ECS", [$"file:{file}.2,format=ecs"]);
        foreach (var way in OutageRun.Ways.Prepend("udp rsyslog").Prepend("local rsyslog"))
        {
            var formats = way == "http" ? [""] : new[] { ",format=text", ",format=ecs" };
            foreach (var format in formats)
            {
                using var receiver = run.Open(way);
                Row(way + format.Replace(",format=", ", ", StringComparison.Ordinal), [receiver.Target + format]);
            }
        }

        foreach (var way in new[] { "relp rsyslog", "http" })
        {
            using var receiver = run.Open(way);
            Row($"{way}, with a spool", [receiver.Target], Path.Combine(folder, $"spool {way}"));
        }

        using var slow = new OutageHttp(Environment.ProcessPath!, pause: SlowRequest);
        Row($"a slow receiver ({SlowRequest} ms a request)", [slow.Target]);
        Row("the same, and a file", [slow.Target, $"file:{file}.3,format=ecs,size=2G"], watched: $"{file}.3");
        Row("the same with a spool, and a file", [slow.Target, $"file:{file}.4,format=ecs,size=2G"], Path.Combine(folder, "spool slow"), $"{file}.4");
        return true;

        void Row(string name, string[] targets, string? spool = null, string? watched = null)
        {
            var (seconds, secondsOfFile) = Measure(run, targets, spool, watched);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {seconds:0.0}{(watched is null ? "" : $", the file {secondsOfFile:0.0}")} | {alerts / seconds:N0} |"));
            output.Flush();
        }
    });

    private (double Seconds, double SecondsOfFile) Measure(OutageRun run, string[] targets, string? spool, string? watched)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >/dev/null", "sh", product, "read", run.Capture.Capture, "-r", run.Capture.Rule, "-q",
            .. targets.SelectMany(target => new[] { "-o", target + ",retry-for=20m" }), .. spool is null ? Array.Empty<string>() : ["--spool", spool]]))!;
        var secondsOfFile = 0.0;
        var arrived = watched is null ? null : new ArrivedAlerts(watched);
        while (!process.WaitForExit(TimeSpan.FromMilliseconds(20)))
        {
            if (arrived is not null && secondsOfFile == 0 && arrived.Look().Different == alerts)
            {
                secondsOfFile = Stopwatch.GetElapsedTime(start).TotalSeconds;
            }

            if (Stopwatch.GetElapsedTime(start) > Patience)
            {
                process.Kill(entireProcessTree: true);
                throw new IOException("it does not come to an end");
            }
        }

        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0 ? (seconds, secondsOfFile == 0 ? seconds : secondsOfFile) : throw new IOException($"exit status {process.ExitCode}");
    }

    private int InFolder(Func<OutageRun, string, bool> measure)
    {
        var folder = Directory.CreateTempSubdirectory("wiredns-outage-").FullName;
        try
        {
            output.WriteLine($"{MachineDescription.Here(null, TimeProvider.System).ToMarkdown()} {alerts} alerts.\n");
            return measure(new OutageRun(product, Environment.ProcessPath!, folder, OutageCapture.Write(folder, alerts)), folder) ? 0 : 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
