using System.Diagnostics;
using System.Globalization;

namespace WireDns.Benchmarks.Soak;

/// <summary>What a sensor took and did, every five seconds of a soak: docs/soak-picture.cs draws it. Thread-safe.</summary>
/// <param name="sensor">The sensor.</param>
/// <param name="lookups">What was planted.</param>
/// <param name="end">Ends it.</param>
internal sealed class SoakSamples(SoakSensor sensor, PlantedLookups lookups, CancellationToken end)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly List<Sample> _samples = [];
    private readonly List<(int Turn, TimeSpan Time)> _turns = [];
    private readonly long _start = Stopwatch.GetTimestamp();
    private string _fault = "start";
    private int _process;

    /// <summary>The last one.</summary>
    public Sample? Last
    {
        get
        {
            lock (_gate)
            {
                return _samples is [.., var last] ? last : null;
            }
        }
    }

    /// <summary>The share of a core that the sensor took over the whole time.</summary>
    public double ProcessorShare { get; private set; }

    /// <summary>Takes samples on this thread until the end.</summary>
    public void Run()
    {
        var (time, processor) = (TimeSpan.Zero, sensor.ProcessorSeconds);
        var first = processor;
        do
        {
            var (now, total, kibibytes) = (Stopwatch.GetElapsedTime(_start), sensor.ProcessorSeconds, sensor.Kibibytes);
            lock (_gate)
            {
                _samples.Add(new Sample(now, _fault, _process, kibibytes, time == now ? 0 : (total - processor) / (now - time).TotalSeconds, lookups.Planted, lookups.Alerted));
                _fault = "";
            }

            (time, processor) = (now, total);
            ProcessorShare = (total - first) / now.TotalSeconds;
        }
        while (!end.WaitHandle.WaitOne(Interval));
    }

    /// <summary>A fault begins.</summary>
    public void Note(int turn, string fault)
    {
        lock (_gate)
        {
            _turns.Add((turn, Stopwatch.GetElapsedTime(_start)));
            _fault = fault;
        }
    }

    /// <summary>The sensor is another process from now on.</summary>
    public void NoteRestart()
    {
        lock (_gate)
        {
            _process++;
        }
    }

    /// <summary>
    /// Whether the memory of the process that ran to the end is flat: once each kind of fault has come to it, another round must not need more.
    /// </summary>
    /// <param name="faults">How many kinds there are.</param>
    /// <param name="words">What is said of it.</param>
    public bool IsFlat(int faults, out string words)
    {
        lock (_gate)
        {
            var own = _samples.Where(sample => sample.Process == _process).ToList();
            var most = _samples.Select(sample => sample.Kibibytes).DefaultIfEmpty().Max() / 1024;
            var roundsOfOwn = _turns.Where(turn => own.Count > 0 && turn.Time > own[0].Time).ToList();
            if (roundsOfOwn.Count < 2 * faults)
            {
                words = string.Create(CultureInfo.InvariantCulture, $"at most {most} MiB; too short a time to say that it is flat");
                return true;
            }

            var lastRound = roundsOfOwn[^faults].Time;
            var early = own.Where(sample => sample.Time < lastRound).Max(sample => sample.Kibibytes) / 1024;
            var late = own.Where(sample => sample.Time >= lastRound).Max(sample => sample.Kibibytes) / 1024;
            words = string.Create(
                CultureInfo.InvariantCulture,
                $"the process that ran for the last {(own[^1].Time - own[0].Time).TotalMinutes:0} minutes took at most {early} MiB before the last round of faults, {late} MiB in it");
            return late <= (early * 1.1) + 8;
        }
    }

    /// <summary>Writes all of them as tab-separated values.</summary>
    public void Write(string path)
    {
        lock (_gate)
        {
            File.WriteAllLines(path, [
                "seconds\tfault\tprocess\tkibibytes\tprocessor share\tplanted\talerted",
                .. _samples.Select(sample => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{sample.Time.TotalSeconds:0}\t{sample.Fault}\t{sample.Process}\t{sample.Kibibytes}\t{sample.ProcessorShare:0.000}\t{sample.Planted}\t{sample.Alerted}"))]);
        }
    }

    /// <summary>One moment.</summary>
    /// <param name="Time">Since the start.</param>
    /// <param name="Fault">What began since the last one; empty for nothing.</param>
    /// <param name="Process">Which process it is, from 0.</param>
    /// <param name="Kibibytes">Its resident memory.</param>
    /// <param name="ProcessorShare">Of one core, since the last one.</param>
    /// <param name="Planted">Lookups planted so far.</param>
    /// <param name="Alerted">Those with an alert.</param>
    internal sealed record Sample(TimeSpan Time, string Fault, int Process, long Kibibytes, double ProcessorShare, int Planted, int Alerted);
}
