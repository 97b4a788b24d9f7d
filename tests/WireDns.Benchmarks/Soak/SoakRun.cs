using System.Diagnostics;
using System.Globalization;
using WireDns.Benchmarks.Comparison;
using WireDns.Benchmarks.Live;

namespace WireDns.Benchmarks.Soak;

/// <summary>
/// <c>wiredns live</c> on two interfaces for many minutes, with a fault every minute: interfaces that go down, go away or change their name, floods,
/// a receiver that stops or restarts, a stopped process, signals. At the end every planted lookup is an alert, or the sensor
/// said that it did not see then; the memory is flat; the exit status is 0.
/// </summary>
/// <param name="product">The executable.</param>
/// <param name="rules">The rules.</param>
/// <param name="duration">How long.</param>
/// <param name="output">Takes the report.</param>
internal sealed class SoakRun(string product, string rules, TimeSpan duration, TextWriter output)
{
    private const string Inside = "SOAK_INSIDE";
    private const int FloodRate = 20_000;
    private const int Background = 50; // lookups a second on each interface

    private static readonly TimeSpan FaultInterval = TimeSpan.FromMinutes(1);
    private static readonly string[] Taps = ["tap0", "tap1"];

    private readonly PlantedLookups _lookups = new();
    private readonly List<(string Fault, long Kibibytes)> _memory = [];
    private readonly LookupTraffic[] _traffic = [.. Taps.Select((tap, index) => new LookupTraffic(PeerOf(tap), $"192.0.2.{11 + index}"))];

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
        var folder = Directory.CreateTempSubdirectory("wiredns-soak").FullName;
        var socket = Path.Combine(folder, "log");
        using var receiver = new SoakReceiver(socket, _lookups.TakeMessage);
        using var sensor = Start(socket);
        using var end = new CancellationTokenSource(duration);
        var steady = new Thread(() => SendSteadily(end.Token));
        steady.Start();
        (string Name, Action Do)[] faults =
        [
            ("interface down", () => WhileGone("down", () => Ip($"link set {Taps[0]} down"), () => Ip($"link set {Taps[0]} up"))),
            ("receiver halts", () => { receiver.Halt(); Pause(5, end.Token); receiver.Resume(); }),
            ("random subdomains", () => _traffic[0].Flood(areClientsSpoofed: false, FloodRate, TimeSpan.FromSeconds(20), end.Token)),
            ("interface deleted", () => WhileGone("deleted", () => Ip($"link del {Taps[1]}"), () => Plug(Taps[1]))),
            ("spoofed clients", () => _traffic[1].Flood(areClientsSpoofed: true, FloodRate, TimeSpan.FromSeconds(20), end.Token)),
            ("receiver restarts", () => receiver.Restart(TimeSpan.FromSeconds(5))),
            ("process stands still", () => { Signal(sensor, "STOP"); Pause(3, end.Token); Signal(sensor, "CONT"); }),
            ("interface renamed", () => WhileGone("renamed", () => Rename(Taps[0], "other0"), () => Rename("other0", Taps[0]))),
            ("signals", () => { Signal(sensor, "HUP"); Signal(sensor, "USR1"); Signal(sensor, "USR2"); }),
        ];
        for (var minute = 0; !end.Token.WaitHandle.WaitOne(FaultInterval) && !sensor.HasExited; minute++)
        {
            _memory.Add((minute == 0 ? "start" : faults[(minute - 1) % faults.Length].Name, Memory(sensor)));
            var (name, act) = faults[minute % faults.Length];
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"minute {minute + 1}: {_memory[^1].Kibibytes / 1024} MiB; {name}"));
            act();
        }

        steady.Join();
        var isEndedEarly = sensor.HasExited;
        Thread.Sleep(TimeSpan.FromSeconds(3)); // what was sent last is on its way
        var hasReceivedAll = SpinWait.SpinUntil(() => _lookups.HasReceivedAll, TimeSpan.FromSeconds(10));
        if (!isEndedEarly)
        {
            Signal(sensor, "TERM");
        }

        sensor.WaitForExit();
        Directory.Delete(folder, recursive: true);
        return Report(sensor.ExitCode, isEndedEarly, hasReceivedAll);
    }

    private bool Report(int status, bool isEndedEarly, bool hasReceivedAll)
    {
        var missing = _lookups.Missing();
        var unaccounted = missing.GetValueOrDefault("unaccounted");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_lookups.Planted:N0} lookups planted, {_lookups.Alerted:N0} alerted, {unaccounted} unaccounted for; {_traffic.Sum(traffic => traffic.Sent):N0} frames sent"));
        foreach (var (state, count) in missing.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  without an alert while {state}: {count}"));
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"receiver: {_lookups.Received:N0} of {_lookups.Alerted:N0}{(hasReceivedAll ? "" : " (a restarted one loses what its socket had accepted)")}; events of the sensor: {_lookups.Events}"));
        var isFlat = IsFlat(out var words);
        output.WriteLine($"memory: {words}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"exit status {status}{(isEndedEarly ? ", by itself" : "")}"));
        return unaccounted == 0 && isFlat && status == 0 && !isEndedEarly;
    }

    // All faults come in turn; once each has come, another round must not need more memory.
    private bool IsFlat(out string words)
    {
        const int Turn = 9;
        if (_memory.Count < 2 * Turn)
        {
            words = string.Create(CultureInfo.InvariantCulture, $"at most {_memory.Max(sample => sample.Kibibytes) / 1024} MiB; too few minutes to say that it is flat");
            return true;
        }

        var early = _memory.Take(_memory.Count - Turn).Max(sample => sample.Kibibytes) / 1024;
        var late = _memory.TakeLast(Turn).Max(sample => sample.Kibibytes) / 1024;
        words = string.Create(CultureInfo.InvariantCulture, $"at most {early} MiB before the last turn of faults, {late} MiB in it");
        return late <= (early * 1.1) + 8;
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

    private Process Start(string socket)
    {
        var start = new ProcessStartInfo(product, [
            "live", "-i", Taps[0], "-i", Taps[1], "-r", rules, "--blind-after", "5", "--no-suppress", "-o", "stdout", "-o", $"syslog:{socket}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var sensor = Process.Start(start)!;
        using var ready = new ManualResetEventSlim();
        sensor.OutputDataReceived += (_, line) => _lookups.TakeLine(line.Data ?? "");
        sensor.ErrorDataReceived += (_, line) =>
        {
            output.WriteLine($"  | {line.Data}");
            if (line.Data?.EndsWith(" run", StringComparison.Ordinal) != false)
            {
                ready.Set();
            }
        };
        sensor.BeginOutputReadLine();
        sensor.BeginErrorReadLine();
        ready.Wait();
        return sensor;
    }

    private void WhileGone(string how, Action go, Action come)
    {
        go();
        Thread.Sleep(TimeSpan.FromSeconds(10)); // the outage itself
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

    private static void Pause(int seconds, CancellationToken end) => end.WaitHandle.WaitOne(TimeSpan.FromSeconds(seconds));

    private static void Signal(Process process, string signal) =>
        ShellProgram.Run("kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture));

    private static long Memory(Process process) => File.ReadLines($"/proc/{process.Id}/status")
        .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
        .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).SingleOrDefault();

    private static void Ip(string arguments)
    {
        var (status, text) = ShellProgram.Run("ip", arguments.Split(' '));
        if (status != 0)
        {
            throw new IOException($"ip {arguments}: {text.Trim()}");
        }
    }
}
