namespace WireDns.Wire.Dns;

/// <summary>The first fault of a message. Most end the reading; what was read before the fault stays valid.</summary>
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
    /// A compression pointer that points forward, not to a prior name (RFC 1035 §4.1.4). It is followed, as resolvers do, and reading goes on.
    /// </summary>
    PointerForward,

    /// <summary>A compression pointer past the end of the message.</summary>
    PointerOutside,

    /// <summary>A compression pointer into the header.</summary>
    PointerIntoHeader,

    /// <summary>A compression pointer into the run of labels that it ends, or more than 128 in a name: a loop, or a chain longer than any name needs.</summary>
    PointerChain,

    /// <summary>
    /// The names of the message exceed the bound for one message: 65,536 pointers, or 1,048,576 octets after expansion. The rest is not read.
    /// </summary>
    CompressionBound,

    /// <summary>A DSO TLV reaches past the end of the message (RFC 8490 §5.4.4).</summary>
    DsoCut,
}

/// <summary>What a <see cref="DnsError"/> is called in output and counters.</summary>
public static class DnsErrorExtensions
{
    /// <summary>The error as a reason in lower case with underscores, for example <c>pointer_forward</c>; empty for none.</summary>
    public static string ToReason(this DnsError error) => error switch
    {
        DnsError.None => "",
        DnsError.HeaderCut => "header_cut",
        DnsError.QuestionMissing => "question_missing",
        DnsError.QuestionCut => "question_cut",
        DnsError.RecordMissing => "record_missing",
        DnsError.RecordCut => "record_cut",
        DnsError.RdataCut => "rdata_cut",
        DnsError.RdataNameOverrun => "rdata_name_overrun",
        DnsError.NameCut => "name_cut",
        DnsError.NameTooLong => "name_too_long",
        DnsError.LabelType => "label_type",
        DnsError.PointerForward => "pointer_forward",
        DnsError.PointerOutside => "pointer_outside",
        DnsError.PointerIntoHeader => "pointer_into_header",
        DnsError.PointerChain => "pointer_chain",
        DnsError.CompressionBound => "compression_bound",
        DnsError.DsoCut => "dso_cut",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };

    /// <summary>Whether the item could still be read: there is no fault, or one that is only noted.</summary>
    public static bool IsReadable(this DnsError error) => error is DnsError.None or DnsError.PointerForward;

    /// <summary>
    /// Whether the fault is that octets are missing at the end. If the capture cut the message, that says nothing about the message itself.
    /// </summary>
    public static bool IsCut(this DnsError error) => error is DnsError.HeaderCut or DnsError.QuestionMissing or DnsError.QuestionCut
        or DnsError.RecordMissing or DnsError.RecordCut or DnsError.RdataCut or DnsError.NameCut or DnsError.PointerOutside
        or DnsError.DsoCut;
}
