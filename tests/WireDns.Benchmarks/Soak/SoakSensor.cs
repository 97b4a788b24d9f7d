using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Soak;

/// <summary>The sensor of a soak: one process, or another one after it was killed.</summary>
/// <param name="product">The executable.</param>
/// <param name="arguments">What it is given.</param>
/// <param name="ledgerFile">Where it writes its ledger.</param>
/// <param name="lookups">Takes its standard output.</param>
/// <param name="output">Takes what it says.</param>
internal sealed class SoakSensor(string product, IReadOnlyList<string> arguments, string ledgerFile, PlantedLookups lookups, TextWriter output) : IDisposable
{
    private readonly List<string> _faults = [];

    // Another thread asks for memory and processor time while the process is exchanged.
    private readonly Lock _exchange = new();
    private Process _process = new();
    private double _pastProcessorSeconds;

    /// <summary>Whether it ended although nobody told it to.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>The exit status of the last process.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>What does not add up in its ledgers.</summary>
    public IReadOnlyList<string> LedgerFaults => _faults;

    /// <summary>How often it said that it had reloaded its rules.</summary>
    public int Reloads { get; private set; }

    /// <summary>How often it said that it kept its rules, as the new ones were not sound.</summary>
    public int Refusals { get; private set; }

    /// <summary>Its resident memory; 0 if it has ended.</summary>
    public long Kibibytes
    {
        get
        {
            lock (_exchange)
            {
                return _process.HasExited ? 0 : File.ReadLines($"/proc/{_process.Id}/status")
                    .Where(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    .Select(line => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)).SingleOrDefault();
            }
        }
    }

    /// <summary>Processor time so far, of all its processes.</summary>
    public double ProcessorSeconds
    {
        get
        {
            lock (_exchange)
            {
                _process.Refresh();
                return _pastProcessorSeconds + (_process.HasExited ? 0 : _process.TotalProcessorTime.TotalSeconds);
            }
        }
    }

    /// <summary>Starts it, and waits until its rules run.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(product, [.. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        _process = Process.Start(start)!;
        var ready = new ManualResetEventSlim();
        _process.OutputDataReceived += (_, line) =>
        {
            lookups.TakeLine(line.Data ?? "");
            if (line.Data?.Contains(" SENSOR ", StringComparison.Ordinal) == true)
            {
                output.WriteLine($"  > {line.Data}");
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            output.WriteLine($"  | {line.Data}");
            Reloads += line.Data?.Contains("wiredns: reloaded: ", StringComparison.Ordinal) == true ? 1 : 0;
            Refusals += line.Data?.Contains("wiredns: not reloaded", StringComparison.Ordinal) == true ? 1 : 0;
            if (line.Data?.EndsWith(" run", StringComparison.Ordinal) != false)
            {
                ready.Set();
            }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        ready.Wait();
    }

    /// <summary>Sends it a signal.</summary>
    public void Signal(string signal) => ShellProgram.Run("kill", $"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture));

    /// <summary>Kills it, after its ledger was looked at, and starts it again.</summary>
    public void KillAndRestart()
    {
        File.Delete(ledgerFile);
        Signal("USR1");
        if (SpinWait.SpinUntil(() => File.Exists(ledgerFile), TimeSpan.FromSeconds(20)))
        {
            CheckLedger("before it was killed", isWhole: false);
        }
        else
        {
            _faults.Add("no ledger came for SIGUSR1");
        }

        lock (_exchange)
        {
            var from = DateTimeOffset.UtcNow;
            _pastProcessorSeconds = ProcessorSeconds;
            Signal("KILL");
            _process.WaitForExit();
            _process.Dispose();
            Start();
            lookups.NoteDeath(from, DateTimeOffset.UtcNow);
        }
    }

    /// <summary>Tells it to end, and looks at its last ledger.</summary>
    public void End()
    {
        var processorSeconds = ProcessorSeconds;
        if (!_process.HasExited)
        {
            Signal("TERM");
        }

        _process.WaitForExit();
        _pastProcessorSeconds = processorSeconds;
        CheckLedger("at the end", isWhole: true);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    // While it runs, packets that wait for the rest of a message are in none of the four.
    private void CheckLedger(string when, bool isWhole)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(ledgerFile));
        var ledger = document.RootElement.GetProperty("ledger");
        var packets = ledger.GetProperty("packets").GetInt64();
        var sum = new[] { "dns_packets", "not_dns", "undecodable", "incomplete_packets" }.Sum(name => ledger.GetProperty(name).GetInt64());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  the ledger {when}: {packets:N0} packets, {sum:N0} accounted for"));
        if (isWhole ? packets != sum : packets < sum)
        {
            _faults.Add(string.Create(CultureInfo.InvariantCulture, $"{when}: {packets:N0} packets, but {sum:N0} in its parts"));
        }
    }
}
