namespace WireDns.Wire.Dns;

/// <summary>
/// What is to be made of a message as a whole. A message is delivered if at least one question is sound, or all of it: also a broken
/// message is matched on what was read before the break, because its receiver may answer it.
/// </summary>
public readonly record struct DnsMessageVerdict
{
    /// <summary>The first fault; none where the message is sound.</summary>
    public DnsError Error { get; init; }

    /// <summary>Where the fault is, in bytes from the start of the message; 0 without one.</summary>
    public int ErrorOffset { get; init; }

    /// <summary>Sound questions before the fault, or all; 0 to 65,535.</summary>
    public int QuestionsRead { get; init; }

    /// <summary>Sound records before the fault, or all; 0 to 196,605.</summary>
    public int RecordsRead { get; init; }

    /// <summary>
    /// Bytes behind the last section of a sound message: no fault, and no part of it. The TLVs of a DSO message are not among them.
    /// </summary>
    public int TrailingBytes { get; init; }

    /// <summary>
    /// Whether the snap length cut the message and nothing else is wrong with it. It counts as incomplete then, and not as malformed.
    /// </summary>
    public bool IsIncomplete { get; init; }

    /// <summary>Whether the message counts as malformed; <see cref="DnsErrorExtensions.ToReason"/> names the fault.</summary>
    public bool IsMalformed => Error != DnsError.None && !IsIncomplete;

    /// <summary>Whether the message is handed on: a question of it is sound, or the whole of it is.</summary>
    public bool IsDelivered => QuestionsRead > 0 || Error == DnsError.None;
}
