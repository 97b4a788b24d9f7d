using WireDns.Detection.Rules;

namespace WireDns.Detection.Messages;

/// <summary>What a rule can ask about a lookup. Each of Sigma's field names maps to one of these (<see cref="DnsFields"/>).</summary>
public enum DnsField
{
    /// <summary>The name in a question, or a broken name in a malformed message.</summary>
    QuestionName,

    /// <summary>The mnemonic of a question's type: AAAA.</summary>
    QuestionType,

    /// <summary>The number of a question's type: 28.</summary>
    QuestionTypeNumber,

    /// <summary>The mnemonic of a question's class: IN.</summary>
    QuestionClass,

    /// <summary>The number of a question's class: 1.</summary>
    QuestionClassNumber,

    /// <summary>The mnemonic of a question's or an answer's type.</summary>
    RecordType,

    /// <summary>The length of a question's name as text, in characters; 0 for the root.</summary>
    QuestionLength,

    /// <summary>The length of a question's name on the wire, from 1 octet for the root to 255.</summary>
    QuestionOctets,

    /// <summary>The data of an answer in presentation form: an address, a name, or text.</summary>
    AnswerData,

    /// <summary>The owner name of an answer.</summary>
    AnswerName,

    /// <summary>The mnemonic of an answer's type.</summary>
    AnswerType,

    /// <summary>The mnemonic of an answer's class.</summary>
    AnswerClass,

    /// <summary>The time to live of an answer, in seconds.</summary>
    AnswerTimeToLive,

    /// <summary>The number of records in the answer section. Only responses have it.</summary>
    AnswerCount,

    /// <summary>The address in an A or AAAA record of the answer section.</summary>
    ResolvedAddress,

    /// <summary>The part of a question's name before its registered domain.</summary>
    Subdomain,

    /// <summary>The registered domain of a question's name: example.co.uk.</summary>
    RegisteredDomain,

    /// <summary>The public suffix of a question's name: co.uk.</summary>
    PublicSuffix,

    /// <summary>The mnemonic of the response code: NXDOMAIN. Only responses have it.</summary>
    ResponseCode,

    /// <summary>The number of the response code, including the bits that EDNS adds: 3. Only responses have it.</summary>
    ResponseCodeNumber,

    /// <summary>The status that the Windows DNS client reports for the query: 0, 9501 or 9000 + response code. Only responses have it.</summary>
    QueryStatus,

    /// <summary>Whether the response has no records apart from OPT. Only responses have it.</summary>
    Rejected,

    /// <summary>Time from the query to the response, in seconds. Only responses whose query was seen have it.</summary>
    RoundTripTime,

    /// <summary>When the message was captured, in seconds since 1970. Absent if the capture has no time for it.</summary>
    MessageTime,

    /// <summary>Whether the message is a query or a response, in the words of several logs.</summary>
    MessageKind,

    /// <summary>The address of the client, which asked.</summary>
    ClientAddress,

    /// <summary>The port of the client.</summary>
    ClientPort,

    /// <summary>The address of the server, which was asked.</summary>
    ServerAddress,

    /// <summary>The port of the server.</summary>
    ServerPort,

    /// <summary>The transport: udp or tcp.</summary>
    Transport,

    /// <summary>The id of the DNS message, 0 to 65,535.</summary>
    MessageId,

    /// <summary>The mnemonic of the opcode: QUERY.</summary>
    Opcode,

    /// <summary>The number of the opcode, 0 to 15.</summary>
    OpcodeNumber,

    /// <summary>A flag that is set in the header: AA, TC, RD, RA, AD, CD.</summary>
    HeaderFlags,

    /// <summary>Whether the message has a fault.</summary>
    Malformed,

    /// <summary>Whether the flag AA is set.</summary>
    AuthoritativeAnswer,

    /// <summary>Whether the flag TC is set.</summary>
    TruncatedAnswer,

    /// <summary>Whether the flag TC is set in the message itself.</summary>
    TruncatedMessage,

    /// <summary>Whether the flag RD is set; taken from the query if it was seen.</summary>
    RecursionDesired,

    /// <summary>Whether the flag RA is set.</summary>
    RecursionAvailable,

    /// <summary>Whether the flag AD is set.</summary>
    AuthenticData,

    /// <summary>Whether the flag CD is set.</summary>
    CheckingDisabled,

    /// <summary>The three bits that Zeek calls Z, 0 to 7: reserved, AD and CD; taken from the query if it was seen.</summary>
    ReservedBits,

    /// <summary>The Community ID of the flow, 30 characters.</summary>
    CommunityId,

    /// <summary>The event id in Sysmon's log: 22.</summary>
    SysmonEventId,

    /// <summary>The event id in the Windows DNS client's log: 3008.</summary>
    DnsClientEventId,

    /// <summary>The event id in the Windows DNS server's log: 256 to 258.</summary>
    DnsServerEventId,

    /// <summary>The event id in any of the Windows logs.</summary>
    AnyEventId,
}
