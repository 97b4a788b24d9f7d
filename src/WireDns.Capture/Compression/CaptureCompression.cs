namespace WireDns.Capture;

/// <summary>The compressed formats that a capture file may come in.</summary>
public enum CaptureCompression
{
    /// <summary>Not compressed.</summary>
    None,

    /// <summary>gzip (RFC 1952), several members.</summary>
    Gzip,

    /// <summary>Zstandard (RFC 8878), several and skippable frames.</summary>
    Zstd,

    /// <summary>The LZ4 frame format, several and skippable frames.</summary>
    Lz4,

    /// <summary>The .xz format, several streams with padding.</summary>
    Xz,

    /// <summary>bzip2, several streams.</summary>
    Bzip2,
}
