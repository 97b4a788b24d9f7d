using System.Globalization;
using WireDns.Capture.Files;
using WireDns.Detection;
using WireDns.Detection.Evidence;
using WireDns.Detection.Messages;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Reading;

/// <summary>Reads capture files one by one through a worker. A file that fails is reported, and the next one is read.</summary>
/// <remarks>
/// Reading has a thread of its own: a thread that waits for a pipe cannot be interrupted, and must not keep the program alive. The holder
/// of <see cref="_turn"/> has the worker.
/// </remarks>
/// <param name="worker">Takes the packets.</param>
/// <param name="threads">How many threads read a file. Those that are merged are read by one.</param>
/// <param name="onFailure">Called with the reason why a file was not read to its end; by default it goes to stderr.</param>
/// <param name="keeper">Gives the packets to the worker and keeps those of alerts, with one thread; null for no evidence.</param>
/// <param name="survey">Notes what each file is, with one thread; null for nothing.</param>
internal sealed class FileRun(
    Worker worker, int threads = 1, Action<string>? onFailure = null, EvidenceKeeper? keeper = null, FileSurvey? survey = null)
{
    private readonly Action<string> _report = onFailure ?? (failure => StandardError.Write($"wiredns: {failure}"));

    // How long a batch may take to finish once the run is cancelled: far longer than it needs, unless a sink holds it up.
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    private readonly BatchCrew? _crew = threads > 1 ? new BatchCrew(worker, threads) : null;
    private readonly LookAhead _ahead = new(worker);
    private readonly Lock _turn = new();
    private volatile bool _isAbandoned;
    private CancellationToken _cancellation;

    // Of the packets processed last.
    private PacketSource _source = PacketSource.OfFile("");

    // Its memory is used for one file after the other.
    private PacketBatch? _batch;
    private PacketTime _beginning;

    // Written by the reading thread, and read by whoever shows the progress.
    private CaptureInput? _input;
    private long _octetsRead;
    private long _packets;
    private int _filesRead;

    /// <summary>What messages call standard input.</summary>
    private const string StandardInputName = "standard input";

    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Files that were not read to their end, because they are damaged or unreadable.</summary>
    public int Failed { get; private set; }

    /// <summary>Members of archives that hold no capture, and were skipped.</summary>
    public long SkippedMembers { get; private set; }

    /// <summary>How far it is: files that were read, octets of files as they are on the disk, packets. Any thread may ask; each number is right by itself.</summary>
    public (int Files, long Octets, long Packets) Position => (Volatile.Read(ref _filesRead), OctetsRead, Volatile.Read(ref _packets));

    private long OctetsRead
    {
        get
        {
            try
            {
                return Volatile.Read(ref _octetsRead) + (Volatile.Read(ref _input)?.BytesRead ?? 0);
            }
            catch (ObjectDisposedException)
            {
                return Volatile.Read(ref _octetsRead); // the file was closed at this moment
            }
        }
    }

    /// <summary>The time of the first packet of the capture that is read now, in nanoseconds since the Unix epoch; null before it came, or if it has none.</summary>
    public long? Beginning => _beginning.HasValue ? _beginning.Nanoseconds : null;

    /// <summary>
    /// Whether the run was cancelled while its consumer was running and did not return, so that the consumer must not be called any more.
    /// </summary>
    public bool IsConsumerStuck { get; private set; }

    /// <summary>
    /// Reads the files to their end, or until it is cancelled: one by one, or all as one capture in the order of time. Returns soon after
    /// cancellation, whatever it waits for.
    /// </summary>
    /// <param name="paths">The files.</param>
    /// <param name="areMerged">Whether they are read as one capture.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public void Read(IReadOnlyList<string> paths, bool areMerged, CancellationToken cancellation)
    {
        if (areMerged)
        {
            Run(() => ReadMerged(paths, cancellation), cancellation);
            return;
        }

        var index = -1;
        ReadEach(() => ++index < paths.Count ? (paths[index], index) : null, _ => { }, cancellation);
    }

    /// <summary>Reads files one by one, to their end or until it is cancelled. Returns soon after cancellation, whatever it waits for.</summary>
    /// <param name="next">The next file, and its place among all those of the run; null after the last one. Called by the reading thread.</param>
    /// <param name="finish">Called with a file's place when it was read.</param>
    /// <param name="cancellation">Ends the run early.</param>
    public void ReadEach(Func<(string Path, int Index)?> next, Action<int> finish, CancellationToken cancellation) => Run(
        () =>
        {
            while (!cancellation.IsCancellationRequested && next() is var (path, index))
            {
                Guard(path, () =>
                {
                    using var input = path == StandardInput ? CaptureInput.Open(Console.OpenStandardInput(), StandardInputName) : CaptureInput.Open(path);
                    Read(input, index, cancellation);
                });
                _filesRead++;
                finish(index);
            }
        },
        cancellation);

    // One thread for all files: to start one takes longer than to read a small file.
    private void Run(Action read, CancellationToken cancellation)
    {
        _cancellation = cancellation;
        var reading = Task.Factory.StartNew(read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        var end = ((IAsyncResult)reading).AsyncWaitHandle;
        if (WaitHandle.WaitAny([end, cancellation.WaitHandle]) == 0 || end.WaitOne(Grace))
        {
            reading.GetAwaiter().GetResult();
            return;
        }

        Abandon();
    }

    // The thread is left behind in a read that does not return, or in a consumer that waits for a sink.
    private void Abandon()
    {
        _isAbandoned = true;
        if (!_turn.TryEnter())
        {
            IsConsumerStuck = true;
            return;
        }

        try
        {
            FinishSource();
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>A consumer that was stuck goes on when the targets are closed: lets it end what it has, so that it is counted. Gives up soon.</summary>
    public void LetConsumerEnd()
    {
        if (!IsConsumerStuck || !_turn.TryEnter(Grace))
        {
            return;
        }

        try
        {
            Task.WhenAny(Task.Run(FinishSource), Task.Delay(Grace)).Wait();
        }
        finally
        {
            _turn.Exit();
        }
    }

    /// <summary>Looks at the worker between two batches of packets, while it stands still: a report of one moment.</summary>
    public T Pause<T>(Func<T> look)
    {
        lock (_turn)
        {
            return look();
        }
    }

    private void Read(CaptureInput input, int index, CancellationToken cancellation)
    {
        _input = input;
        var isEnded = false;
        while (!isEnded && !cancellation.IsCancellationRequested)
        {
            // Of an archive, members after a damaged one are still read.
            Guard(input.Name, () =>
            {
                using var reader = input.TryNext();
                isEnded = reader is null;
                if (reader is not null)
                {
                    Read(reader, new FileSource(reader.Name, index), cancellation);
                }
            });
        }

        _input = null;
        _octetsRead += input.BytesRead;
        if (input.SkippedCount > 0 && !_isAbandoned)
        {
            SkippedMembers += input.SkippedCount;
            _report(Describe(input));
        }
    }

    private static string Describe(CaptureInput input) => string.Create(
        CultureInfo.InvariantCulture,
        $"skipped {input.SkippedCount:N0} {(input.SkippedCount == 1 ? "member that holds" : "members that hold")} no capture: {string.Join(", ", input.Skipped.Select(member => $"{member.Path} ({member.Reason})"))}")
        + (input.SkippedCount > input.Skipped.Count ? " ..." : "");

    private void Read(CaptureFileReader reader, FileSource source, CancellationToken cancellation)
    {
        InTurn(() =>
        {
            _source = source.Of(reader.Interfaces);
            _beginning = default;
        });
        survey?.Begin(reader);
        try
        {
            if (_crew is not null)
            {
                _crew.Read(reader, batch => Process(batch, source), cancellation);
                return;
            }

            var batch = _batch ??= new PacketBatch();
            while (!cancellation.IsCancellationRequested && reader.TryReadBatch(batch))
            {
                survey?.Note(batch);
                Process(batch, source);
            }
        }
        catch (OutOfMemoryException)
        {
            // What was interrupted may be half done, and the run ends: nothing is finished any more.
            _isAbandoned = true;
            throw;
        }
        finally
        {
            // Even if the file is damaged: everything before the damage is decoded to its end.
            InTurn(FinishSource);
        }
    }

    private void Process(PacketBatch batch, FileSource source)
    {
        lock (_turn)
        {
            if (!_isAbandoned)
            {
                _source = source.Of(batch.Interfaces);
                Note(batch);
                if (keeper is null && worker.LooksAhead)
                {
                    _ahead.Process(batch, _source);
                }
                else if (keeper is null)
                {
                    foreach (var packet in batch)
                    {
                        worker.Process(packet, _source);
                    }
                }
                else
                {
                    foreach (var packet in batch)
                    {
                        keeper.Process(packet, _source);
                    }
                }

                worker.Pause();
            }
        }
    }

    private void Process(LookedBatch batch, FileSource source)
    {
        if (!batch.IsLooked)
        {
            Process(batch.Packets, source);
            return;
        }

        lock (_turn)
        {
            if (!_isAbandoned)
            {
                _source = source.Of(batch.Packets.Interfaces);
                Note(batch.Packets);
                var looked = batch.Looked;
                var index = 0;
                foreach (var packet in batch.Packets)
                {
                    LookAhead.Expect(worker, looked, index);
                    worker.Process(packet, in looked[index++], _source);
                }

                worker.Pause();
            }
        }
    }

    private void Note(PacketBatch batch)
    {
        _packets += batch.Count;
        for (var index = 0; !_beginning.HasValue && index < batch.Count; index++)
        {
            _beginning = batch[index].Time;
        }
    }

    private void FinishSource()
    {
        if (keeper is null)
        {
            worker.FinishSource(_source);
        }
        else
        {
            keeper.FinishSource(_source);
        }
    }

    private void InTurn(Action action)
    {
        lock (_turn)
        {
            if (!_isAbandoned)
            {
                action();
            }
        }
    }

    private void ReadMerged(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        var readers = new List<CaptureFileReader>();
        foreach (var path in paths)
        {
            Guard(path, () => readers.Add(Open(path)));
        }

        using var merged = new MergedReader(readers);
        var files = new MergedSource(readers);
        InTurn(() => _source = files.Source);
        Guard("merge", () =>
        {
            while (!cancellation.IsCancellationRequested && merged.TryRead(out var packet, out var file))
            {
                lock (_turn)
                {
                    if (_isAbandoned)
                    {
                        return;
                    }

                    _packets++;
                    _beginning = _beginning.HasValue ? _beginning : packet.Time;
                    if (keeper is null)
                    {
                        worker.Process(files.Renumber(packet, file), _source);
                    }
                    else
                    {
                        keeper.Process(files.Renumber(packet, file), _source);
                    }
                }
            }
        });
        InTurn(FinishSource);
        foreach (var damage in merged.Damage)
        {
            Report(damage.Message);
        }
    }

    /// <summary>Opens a capture: a file, a member of an archive (<c>ARCHIVE:MEMBER</c>), or standard input.</summary>
    internal static CaptureFileReader Open(string path) => path == StandardInput
        ? CaptureFileReader.Open(Console.OpenStandardInput(), StandardInputName)
        : CaptureInput.OpenCapture(path);

    private void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            Report(Describe(path, exception));
        }
    }

    private void Report(string failure)
    {
        // The signal that ends this run often ends the program that feeds it too: the input is then cut, not damaged.
        if (!_isAbandoned && !_cancellation.IsCancellationRequested)
        {
            Failed++;
            _report(failure);
        }
    }

    /// <summary>The line that says why a file could not be read.</summary>
    internal static string Describe(string path, Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => $"{path}: no such file or folder",
        UnauthorizedAccessException => $"{path}: permission denied",
        _ when exception.Message.StartsWith(path, StringComparison.Ordinal) || exception is CaptureFormatException => exception.Message,
        _ => $"{path}: {exception.Message}",
    };
}
