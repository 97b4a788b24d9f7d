using WireDns.Capture;

namespace WireDns;

/// <summary>Reads capture files one by one through a pipeline. A file that fails is reported, and the next one is read.</summary>
internal sealed class FileRun(Pipeline pipeline, Action<PacketSource> onSource)
{
    // Whoever holds it has the pipeline.
    private readonly Lock _turn = new();

    /// <summary>The name that stands for standard input.</summary>
    public const string StandardInput = "-";

    /// <summary>Files that were not read to their end, because they are damaged or unreadable.</summary>
    public int Failed { get; private set; }

    /// <summary>Reads the files until their end, or until it is cancelled: each by itself, or all as one capture in the order of time.</summary>
    public void Read(IReadOnlyList<string> paths, bool areMerged, CancellationToken cancellation)
    {
        if (areMerged)
        {
            ReadMerged(paths, cancellation);
        }
        else
        {
            ReadEach(paths, cancellation);
        }
    }

    /// <summary>Does something between two batches of packets, for which the pipeline stands still: a report of one moment.</summary>
    public void Pause(Action action)
    {
        lock (_turn)
        {
            action();
        }
    }

    private void ReadEach(IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        foreach (var path in paths)
        {
            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            Guard(path, () =>
            {
                using var reader = Open(path);
                Read(reader, cancellation);
            });
        }
    }

    private void Read(CaptureFileReader reader, CancellationToken cancellation)
    {
        onSource(new PacketSource(reader));
        try
        {
            while (!cancellation.IsCancellationRequested && reader.TryReadBatch(out var batch))
            {
                lock (_turn)
                {
                    foreach (var packet in batch)
                    {
                        pipeline.Process(packet);
                    }
                }
            }
        }
        finally
        {
            // Also where the file is damaged: what came before the damage is decoded to its end.
            lock (_turn)
            {
                pipeline.FinishSource();
                pipeline.Ledger.Add(reader.Skipped);
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
        var sources = readers.ConvertAll(reader => new PacketSource(reader));
        Guard("merge", () =>
        {
            var last = -1;
            while (!cancellation.IsCancellationRequested && merged.TryRead(out var packet, out var source))
            {
                lock (_turn)
                {
                    if (source != last)
                    {
                        onSource(sources[source]);
                        last = source;
                    }

                    pipeline.Process(packet);
                }
            }
        });
        lock (_turn)
        {
            pipeline.FinishSource();
            readers.ForEach(reader => pipeline.Ledger.Add(reader.Skipped));
        }

        foreach (var damage in merged.Damage)
        {
            Failed++;
            StandardError.Write($"wiredns: {damage.Message}");
        }
    }

    /// <summary>Opens a capture file, or standard input.</summary>
    internal static CaptureFileReader Open(string path) => path == StandardInput
        ? CaptureFile.Open(Console.OpenStandardInput(), "standard input")
        : CaptureFile.Open(path);

    private void Guard(string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            Failed++;
            StandardError.Write($"wiredns: {Describe(path, exception)}");
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
