namespace WireDns.Alerts.Buffers;

/// <summary>Where messages wait on disk, how many, and what is done when there are more.</summary>
public sealed record SpoolOptions
{
    /// <summary>The folder of this sink's spool alone; it is made where it is not there (mode 0700).</summary>
    public required string Folder { get; init; }

    /// <summary>What the messages are for: the target and its format. A spool that was filled for another is not opened.</summary>
    public required string Owner { get; init; }

    /// <summary>Octets of all segments together, at least 64 KiB; by default 1 GiB.</summary>
    public long MaximumSize { get; init; } = 1L << 30;

    /// <summary>
    /// Whether a full spool lets the oldest segment go; by default it takes no new message, which then waits in memory, and is dropped when
    /// that is full too.
    /// </summary>
    public bool DropsOldest { get; init; }

    /// <summary>
    /// Whether each batch is on the disk before it counts as spooled. By default it is handed to the system, which survives SIGKILL; a
    /// power loss costs what the system had not written yet, on Linux about the last 30 seconds.
    /// </summary>
    public bool IsSynced { get; init; }
}
