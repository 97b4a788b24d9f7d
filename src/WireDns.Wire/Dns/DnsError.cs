namespace WireDns.Wire.Dns;

/// <summary>The first fault of a message. Most end the reading; what was read before stands.</summary>
public enum DnsError : byte
{
    /// <summary>No fault.</summary>
    None,

    /// <summary>Fewer than the twelve octets of a header.</summary>
    HeaderCut,

    /// <summary>QDCOUNT is larger than the number of questions that are there.</summary>
    QuestionMissing,

    /// <summary>The message ends between a question's name and the end of its class.</summary>
    QuestionCut,

    /// <summary>ANCOUNT, NSCOUNT or ARCOUNT is larger than the number of records that are there.</summary>
    RecordMissing,

    /// <summary>The message ends between a record's name and the end of its RDLENGTH.</summary>
    RecordCut,

    /// <summary>RDLENGTH reaches past the end of the message.</summary>
    RdataCut,

    /// <summary>A name in rdata, or what stands before it, reaches past RDLENGTH.</summary>
    RdataNameOverrun,

    /// <summary>The message ends within a name.</summary>
    NameCut,

    /// <summary>A name of more than 255 octets after expansion (RFC 1035 §2.3.4).</summary>
    NameTooLong,

    /// <summary>A label of type 01 or 10 (RFC 1035 §4.1.4, RFC 6891 §5).</summary>
    LabelType,

    /// <summary>
    /// A compression pointer that points past itself, and not to a prior name (RFC 1035 §4.1.4). It is followed, as resolvers do, and reading
    /// goes on.
    /// </summary>
    PointerForward,

    /// <summary>A compression pointer past the end of the message.</summary>
    PointerOutside,

    /// <summary>A compression pointer into the header.</summary>
    PointerIntoHeader,

    /// <summary>A compression pointer into the run of labels that it ends, or more than 128 in a name: a loop, or a chain longer than any name needs.</summary>
    PointerChain,

    /// <summary>
    /// The names of the message cost more than one may: 65,536 pointers, or 1,048,576 octets after expansion. What follows is not read.
    /// </summary>
    CompressionBound,

    /// <summary>A DSO TLV reaches past the end of the message (RFC 8490 §5.4.4).</summary>
    DsoCut,
}
