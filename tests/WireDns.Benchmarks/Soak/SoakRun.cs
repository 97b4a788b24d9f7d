using System.Diagnostics;
using System.Globalization;
using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Live;

namespace WireDns.Benchmarks.Soak;

/// <summary>
/// <c>wiredns live</c> with two threads on each of three interfaces for many minutes, with other rules every minute, and a fault each time: interfaces that go down, go away or change their
/// name, floods, a receiver that stops or restarts, a stopped process, signals, rules with a fault, SIGKILL in the first third. At the end every planted lookup is one alert, or the sensor said that it did not see then, or it was
/// dead; the ledger adds up; the memory is flat; the exit status is 0.
/// </summary>
/// <param name="product">The executable.</param>
/// <param name="rules">The rules.</param>
/// <param name="duration">How long.</param>
/// <param name="output">Takes the report.</param>
internal sealed class SoakRun(string product, string rules, TimeSpan duration, TextWriter output)
{
    private const string Inside = "SOAK_INSIDE";
    private const int FaultKinds = 10;
    private const int FloodRate = 20_000;
    private const int Background = 50; // lookups a second on each interface

    private static readonly TimeSpan LongestInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromSeconds(10);
    private static readonly string[] Taps = ["tap0", "tap1"];

    private readonly PlantedLookups _lookups = new();
    private readonly LookupTraffic[] _traffic = [.. Taps.Select((tap, index) => new LookupTraffic(PeerOf(tap), $"198.51.100.{11 + index}"))];
    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-soak").FullName;
    private int _asked;
    private int _askedWithFault;

    /// <summary>Runs in a separate network; returns the exit status: 0 if nothing is unaccounted for.</summary>
    public static int Run(string product, string rules, TimeSpan duration, TextWriter output)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !ShellProgram.IsInstalled("ip"))
        {
            output.WriteLine("the soak needs root on Linux, and ip (iproute2)");
            return 1;
        }

        if (Environment.GetEnvironmentVariable(Inside) is not null)
        {
            return new SoakRun(product, rules, duration, output).Run() ? 0 : 1;
        }

        // The network goes away with this process's child, however that ends.
        var start = new ProcessStartInfo("unshare", [
            "--net", Environment.ProcessPath!, "soak", product, rules, duration.TotalMinutes.ToString(CultureInfo.InvariantCulture)]);
        start.Environment[Inside] = "1";
        using var child = Process.Start(start)!;
        child.WaitForExit();
        return child.ExitCode;
    }

    private bool Run()
    {
        Array.ForEach(Taps, Plug);
        CopyRules();
        var socket = Path.Combine(_folder, "log");
        using var end = new CancellationTokenSource(duration);
        using var receiver = new SoakReceiver(socket, _lookups.TakeMessage);
        using var others = new SoakTraffic(Path.GetDirectoryName(Path.GetFullPath(rules))!, _folder, output, end.Token);
        var ledger = Path.Combine(_folder, "ledger.json");
        using var sensor = new SoakSensor(
            product,
            [
                "live", "-i", Taps[0], "-i", Taps[1], "-i", SoakTraffic.ResolverTap, "--workers", "2", "-r", Path.Combine(_folder, "rules"), "--blind-after", "5",
                "--no-suppress", "-o", "stdout", "-o", $"syslog:{socket}", "--ledger-file", ledger,
            ],
            ledger, _lookups, output);
        sensor.Start();
        others.Start(PeerOf(Taps[0]));
        var samples = new SoakSamples(sensor, _lookups, end.Token);
        Thread[] threads = [new(() => SendSteadily(end.Token)), new(samples.Run)];
        Array.ForEach(threads, thread => thread.Start());
        MakeFaults(sensor, receiver, samples, end.Token);
        Array.ForEach(threads, thread => thread.Join());
        var isEndedEarly = sensor.HasExited;
        Thread.Sleep(TimeSpan.FromSeconds(3)); // what was sent last is on its way
        var hasReceivedAll = SpinWait.SpinUntil(() => _lookups.HasReceivedAll, TimeSpan.FromSeconds(10));
        sensor.End();
        var isGood = Report(sensor, samples, isEndedEarly, hasReceivedAll);
        Directory.Delete(_folder, recursive: true);
        return isGood;
    }

    private void MakeFaults(SoakSensor sensor, SoakReceiver receiver, SoakSamples samples, CancellationToken end)
    {
        (string Name, Action Do)[] faults =
        [
            ("interface down", () => WhileGone("down", () => Ip($"link set {Taps[0]} down"), () => Ip($"link set {Taps[0]} up"))),
            ("killed", () => { sensor.KillAndRestart(); samples.NoteRestart(); }),
            ("receiver halts", () => { receiver.Halt(); end.WaitHandle.WaitOne(Outage / 2); receiver.Resume(); }),
            ("random subdomains", () => _traffic[0].Flood(areClientsSpoofed: false, FloodRate, Outage * 2, end)),
            ("interface deleted", () => WhileGone("deleted", () => Ip($"link del {Taps[1]}"), () => Plug(Taps[1]))),
            ("spoofed clients", () => _traffic[1].Flood(areClientsSpoofed: true, FloodRate, Outage * 2, end)),
            ("receiver restarts", () => receiver.Restart(Outage / 2)),
            ("process stands still", () => { sensor.Signal("STOP"); end.WaitHandle.WaitOne(TimeSpan.FromSeconds(3)); sensor.Signal("CONT"); }),
            ("interface renamed", () => WhileGone("renamed", () => Rename(Taps[0], "other0"), () => Rename("other0", Taps[0]))),
            ("signals", () => { sensor.Signal("USR1"); sensor.Signal("USR2"); }),
        ];
        var start = Stopwatch.GetTimestamp();
        for (var turn = 0; !end.WaitHandle.WaitOne(UntilTurn(turn, start)) && !sensor.HasExited; turn++)
        {
            var (name, act) = faults[turn % faults.Length];
            var isKilled = name == "killed" && turn * Interval < duration / 3;
            if (name == "killed" && !isKilled)
            {
                // One process must run for long enough to say that its memory is flat.
                (name, act) = ("rules with a fault", () => { });
                WriteRule("[");
                _askedWithFault++;
            }
            else
            {
                WriteRule($".soak-{turn + 1}.example");
                _asked += isKilled ? 0 : 1; // it may die before it has reloaded
            }

            samples.Note(turn, name);
            if (samples.Last is { } last)
            {
                output.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start):hh\\:mm\\:ss}: {last.Kibibytes / 1024} MiB, {last.ProcessorShare:P0} of a core; reload, and {name}"));
            }

            if (!isKilled)
            {
                sensor.Signal("HUP");
            }

            act();
        }
    }

    private TimeSpan UntilTurn(int turn, long start)
    {
        var wait = ((turn + 1) * Interval) - Stopwatch.GetElapsedTime(start);
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    // Each kind of fault comes at least once, however short the run.
    private TimeSpan Interval => TimeSpan.FromSeconds(Math.Min(LongestInterval.TotalSeconds, duration.TotalSeconds / 12));

    private TimeSpan Outage => TimeSpan.FromSeconds(Math.Min(LongestOutage.TotalSeconds, Interval.TotalSeconds / 3));

    private void CopyRules()
    {
        foreach (var file in Directory.EnumerateFiles(rules, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder, "rules", Path.GetRelativePath(rules, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        WriteRule(".soak-0.example");
    }

    /// <summary>Writes the rule that is another one each time.</summary>
    private void WriteRule(string ending) => File.WriteAllText(Path.Combine(_folder, "rules", "soak.yml"), $$"""
        title: A name that nobody looks up
        id: 5e7d2c9a-64a1-4c0f-9d6a-0d1f2a3b4c5e
        status: test
        logsource: {category: dns}
        detection:
            name: {query|endswith: {{ending}}}
            condition: name
        level: low
        """);

    private bool Report(SoakSensor sensor, SoakSamples samples, bool isEndedEarly, bool hasReceivedAll)
    {
        var missing = _lookups.Missing();
        var unaccounted = missing.GetValueOrDefault("unaccounted");
        var doubled = _lookups.Doubled();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_lookups.Planted:N0} lookups planted, {_lookups.Alerted:N0} alerted, {doubled.Count} of them twice, {unaccounted} unaccounted for; {_traffic.Sum(traffic => traffic.Sent):N0} frames sent, besides those of other programs"));
        foreach (var (state, count) in missing.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  without an alert while {state}: {count}"));
        }

        foreach (var lookup in _lookups.Unaccounted().Select(lookup => $"{lookup}, unaccounted for").Concat(doubled.Take(10).Select(lookup => $"{lookup}, twice")))
        {
            output.WriteLine($"    {lookup}");
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"receiver: {_lookups.Received:N0} of {_lookups.Alerted:N0}{(hasReceivedAll ? "" : " (one that restarts loses what its socket had accepted, and a sensor that is killed what it had not sent)")}; events of the sensor: {_lookups.Events}"));
        var (middle, late, longest) = _lookups.Delays();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"from a lookup to its alert: {middle.TotalMilliseconds:0} ms in the middle, {late.TotalMilliseconds:0} ms at p99, {longest.TotalMilliseconds:0} ms at most"));
        var isFlat = samples.IsFlat(FaultKinds, out var words);
        output.WriteLine($"memory: {words}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"processor: {samples.ProcessorShare:P1} of a core"));
        var areReloadsDone = sensor.Reloads >= _asked && sensor.Refusals == _askedWithFault;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"reloads: {sensor.Reloads} done of {_asked}; {sensor.Refusals} refused of {_askedWithFault} with a fault"));
        output.WriteLine($"ledgers: {(sensor.LedgerFaults.Count == 0 ? "add up" : string.Join("; ", sensor.LedgerFaults))}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exit status {sensor.ExitCode}{(isEndedEarly ? ", by itself" : "")}"));
        var folder = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(rules))!, "artifacts", "soak")).FullName;
        samples.Write(Path.Combine(folder, "samples.tsv"));
        output.WriteLine($"samples: {folder}{Path.DirectorySeparatorChar}samples.tsv");
        return unaccounted == 0 && doubled.Count == 0 && isFlat && areReloadsDone && sensor.LedgerFaults.Count == 0 && sensor.ExitCode == 0 && !isEndedEarly;
    }

    private void SendSteadily(CancellationToken end)
    {
        var number = 0;
        for (var second = 0; !end.WaitHandle.WaitOne(TimeSpan.FromSeconds(1)); second++)
        {
            for (var tap = 0; tap < Taps.Length; tap++)
            {
                for (var i = 0; i < Background; i++)
                {
                    _traffic[tap].TryLookUp($"host-{i}.corp.example", (second * Background) + i);
                }

                // Noted first, so that an alert never comes before it.
                _lookups.Plant(++number, Taps[tap]);
                if (!_traffic[tap].TryLookUp(LookupTraffic.PlantedName(number), number))
                {
                    _lookups.TakeBack(number);
                }
            }
        }
    }

    private void WhileGone(string how, Action go, Action come)
    {
        go();
        Thread.Sleep(Outage); // the outage itself
        come();
        output.WriteLine($"  the interface that was {how} is back");
    }

    private static void Rename(string from, string to)
    {
        Ip($"link set {from} down");
        Ip($"link set {from} name {to}");
        Ip($"link set {to} up");
    }

    private static void Plug(string tap)
    {
        Ip($"link add {tap} type veth peer name {PeerOf(tap)}");
        Ip($"link set {tap} up");
        Ip($"link set {PeerOf(tap)} up");
    }

    private static string PeerOf(string tap) => tap.Replace("tap", "gen", StringComparison.Ordinal);

    private static void Ip(string arguments)
    {
        var (status, text) = ShellProgram.Run("ip", arguments.Split(' '));
        if (status != 0)
        {
            throw new IOException($"ip {arguments}: {text.Trim()}");
        }
    }
}
