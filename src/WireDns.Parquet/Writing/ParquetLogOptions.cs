namespace WireDns.Parquet.Writing;

/// <summary>Where a DNS log in Parquet is written, and when its files are closed. Immutable.</summary>
public sealed record ParquetLogOptions
{
    /// <summary>The folder, which is made if it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>The sensor's name: letters, digits, dots, hyphens and underscores.</summary>
    public required string Sensor { get; init; }

    /// <summary>The program's version, for the footer.</summary>
    public string ProductVersion { get; init; } = "";

    /// <summary>What tells the public suffix list that gives registered domains from others, for the footer. Default: null, nothing is said.</summary>
    public string? Suffixes { get; init; }

    /// <summary>Whether the addresses of clients are hidden. Default: false.</summary>
    public bool HidesClients { get; init; }

    /// <summary>The run that wrote a file, for its name and its footer: letters, digits, dots, hyphens and underscores. Default: null, a random one.</summary>
    public string? Run { get; init; }

    /// <summary>What the name of a file has after <c>.parquet</c>. Default: nothing.</summary>
    public string Ending { get; init; } = "";

    /// <summary>Rows of a group: they are sorted and compressed together, and held in memory until then. Default: 40,000.</summary>
    public int RowsPerGroup { get; init; } = 40_000;

    /// <summary>Rows after which a file is closed. Default: 1,000,000.</summary>
    public int RowsPerFile { get; init; } = 1_000_000;

    /// <summary>Age at which a file is closed. Default: 5 minutes.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromMinutes(5);
}
