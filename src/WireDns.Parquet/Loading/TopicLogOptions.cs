namespace WireDns.Parquet.Loading;

/// <summary>Which topic is loaded into which log, and when files are closed. Immutable.</summary>
public sealed record TopicLogOptions
{
    /// <summary>The longest name of a topic whose files file systems take.</summary>
    public const int LongestTopic = LoadedName.LongestTopic;

    /// <summary>The folder of the log, which is made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>The topic: letters, digits, dots, hyphens and underscores, at most <see cref="LongestTopic"/> of them.</summary>
    public required string Topic { get; init; }

    /// <summary>Rows of a group: they are sorted and compressed together, and held in memory until then. Default: 40,000.</summary>
    public int RowsPerGroup { get; init; } = 40_000;

    /// <summary>Rows of a partition after which its files are closed. Default: 1,000,000.</summary>
    public int RowsPerFile { get; init; } = 1_000_000;

    /// <summary>Age at which the files of a partition are closed. Default: 5 minutes.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Octets of rows that may wait for their groups, of all files together; beyond that files are closed early. Default: 128 MiB.</summary>
    public long MostOctets { get; init; } = 128L << 20;

    /// <summary>Files that may be open at the same time; beyond that some are closed early. Default: 256.</summary>
    public int MostFiles { get; init; } = 256;
}

/// <summary>Counts what happens to the records of a topic. Written by one thread; others may read it.</summary>
public sealed class LoadCounters
{
    private long _rows;
    private long _bad;
    private long _newer;
    private long _missing;
    private long _files;
    private long _early;

    /// <summary>Records that became rows.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Records that are no lookups of a DNS log, or damaged.</summary>
    public long Bad => Volatile.Read(ref _bad);

    /// <summary>Of <see cref="Rows"/>, those of a newer version, with members that are not in this version's columns.</summary>
    public long Newer => Volatile.Read(ref _newer);

    /// <summary>Offsets that the topic did not have any more.</summary>
    public long Missing => Volatile.Read(ref _missing);

    /// <summary>Files that were finished.</summary>
    public long Files => Volatile.Read(ref _files);

    /// <summary>Partitions whose files were closed early, for want of room.</summary>
    public long Early => Volatile.Read(ref _early);

    internal void AddRow(bool isNewer)
    {
        _rows++;
        _newer += isNewer ? 1 : 0;
    }

    internal void AddBad() => _bad++;

    internal void AddMissing(long count) => _missing += count;

    internal void AddFile() => _files++;

    internal void AddEarly() => _early++;
}

/// <summary>What a record of a topic is.</summary>
public enum RecordKind
{
    /// <summary>A lookup, which is a row now.</summary>
    Row,

    /// <summary>No lookup, or a damaged one.</summary>
    Bad,

    /// <summary>Its offset was loaded before: the topic is not the one that the folder has files of.</summary>
    LoadedBefore,
}
