namespace WireDns.Wire.Dns;

/// <summary>The first fault of a message. Reading stops there; what was read before it stands.</summary>
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

    /// <summary>A compression pointer that does not point before the run of labels that it ends: forward, to itself, a loop.</summary>
    PointerForward,

    /// <summary>A compression pointer into the header.</summary>
    PointerIntoHeader,

    /// <summary>More compression pointers in a name than its labels could need.</summary>
    PointerChain,

    /// <summary>A DSO TLV reaches past the end of the message (RFC 8490 §5.4.4).</summary>
    DsoCut,
}
