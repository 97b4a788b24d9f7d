using WireDns.Alerts;
using WireDns.Choosing;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Reading;

/// <summary>
/// Reads files with several threads: several files at once, and each file with as many as that leaves (<see cref="BatchCrew"/>). Alerts and ledger
/// are the same as with one thread: alerts come out in the order of the files and of their packets, and the counts are added up.
/// </summary>
internal sealed class FileCrew
{
    // More threads at one file wait for the one at the worker, or for the file: docs/performance.md.
    private const int MaximumThreadsPerFile = 8;

    private readonly Reader[] _readers;
    private readonly FileOrder _order;
    private readonly bool _needsEnd;

    /// <param name="rules">The rules.</param>
    /// <param name="settings">How many threads read; what is decoded and detected, and the bounds, which apply to each thread.</param>
    /// <param name="files">How many files there are.</param>
    /// <param name="choice">Chooses among the alerts.</param>
    /// <param name="outputs">Takes alerts and lookups.</param>
    /// <param name="onFailure">Called with the reason why a file was not read to its end; by default it goes to stderr.</param>
    public FileCrew(LoadedRules rules, SensorSettings settings, int files, AlertChoice choice, RunOutputs outputs, Action<string>? onFailure = null)
    {
        _needsEnd = settings.Choice.NeedsEnd;
        var decoding = settings.Decoding.Load();
        var jobs = settings.Reading.IsMerged ? 1 : settings.Reading.Jobs;
        var readers = settings.Reading.IsMerged ? 1 : Math.Clamp(files, 1, jobs);
        ByTime = settings.Choice.IsByTime ? new TimeOrder(outputs.Take) : null;
        _order = new FileOrder(ByTime is null ? outputs.Take : ByTime.Take, onFailure ?? (failure => StandardError.Write($"wiredns: {failure}")));
        var threads = outputs.Evidence is null ? Math.Min(jobs / readers, MaximumThreadsPerFile) : 1;

        // Evidence is collected with the packet at hand, and files that are merged may be pipes on which nothing comes for long.
        var detection = outputs.With(settings.Detection) with
        {
            MayDelayCorrelations = outputs.Evidence is null && !settings.Reading.IsMerged,
            CorrelatesInParallel = threads > 1,
        };
        _readers = [.. Enumerable.Range(0, readers).Select(_ => new Reader(rules, decoding, detection, _order, choice, outputs, threads))];
    }

    /// <summary>Files that were not read to their end.</summary>
    public int Failed => _readers.Sum(reader => reader.Run.Failed);

    /// <summary>Members of archives that hold no capture, and were skipped.</summary>
    public long SkippedMembers => _readers.Sum(reader => reader.Run.SkippedMembers);

    /// <summary>How far it is (<see cref="FileRun.Position"/>).</summary>
    public (int Files, long Octets, long Packets) Position => _readers.Select(reader => reader.Run.Position).Aggregate(
        (0, 0L, 0L), (sum, position) => (sum.Item1 + position.Files, sum.Item2 + position.Octets, sum.Item3 + position.Packets));

    /// <summary>Reads each file by itself.</summary>
    public void Read(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        using var wakeUp = cancellation.Register(_order.Break);
        var next = -1;
        var others = _readers.Skip(1).Select(reader => Task.Factory.StartNew(
            () => ReadAll(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        ReadAll(_readers[0]);
        Task.WhenAll(others).GetAwaiter().GetResult();
        Flush();

        void ReadAll(Reader reader) => reader.Run.ReadEach(
            () =>
            {
                var file = Interlocked.Increment(ref next);
                if (file >= paths.Count)
                {
                    return null;
                }

                reader.File = file;
                reader.End = _needsEnd ? CaptureEnd.Of([paths[file]], cancellation) : null;
                return (paths[file], file);
            },
            _order.Finish,
            cancellation);
    }

    /// <summary>Reads the files as one, in the order of time.</summary>
    public void ReadMerged(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        _readers[0].End = _needsEnd ? CaptureEnd.Of(paths, cancellation) : null;
        _readers[0].Run.Read(paths, areMerged: true, cancellation);
        Flush();
    }

    /// <summary>What puts alerts into the order of time; null if they stay in the order of the files.</summary>
    public TimeOrder? ByTime { get; }

    /// <summary>What all workers have counted so far, each as of a moment between two batches of its packets.</summary>
    public RunCounters Count() => Add(_readers.Select(reader => reader.Run.Pause(reader.Worker.Snapshot)));

    /// <summary>Where a consumer did not return, because a target took nothing: lets it end what it has, for a moment. Call it when the targets are closed.</summary>
    public void LetConsumersEnd()
    {
        Array.ForEach(_readers, reader => reader.Run.LetConsumerEnd());
        Flush();
    }

    /// <summary>What all workers have counted at the end, including one whose consumer never returned.</summary>
    public RunCounters CountAtEnd() => Add(_readers.Select(reader => reader.Worker.Snapshot()));

    private void Flush()
    {
        _order.Flush();
        ByTime?.Flush();
    }

    private static RunCounters Add(IEnumerable<RunCounters> counters) => counters.DefaultIfEmpty(RunCounters.None).Aggregate((sum, counted) => sum.Plus(counted));

    /// <summary>A worker and the run over its files.</summary>
    private sealed class Reader
    {
        public Reader(LoadedRules rules, PacketDecoderOptions decoding, DetectorOptions detection, FileOrder order, AlertChoice choice, RunOutputs outputs, int threads)
        {
            var keeper = outputs.Evidence?.Keep();
            bool Raise(Alert alert)
            {
                if (!choice.Wants(alert, Run!.Beginning, End))
                {
                    return true;
                }

                keeper?.Note(alert);
                return order.Raise(File, alert);
            }

            Worker = new Worker(rules, Raise, decoding, detection, outputs.Observers(lookup => order.Raise(File, lookup), keeper));
            keeper?.Attach(Worker);
            Run = new FileRun(Worker, threads, failure => order.Report(File, failure), keeper);
        }

        /// <summary>Number of the file that is read now.</summary>
        public int File { get; set; }

        /// <summary>The time of its last packet, in nanoseconds since the Unix epoch; null if it is not needed, or not known.</summary>
        public long? End { get; set; }

        public Worker Worker { get; }

        public FileRun Run { get; }
    }
}
