namespace WireDns.Parquet.Format;

/// <summary>What a field is, or the items of a list, in Thrift's compact protocol (thrift-compact-protocol.md of Apache Thrift).</summary>
internal enum ThriftType
{
    /// <summary>A switch that is on, without further octets.</summary>
    True = 1,

    /// <summary>A switch that is off, without further octets.</summary>
    False = 2,

    /// <summary>One octet.</summary>
    Byte = 3,

    /// <summary>A number of 16 bits, in as many octets as it needs.</summary>
    Int16 = 4,

    /// <summary>A number of 32 bits, in as many octets as it needs.</summary>
    Int32 = 5,

    /// <summary>A number of 64 bits, in as many octets as it needs.</summary>
    Int64 = 6,

    /// <summary>A real number, eight octets.</summary>
    Double = 7,

    /// <summary>A length, and so many octets.</summary>
    Binary = 8,

    /// <summary>A list.</summary>
    List = 9,

    /// <summary>Fields, up to an octet that is zero.</summary>
    Structure = 12,
}
