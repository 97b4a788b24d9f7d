namespace WireDns.Alerts.Buffers;

/// <summary>Where messages wait on disk, how many, and what happens when there are more.</summary>
public sealed record SpoolOptions
{
    /// <summary>The folder of this sink's spool, and of no other; it is created if it does not exist (mode 0700).</summary>
    public required string Folder { get; init; }

    /// <summary>What the messages are for: the target and its format. A spool that was filled for another is not opened.</summary>
    public required string Owner { get; init; }

    /// <summary>The most octets in all segments together, at least 256 KiB; by default 1 GiB.</summary>
    public long MaximumSize { get; init; } = 1L << 30;

    /// <summary>
    /// Whether a full spool drops its oldest segment. By default it accepts no new message, which then waits in memory, and is dropped when
    /// that is full too.
    /// </summary>
    public bool DropsOldest { get; init; }

    /// <summary>
    /// Whether each batch is on the disk before it counts as spooled. By default it is handed to the system, which survives SIGKILL; a
    /// power failure loses what the system had not written yet, on Linux about the last 30 seconds.
    /// </summary>
    public bool IsSynced { get; init; }
}
