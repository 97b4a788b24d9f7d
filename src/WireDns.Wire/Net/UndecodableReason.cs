namespace WireDns.Wire.Net;

/// <summary>Why a packet could not be decoded as far as its payload.</summary>
public enum UndecodableReason
{
    /// <summary>The link type is one that no decoder knows.</summary>
    UnknownLinkType,

    /// <summary>The packet ends within a header, by the snap length or on the wire.</summary>
    CutHeader,

    /// <summary>A version field contradicts the layer below (a version nibble, a tunnel's version).</summary>
    BadVersion,

    /// <summary>A length field is smaller than its header, or larger than what carries it.</summary>
    BadLength,

    /// <summary>More tunnels than <see cref="PacketDecoderOptions.MaximumTunnels"/>.</summary>
    TooManyTunnels,

    /// <summary>More VLAN tags than <see cref="PacketDecoderOptions.MaximumVlanTags"/>, or a label stack without an end.</summary>
    TooManyTags,

    /// <summary>More IPv6 extension headers, or headers between link and IP, than the decoder follows.</summary>
    TooManyHeaders,

    /// <summary>ESP, MACsec, or a protected 802.11 frame.</summary>
    Encrypted,

    /// <summary>A fragment that cannot be part of any datagram: a length that is no multiple of 8, or an end past 65,535 bytes.</summary>
    BadFragment,

    /// <summary>A fragment of an IPv6 datagram whose fragments overlap, which no receiver may accept (RFC 5722 §4).</summary>
    OverlappingFragments,

    /// <summary>A header whose form the decoder does not read (GRE source routes).</summary>
    UnsupportedHeader,

    /// <summary>An exception was thrown: a fault of the program, in the decoder or in the code that took its payloads.</summary>
    InternalError,

    /// <summary>The capture file names an interface for it that it has not described, so that its link type is not known.</summary>
    FileUnknownInterface,

    /// <summary>Its length in the capture file reaches past the block that holds it.</summary>
    FileLengthBeyondBlock,

    /// <summary>Its block in the capture file is too short for the fields of its type.</summary>
    FileBlockTooShort,
}

/// <summary>What an <see cref="UndecodableReason"/> is called in output and counters.</summary>
public static class UndecodableReasonExtensions
{
    /// <summary>The reason in lower case with underscores, for example <c>cut_header</c>.</summary>
    public static string ToReason(this UndecodableReason reason) => reason switch
    {
        UndecodableReason.UnknownLinkType => "unknown_link_type",
        UndecodableReason.CutHeader => "cut_header",
        UndecodableReason.BadVersion => "bad_version",
        UndecodableReason.BadLength => "bad_length",
        UndecodableReason.TooManyTunnels => "too_many_tunnels",
        UndecodableReason.TooManyTags => "too_many_tags",
        UndecodableReason.TooManyHeaders => "too_many_headers",
        UndecodableReason.Encrypted => "encrypted",
        UndecodableReason.BadFragment => "bad_fragment",
        UndecodableReason.OverlappingFragments => "overlapping_fragments",
        UndecodableReason.UnsupportedHeader => "unsupported_header",
        UndecodableReason.InternalError => "internal_error",
        UndecodableReason.FileUnknownInterface => "file_unknown_interface",
        UndecodableReason.FileLengthBeyondBlock => "file_length_beyond_block",
        UndecodableReason.FileBlockTooShort => "file_block_too_short",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
    };
}
