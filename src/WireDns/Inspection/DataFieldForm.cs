namespace WireDns.Inspection;

/// <summary>The form of a <see cref="DataField"/>.</summary>
internal enum DataFieldForm
{
    /// <summary>8 bits.</summary>
    UInt8,

    /// <summary>16 bits.</summary>
    UInt16,

    /// <summary>32 bits.</summary>
    UInt32,

    /// <summary>48 bits.</summary>
    UInt48,

    /// <summary>32 bits: a time span in seconds.</summary>
    Seconds,

    /// <summary>32 bits: seconds since 1970, as DNSSEC counts them.</summary>
    Time,

    /// <summary>16 bits: a record type.</summary>
    Type,

    /// <summary>A name.</summary>
    Name,

    /// <summary>Four octets.</summary>
    Ipv4,

    /// <summary>Sixteen octets.</summary>
    Ipv6,

    /// <summary>A length octet and text.</summary>
    String,

    /// <summary>Texts with a length octet each, to the end.</summary>
    Strings,

    /// <summary>A length octet and octets.</summary>
    CountedOctets,

    /// <summary>A length of 16 bits and octets.</summary>
    LongCountedOctets,

    /// <summary>Windows of a bitmap of types, to the end (RFC 4034 §4.1.2).</summary>
    TypeBitmap,

    /// <summary>Keys of 16 bits with values, to the end (RFC 9460 §2.2).</summary>
    ServiceParameters,

    /// <summary>The rest as text.</summary>
    Text,

    /// <summary>The rest as octets.</summary>
    Octets,
}
