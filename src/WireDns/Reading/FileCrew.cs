using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Terminal;
using WireDns.Wire.Net;

namespace WireDns.Reading;

/// <summary>
/// Reads files with several threads: several files at once, or the two halves of the work on one. Alerts and ledger are those of one thread:
/// alerts come out in the order of the files and of their packets, and what was counted is added up.
/// </summary>
internal sealed class FileCrew : IDisposable
{
    private readonly FileReader[] _readers;
    private readonly Func<FileReader> _createIdle;
    private readonly FileOrder _order;

    /// <param name="rules">The rules.</param>
    /// <param name="decoding">What is decoded, within which bounds: each reader's own.</param>
    /// <param name="detection">Bounds of detection, each reader's own, and what is known of the network.</param>
    /// <param name="raise">Takes an alert; false where it was dropped.</param>
    /// <param name="jobs">Threads to read with.</param>
    /// <param name="files">How many files there are to be read at the same time; 1 where they are read as one.</param>
    public FileCrew(
        LoadedRules rules, PacketDecoderOptions decoding, DetectorOptions detection, Func<Alert, bool> raise, int jobs, int files)
    {
        var readers = Math.Clamp(files, 1, jobs);
        _order = new FileOrder(raise, failure => StandardError.Write($"wiredns: {failure}"));
        _createIdle = () => new FileReader(rules, decoding, detection, _order, hasSecondStage: false);
        _readers = [.. Enumerable.Range(0, readers).Select(_ => new FileReader(rules, decoding, detection, _order, jobs >= 2 * readers))];
    }

    /// <summary>Files that were not read to their end.</summary>
    public int Failed => _readers.Sum(reader => reader.Run.Failed);

    /// <summary>Reads each file by itself.</summary>
    public void Read(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        using var wakeUp = cancellation.Register(_order.Break);
        var next = -1;
        var others = _readers.Skip(1).Select(reader => Task.Factory.StartNew(
            () => ReadAll(reader), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        ReadAll(_readers[0]);
        Task.WaitAll(others, CancellationToken.None);
        _order.Flush();

        void ReadAll(FileReader reader)
        {
            while (!cancellation.IsCancellationRequested && Interlocked.Increment(ref next) is var file && file < paths.Count)
            {
                reader.File = file;
                reader.Run.Read([paths[file]], areMerged: false, cancellation);
                _order.Finish(file);
            }
        }
    }

    /// <summary>Reads the files as one, in the order of time.</summary>
    public void ReadMerged(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        _readers[0].Run.Read(paths, areMerged: true, cancellation);
        _order.Flush();
    }

    /// <summary>What all readers have counted so far, each at a moment between two batches of its packets.</summary>
    public FileReader Sum()
    {
        var sum = _createIdle();
        foreach (var reader in _readers)
        {
            reader.Run.Pause(() => sum.Absorb(reader));
        }

        return sum;
    }

    /// <summary>What all readers have counted, when all is over: also of one whose consumer never came back.</summary>
    public FileReader Total()
    {
        var total = _createIdle();
        Array.ForEach(_readers, total.Absorb);
        return total;
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_readers, reader => reader.Dispose());
}
