namespace WireDns.Capture.Files;

/// <summary>
/// Finds the packets in the bytes of one file format. It sees one window of the file at a time and says how much of it is consumed; the
/// rest comes again, followed by more, in the next window.
/// </summary>
internal abstract class PacketFraming
{
    /// <summary>
    /// The longest credible packet, in bytes: the largest snap length of tcpdump. A longer one means that the length is damaged.
    /// </summary>
    public const int MaximumCapturedLength = 262_144;

    /// <summary>Which format this is.</summary>
    public abstract CaptureFormat Format { get; }

    /// <summary>Number of packets so far, unreadable ones included.</summary>
    public long PacketNumber { get; protected set; }

    /// <summary>
    /// Interfaces by source-wide index; entries from <see cref="InterfaceCount"/> on are null. Replaced when it grows.
    /// </summary>
    public CaptureInterface[] Interfaces { get; protected set; } = [];

    /// <summary>Number of <see cref="Interfaces"/>.</summary>
    public int InterfaceCount { get; protected set; }

    /// <summary>
    /// The damage right after the bytes that were consumed, or null. Once set, nothing more is parsed.
    /// </summary>
    public CaptureFault? Fault { get; protected set; }

    /// <summary>Number of the packet that comes next, for a message about damage.</summary>
    public long NextPacketNumber => PacketNumber + 1;

    /// <summary>
    /// Adds the packets of the window <c>[start, end)</c> of the batch's buffer to the batch.
    /// </summary>
    /// <returns>Where the part that was not consumed begins.</returns>
    public abstract int Parse(PacketBatch batch, int start, int end);

    /// <summary>What is wrong if the file ends with these bytes left over; null if it may end here.</summary>
    public abstract CaptureFault? FaultAtEnd(ReadOnlySpan<byte> rest);
}
