namespace WireDns.Wire.Dns;

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

    /// <summary>Whether what has the fault could be read in spite of it: there is none, or it is noted and no more.</summary>
    public static bool IsReadable(this DnsError error) => error is DnsError.None or DnsError.PointerForward;

    /// <summary>
    /// Whether the fault is that octets are missing at the end: behind a snap length that says nothing about the message itself.
    /// </summary>
    public static bool IsCut(this DnsError error) => error is DnsError.HeaderCut or DnsError.QuestionMissing or DnsError.QuestionCut
        or DnsError.RecordMissing or DnsError.RecordCut or DnsError.RdataCut or DnsError.NameCut or DnsError.PointerOutside
        or DnsError.DsoCut;
}
