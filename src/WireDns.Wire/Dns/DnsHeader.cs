using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>The twelve octets that every DNS message starts with (RFC 1035 §4.1.1), as a value.</summary>
public readonly struct DnsHeader
{
    /// <summary>Length on the wire, in bytes.</summary>
    public const int LengthInBytes = 12;

    // Id, flags, QDCOUNT and ANCOUNT in network order from the top; NSCOUNT and ARCOUNT likewise.
    private readonly ulong _idFlagsQuestionsAnswers;
    private readonly uint _authoritiesAdditionals;

    private DnsHeader(ulong idFlagsQuestionsAnswers, uint authoritiesAdditionals)
    {
        _idFlagsQuestionsAnswers = idFlagsQuestionsAnswers;
        _authoritiesAdditionals = authoritiesAdditionals;
    }

    /// <summary>Identifier that a response copies from its query.</summary>
    public ushort Id => (ushort)(_idFlagsQuestionsAnswers >> 48);

    /// <summary>The second 16 bits as they stand: QR, opcode, AA, TC, RD, RA, Z, AD, CD and the response code.</summary>
    public ushort Flags => (ushort)(_idFlagsQuestionsAnswers >> 32);

    /// <summary>QR: whether the message is a response.</summary>
    public bool IsResponse => (Flags & 0x8000) != 0;

    /// <summary>Kind of operation, 0 to 15; any value may occur.</summary>
    public DnsOpcode Opcode => (DnsOpcode)((Flags >> 11) & 0xf);

    /// <summary>AA: the answer is from an authority for the name.</summary>
    public bool IsAuthoritativeAnswer => (Flags & 0x0400) != 0;

    /// <summary>TC: the sender left something out for lack of space. It says nothing about the capture.</summary>
    public bool IsTruncated => (Flags & 0x0200) != 0;

    /// <summary>RD: the client asks for recursion.</summary>
    public bool IsRecursionDesired => (Flags & 0x0100) != 0;

    /// <summary>RA: the server offers recursion.</summary>
    public bool IsRecursionAvailable => (Flags & 0x0080) != 0;

    /// <summary>Z: the one bit that is still reserved.</summary>
    public bool IsReservedBitSet => (Flags & 0x0040) != 0;

    /// <summary>AD: the data is authenticated (RFC 4035 §3.2.3).</summary>
    public bool IsAuthenticData => (Flags & 0x0020) != 0;

    /// <summary>CD: the client checks the data itself (RFC 4035 §3.2.2).</summary>
    public bool IsCheckingDisabled => (Flags & 0x0010) != 0;

    /// <summary>
    /// The four bits of the response code in the header, 0 to 15. An OPT record may hold eight more
    /// (<see cref="DnsEdns.GetResponseCode"/>).
    /// </summary>
    public DnsResponseCode ResponseCode => (DnsResponseCode)(Flags & 0xf);

    /// <summary>QDCOUNT: how many questions the message claims. In an UPDATE, zones.</summary>
    public ushort QuestionCount => (ushort)(_idFlagsQuestionsAnswers >> 16);

    /// <summary>ANCOUNT: how many answers the message claims. In an UPDATE, prerequisites.</summary>
    public ushort AnswerCount => (ushort)_idFlagsQuestionsAnswers;

    /// <summary>NSCOUNT: how many authority records the message claims. In an UPDATE, updates.</summary>
    public ushort AuthorityCount => (ushort)(_authoritiesAdditionals >> 16);

    /// <summary>ARCOUNT: how many additional records the message claims.</summary>
    public ushort AdditionalCount => (ushort)_authoritiesAdditionals;

    /// <summary>Whether all four counts are zero.</summary>
    internal bool AreCountsZero => (uint)_idFlagsQuestionsAnswers == 0 && _authoritiesAdditionals == 0;

    /// <summary>Records of all three sections that the message claims; 0 to 196,605.</summary>
    internal int RecordCount => AnswerCount + AuthorityCount + AdditionalCount;

    /// <summary>Reads the header at the start of <paramref name="message"/>; false if fewer than twelve octets are there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out DnsHeader header)
    {
        if (message.Length < LengthInBytes)
        {
            header = default;
            return false;
        }

        header = new DnsHeader(
            BinaryPrimitives.ReadUInt64BigEndian(message), BinaryPrimitives.ReadUInt32BigEndian(message[8..]));
        return true;
    }
}
