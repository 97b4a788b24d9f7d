using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// Tells whether bytes could be the start of a message, for a TCP stream that is picked up in the middle, where a segment may begin
/// anywhere in a message. Strict, because a wrong start garbles the stream until the next one; what real senders send passes.
/// </summary>
public static class DnsMessageStart
{
    // A name of one octet, type and class.
    private const int ShortestQuestion = 5;

    // A name of one octet, type, class, TTL and RDLENGTH.
    private const int ShortestRecord = 11;

    // Without flags there is nothing to judge but the length: a message that is not part of a transfer is shorter than this.
    private const int LongestUnseen = 4096;

    /// <summary>
    /// Whether <paramref name="start"/> could begin a message of <paramref name="messageLength"/> bytes. Missing bytes are not held against it.
    /// </summary>
    /// <param name="start">The first bytes of the possible message, as many as are there (none, fewer or more than the message).</param>
    /// <param name="messageLength">Length of the possible message, in bytes, as the two octets before it say.</param>
    public static bool IsPlausible(ReadOnlySpan<byte> start, int messageLength)
    {
        if (messageLength < DnsHeader.LengthInBytes)
        {
            return false;
        }

        if (start.Length < 4)
        {
            return messageLength <= LongestUnseen;
        }

        if (!AreFlagsPlausible(BinaryPrimitives.ReadUInt16BigEndian(start[2..])))
        {
            return false;
        }

        start = start[..Math.Min(start.Length, messageLength)];
        return DnsHeader.TryRead(start, out var header)
            ? AreCountsPlausible(header, messageLength) && IsFirstQuestionPlausible(start, header, messageLength)
            : IsQuestionCountPlausible(start);
    }

    /// <summary>
    /// Whether a whole payload is a message although its port does not say so: sound from end to end, with one question of a class that
    /// exists, and flags, opcode and response code that senders use. Query or response alike.
    /// </summary>
    /// <param name="payload">The payload.</param>
    /// <param name="messageLength">Its length, in bytes.</param>
    public static bool IsMessage(ReadOnlySpan<byte> payload, int messageLength)
    {
        if (!IsPlausible(payload, messageLength) || !DnsHeader.TryRead(payload, out var header) || header.QuestionCount != 1)
        {
            return false;
        }

        var verdict = new DnsMessageReader(payload).Finish();
        return verdict is { Error: DnsError.None, TrailingBytes: 0 };
    }

    private static bool AreFlagsPlausible(ushort flags)
    {
        // Z is zero (RFC 1035 §4.1.1); unassigned opcodes and response codes come over UDP, from people who test servers, and hardly ever over TCP.
        var opcode = (DnsOpcode)((flags >> 11) & 0xf);
        var responseCode = (DnsResponseCode)(flags & 0xf);
        var isResponse = (flags & 0x8000) != 0;
        return (flags & 0x0040) == 0
            && !DnsMnemonics.Get(opcode).IsEmpty
            && !DnsMnemonics.Get(responseCode).IsEmpty
            && (isResponse || (responseCode == DnsResponseCode.NoError && (flags & 0x0280) == 0));
    }

    private static bool IsQuestionCountPlausible(ReadOnlySpan<byte> start) =>
        start.Length < 6 || BinaryPrimitives.ReadUInt16BigEndian(start[4..]) <= 1;

    private static bool AreCountsPlausible(DnsHeader header, int messageLength)
    {
        var leastLength = DnsHeader.LengthInBytes + (header.QuestionCount * ShortestQuestion) + (header.RecordCount * ShortestRecord);
        if (header.QuestionCount > 1 || leastLength > messageLength)
        {
            return false;
        }

        if (header.Opcode == DnsOpcode.Dso)
        {
            return header.AreCountsZero;
        }

        // A response may leave the question out (transfers do, RFC 5936 §2.2.1), and so may an error.
        if (header.IsResponse)
        {
            return header.QuestionCount == 1 || header.AnswerCount > 0 || header.ResponseCode != DnsResponseCode.NoError;
        }

        // An IXFR query has a SOA in the authority section (RFC 1995 §3), OPT and TSIG stand in the additional one.
        return header.Opcode switch
        {
            DnsOpcode.Query or DnsOpcode.Status =>
                header.QuestionCount == 1 && header.AnswerCount == 0 && header.AuthorityCount <= 1 && header.AdditionalCount <= 3,
            DnsOpcode.IQuery => header.QuestionCount == 0 && header.AnswerCount > 0,
            _ => header.QuestionCount == 1,
        };
    }

    private static bool IsFirstQuestionPlausible(ReadOnlySpan<byte> start, DnsHeader header, int messageLength)
    {
        if (header.QuestionCount == 0)
        {
            return true;
        }

        var error = DnsName.Read(start, DnsHeader.LengthInBytes, start.Length, out _, out var next);
        if (!error.IsReadable())
        {
            return error is DnsError.NameCut or DnsError.PointerOutside && start.Length < messageLength;
        }

        if (start.Length - next < 4)
        {
            return start.Length < messageLength;
        }

        var dnsClass = (DnsClass)BinaryPrimitives.ReadUInt16BigEndian(start[(next + 2)..]);
        return !DnsMnemonics.Get(dnsClass).IsEmpty;
    }
}
