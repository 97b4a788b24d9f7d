using WireDns.Parquet.Columns;
using WireDns.Parquet.Records;
using WireDns.Parquet.Writing;

namespace WireDns.Parquet.Loading;

/// <summary>
/// The open files of one partition, which are closed together: one for each day and run of a sensor. Used by one thread at a time.
/// </summary>
internal sealed class PartitionFiles(TopicLogOptions options, int number, ColumnRoom columns, OpenTotals totals, LoadCounters counters, TimeProvider time) : IDisposable
{
    private readonly Dictionary<(long Day, RecordOrigin Origin), OpenFile> _files = [];
    private long? _first;
    private int _fileNumber;

    /// <summary>The offset of the next record; null if none was taken yet.</summary>
    public long? Next { get; private set; }

    /// <summary>Rows in the open files.</summary>
    public long Rows { get; private set; }

    /// <summary>Octets that the rows of the open files take in memory, at most.</summary>
    public long Octets { get; private set; }

    /// <summary>When the first row of the open files came.</summary>
    public DateTimeOffset Opened { get; private set; }

    /// <summary>Whether <see cref="Close"/> has failed half-way: it has to end before the next record.</summary>
    public bool IsClosing { get; private set; }

    /// <summary>A record that is no row was dealt with.</summary>
    public void Pass(long offset) => Next = offset + 1;

    /// <summary>Takes a row.</summary>
    /// <exception cref="IOException">It is not taken.</exception>
    public void Add(LookupRecord record, long offset)
    {
        var first = _first ?? offset;
        var key = (LogPlace.DayOf(record.Time), record.Origin);
        if (!_files.TryGetValue(key, out var open))
        {
            _files.Add(key, open = Create(record, first));
            totals.Files++;
        }

        if (open.File.IsGroupFull)
        {
            open.File.Save();
            open.Held = 0;
        }

        open.File.Add(record.Row, record.IsCut);
        open.Held += record.Row.Length;
        var more = Math.Max(open.Held - open.Most, 0);
        open.Most += more;
        Octets += more;
        totals.Octets += more;
        Opened = Rows++ == 0 ? time.GetUtcNow() : Opened;
        _first = first;
        Pass(offset);
    }

    /// <summary>Finishes all files, and gives them their names.</summary>
    /// <exception cref="IOException">Not all of it was done: it has to be called again.</exception>
    public void Close()
    {
        if (_files.Count == 0)
        {
            return;
        }

        IsClosing = true;
        foreach (var open in _files.Values)
        {
            open.File.Finish();
        }

        // All are whole now. After a crash from here on, the next run gives them the names that they lack.
        foreach (var (key, open) in _files)
        {
            open.File.Publish(Path.Combine(open.Folder, (open.Name with { Last = Next - 1 }).ToString()));
            _files.Remove(key);
            totals.Files--;
            counters.AddFile();
        }

        IsClosing = false;
        totals.Octets -= Octets;
        (_first, _fileNumber, Rows, Octets) = (null, 0, 0, 0);
    }

    public void Dispose()
    {
        foreach (var open in _files.Values)
        {
            open.File.Dispose();
        }
    }

    private OpenFile Create(LookupRecord record, long first)
    {
        var origin = record.Origin;
        var name = new LoadedName(options.Topic, number, first, null, LogPlace.NameOf(LogPlace.MomentOf(record.Time)), ++_fileNumber);
        var folder = LogPlace.FolderOf(options.Folder, record.Time, origin.Sensor);
        var footer = LogFooter.Of(origin.Sensor, origin.Run, origin.IsOrderedByTime, origin.HidesClients, origin.Suffixes, origin.ProductVersion);
        return new OpenFile(new LogFile(Path.Combine(folder, name.ToString()), options.RowsPerGroup, columns, footer, time.GetUtcNow()), folder, name);
    }

    private sealed class OpenFile(LogFile file, string folder, LoadedName name)
    {
        public LogFile File => file;

        public string Folder => folder;

        public LoadedName Name => name;

        /// <summary>Octets of the rows that wait for their group.</summary>
        public long Held { get; set; }

        /// <summary>The most that they were.</summary>
        public long Most { get; set; }
    }
}

/// <summary>What all open files of a log have together.</summary>
internal sealed class OpenTotals
{
    /// <summary>How many they are.</summary>
    public int Files { get; set; }

    /// <summary>Octets that their rows take in memory, at most.</summary>
    public long Octets { get; set; }
}
