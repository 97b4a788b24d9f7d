using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>An interface that a capture file describes. Immutable.</summary>
public sealed record CaptureInterface
{
    /// <summary>The link type of its packets.</summary>
    public required LinkType LinkType { get; init; }

    /// <summary>
    /// Its name (pcapng option <c>if_name</c>), at most <see cref="MaximumTextLength"/> bytes of UTF-8; null where the file gives none.
    /// Untrusted text from the file: escape it before it is shown.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// Its description (pcapng option <c>if_description</c>), bounded like <see cref="Name"/>; null where there is
    /// none.
    /// </summary>
    public string? Description { get; init; }

    /// <summary>
    /// The snap length that the file states, in bytes; 0 where it states no limit. Files lie about it, so nothing is cut to it, except in a
    /// Simple Packet Block, whose captured length it defines.
    /// </summary>
    public uint SnapLength { get; init; }

    /// <summary>The most bytes of a name or a description that are kept.</summary>
    public const int MaximumTextLength = 256;
}
