using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>An interface that a capture file describes. Immutable.</summary>
public sealed record CaptureInterface
{
    /// <summary>The link type of its packets.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>
    /// Its name (pcapng option <c>if_name</c>), at most <see cref="MaximumTextLength"/> bytes of UTF-8; null where the
    /// file gives none. Comes from the file: escape it before it is shown.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Its description (pcapng option <c>if_description</c>), bounded like <see cref="Name"/>; null where there is
    /// none.
    /// </summary>
    public string? Description { get; init; }

    /// <summary>
    /// The snap length that the file states, in bytes; 0 where it states no limit. Files lie about it: nothing is cut
    /// by it, except the Simple Packet Block, whose captured length is defined by it.
    /// </summary>
    public uint SnapLength { get; init; }

    /// <summary>How much of a name or a description is kept, in bytes.</summary>
    public const int MaximumTextLength = 256;
}
