namespace WireDns.Wire.Dns;

/// <summary>
/// The result of reading a whole message. A message is delivered if something of it can be matched: a sound question, the start of a broken
/// name, or all of it. Its receiver may answer a broken message too.
/// </summary>
public readonly record struct DnsMessageVerdict
{
    /// <summary>The first fault; none where the message is sound.</summary>
    public DnsError Error { get; init; }

    /// <summary>Where the fault is, in bytes from the start of the message; 0 without one.</summary>
    public int ErrorOffset { get; init; }

    /// <summary>Sound questions before the fault, or all; 0 to 65,535.</summary>
    public int QuestionsRead { get; init; }

    /// <summary>Questions with a broken name; 0 to 65,535. <see cref="DnsMessageReader.BrokenNames"/> has the labels before the break.</summary>
    public int BrokenQuestions { get; init; }

    /// <summary>Whether at least one label of a broken question could be read.</summary>
    public bool HasBrokenName { get; init; }

    /// <summary>Sound records before the fault, or all; 0 to 196,605.</summary>
    public int RecordsRead { get; init; }

    /// <summary>
    /// Bytes after the last section of a sound message. They are no fault, and no part of the message. The TLVs of a DSO message are not among them.
    /// </summary>
    public int TrailingBytes { get; init; }

    /// <summary>
    /// Whether the snap length cut the message and nothing else is wrong with it. It then counts as incomplete, not as malformed.
    /// </summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Whether the message counts as malformed; <see cref="DnsErrorExtensions.ToReason"/> names the fault.</summary>
    public bool IsMalformed => Error != DnsError.None && !IsIncomplete;

    /// <summary>Whether the message is handed on: it is sound, or has a sound question, or a broken name that could be read in part.</summary>
    public bool IsDelivered => QuestionsRead > 0 || Error == DnsError.None || (HasBrokenName && !IsIncomplete);
}
