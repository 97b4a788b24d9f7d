using System.Globalization;
using WireDns.Alerts.Transports;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Records;
using WireDns.Parquet.Writing;

namespace WireDns.Parquet.Loading;

/// <summary>
/// A DNS log that is made of the records of a topic. The names of its files say which offsets they have, and nothing else does: a run goes on after the last of them, so no
/// record is in the log twice, and none is missing. One run at a time loads a topic into a folder. Used by one thread at a time.
/// </summary>
/// <remarks>
/// The files of a partition are closed together, as a batch: first all are finished under their hidden names, then all are renamed. So a crash leaves hidden files without a
/// sibling, whose records are read again, or hidden files with a sibling that has its name: they are whole, and the next run renames them.
/// </remarks>
public sealed class TopicLog : IDisposable
{
    private const int MostSaid = 32;

    private readonly TopicLogOptions _options;
    private readonly Action<string> _say;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private readonly SortedDictionary<int, PartitionFiles> _partitions = [];
    private readonly ColumnRoom _columns = new();
    private readonly LookupRecord _record = new();
    private readonly OpenTotals _open = new();
    private int _said;

    private TopicLog(TopicLogOptions options, Action<string> say, TimeProvider time, FileStream @lock) => (_options, _say, _time, _lock) = (options, say, time, @lock);

    /// <summary>What was counted.</summary>
    public LoadCounters Counters { get; } = new();

    /// <summary>Opens the log, and brings to an end what an earlier run has begun.</summary>
    /// <param name="options">Which topic, and where to.</param>
    /// <param name="say">Takes a line for the user.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="IOException">The folder cannot be written, or another run loads the topic into it; the message says so.</exception>
    public static TopicLog Open(TopicLogOptions options, Action<string> say, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(say);
        FileStream? @lock = null;
        try
        {
            Directory.CreateDirectory(options.Folder);
            @lock = Lock(options);
            var log = new TopicLog(options, say, time ?? TimeProvider.System, @lock);
            log.Recover();
            return log;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            @lock?.Dispose();
            throw exception is LockedException ? exception
                : new IOException($"parquet:{options.Folder}: it cannot be written: {(exception is DirectoryNotFoundException ? "a part of the path is no folder" : SystemErrors.Words(exception))}", exception);
        }
    }

    /// <summary>The offset of the next record of a partition; null if none was loaded yet.</summary>
    public long? Next(int partition) => _partitions.GetValueOrDefault(partition)?.Next;

    /// <summary>Takes the next record of a partition.</summary>
    /// <param name="number">The partition.</param>
    /// <param name="offset">The record's offset.</param>
    /// <param name="value">What it holds.</param>
    /// <param name="reason">What is wrong with it, in words without anything of it; null if nothing is.</param>
    /// <exception cref="IOException">The disk is full, or the like: the record is not taken, nothing is lost, and the next call tries again.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public RecordKind Take(int number, long offset, ReadOnlyMemory<byte> value, out string? reason)
    {
        reason = null;
        var partition = Partition(number);
        if (offset < partition.Next)
        {
            return RecordKind.LoadedBefore;
        }

        if (partition.IsClosing || partition.Rows >= _options.RowsPerFile || offset > partition.Next)
        {
            // Where offsets are missing another batch begins, so that names tell it.
            partition.Close();
        }

        if (offset > partition.Next)
        {
            SayMissing(number, partition.Next.Value, offset - 1);
        }

        reason = _record.TryRead(value);
        if (reason is not null)
        {
            Counters.AddBad();
            partition.Pass(offset);
            return RecordKind.Bad;
        }

        MakeRoom(_record.Row.Length);
        partition.Add(_record, offset);
        Counters.AddRow(_record.HasUnknown);
        return RecordKind.Row;
    }

    /// <summary>Closes files that are old enough.</summary>
    /// <exception cref="IOException">As for <see cref="Take"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public void CloseOld()
    {
        var now = _time.GetUtcNow();
        foreach (var partition in _partitions.Values.Where(partition => partition.IsClosing || (partition.Rows > 0 && now - partition.Opened >= _options.MaximumAge)))
        {
            partition.Close();
        }
    }

    /// <summary>Closes all files.</summary>
    /// <exception cref="IOException">As for <see cref="Take"/>.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public void Close()
    {
        foreach (var partition in _partitions.Values)
        {
            partition.Close();
        }
    }

    /// <summary>Ends. What is not closed is read again from the topic by the next run.</summary>
    public void Dispose()
    {
        foreach (var partition in _partitions.Values)
        {
            partition.Dispose();
        }

        _columns.Dispose();
        _lock.Dispose();
    }

    private PartitionFiles Partition(int number)
    {
        if (!_partitions.TryGetValue(number, out var partition))
        {
            _partitions.Add(number, partition = new PartitionFiles(_options, number, _columns, _open, Counters, _time));
        }

        return partition;
    }

    private void MakeRoom(int octets)
    {
        while (_open.Files > 0 && (_open.Octets + octets > _options.MostOctets || _open.Files >= _options.MostFiles))
        {
            Counters.AddEarly();
            _partitions.Values.MaxBy(partition => partition.Octets)!.Close();
        }
    }

    private void SayMissing(int partition, long first, long last)
    {
        Counters.AddMissing(last - first + 1);
        _partitions[partition].Pass(last);
        if (_said++ < MostSaid)
        {
            _say(string.Create(CultureInfo.InvariantCulture, $"partition {partition}: offsets {first} to {last} are missing: the topic does not keep records long enough, or they were deleted"));
        }
    }

    private static FileStream Lock(TopicLogOptions options)
    {
        try
        {
            return new FileStream(Path.Combine(options.Folder, $".{options.Topic}.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException exception) when (exception.GetType() == typeof(IOException) && (OperatingSystem.IsWindows() || exception.HResult is 11 or 35))
        {
            // EAGAIN of Linux and macOS.
            throw new LockedException($"parquet:{options.Folder}: another run loads this topic into it", exception);
        }
    }

    /// <summary>Learns from the names of files how far each partition was loaded; renames what was whole, and deletes what was not.</summary>
    private void Recover()
    {
        var begun = new List<(string Path, LoadedName Name)>();
        var lasts = new Dictionary<(int Partition, long First), long>();
        foreach (var folder in Directory.EnumerateDirectories(_options.Folder, "dt=*").SelectMany(day => Directory.EnumerateDirectories(day, "sensor=*")))
        {
            foreach (var path in Directory.EnumerateFiles(folder))
            {
                if (LoadedName.Parse(Path.GetFileName(path), _options.Topic) is { } whole)
                {
                    lasts[(whole.Partition, whole.First)] = whole.Last!.Value;
                    var partition = Partition(whole.Partition);
                    partition.Pass(Math.Max(whole.Last.Value, partition.Next - 1 ?? 0));
                }
                else if (LoadedName.ParseHidden(Path.GetFileName(path), _options.Topic, LogFile.OpenEnding) is { } hidden)
                {
                    begun.Add((path, hidden));
                }
            }
        }

        var deleted = 0;
        foreach (var (path, name) in begun)
        {
            if (lasts.TryGetValue((name.Partition, name.First), out var last))
            {
                File.Move(path, Path.Combine(Path.GetDirectoryName(path)!, (name with { Last = last }).ToString()));
            }
            else
            {
                File.Delete(path);
                deleted++;
            }
        }

        if (begun.Count > 0)
        {
            _say(string.Create(CultureInfo.InvariantCulture, $"parquet:{_options.Folder}: an earlier run did not end well: {deleted} of its {(deleted == 1 ? "files was" : "files were")} not whole, and their records are read again; {begun.Count - deleted} got their names"));
        }
    }

    /// <summary>Another run loads the topic.</summary>
    private sealed class LockedException(string message, Exception cause) : IOException(message, cause);
}
