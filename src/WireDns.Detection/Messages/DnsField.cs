using WireDns.Detection.Rules;

namespace WireDns.Detection.Messages;

/// <summary>What a rule can ask of a lookup. Each of Sigma's field names stands for one of these (<see cref="DnsFields"/>).</summary>
public enum DnsField
{
    /// <summary>A name that is asked for; also one that broke off in a malformed message.</summary>
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

    /// <summary>Characters of a question's name; 0 for the root.</summary>
    QuestionLength,

    /// <summary>The octets of the question's name on the wire, from 1 for the root to 255.</summary>
    QuestionOctets,

    /// <summary>The data of an answer in presentation form: an address, a name, a text.</summary>
    AnswerData,

    /// <summary>The name that an answer is about.</summary>
    AnswerName,

    /// <summary>The mnemonic of an answer's type.</summary>
    AnswerType,

    /// <summary>The mnemonic of an answer's class.</summary>
    AnswerClass,

    /// <summary>How long an answer may be kept, in seconds.</summary>
    AnswerTimeToLive,

    /// <summary>How many records the answer section has.</summary>
    AnswerCount,

    /// <summary>An address that was answered (A and AAAA records).</summary>
    ResolvedAddress,

    /// <summary>A question's name without its registered domain.</summary>
    Subdomain,

    /// <summary>The registered domain of a question's name: example.co.uk.</summary>
    RegisteredDomain,

    /// <summary>The public suffix of a question's name: co.uk.</summary>
    PublicSuffix,

    /// <summary>The mnemonic of the response code: NXDOMAIN. A response has it.</summary>
    ResponseCode,

    /// <summary>The number of the response code, extended by EDNS: 3.</summary>
    ResponseCodeNumber,

    /// <summary>What the Windows DNS client reports of the query: 0, 9501 or 9000 + response code.</summary>
    QueryStatus,

    /// <summary>Whether the response has no record.</summary>
    Rejected,

    /// <summary>Time from the query to the response, in seconds.</summary>
    RoundTripTime,

    /// <summary>When the message was captured, in seconds since 1970.</summary>
    MessageTime,

    /// <summary>Whether it is a query or a response, in the words of several logs.</summary>
    MessageKind,

    /// <summary>The address that asked.</summary>
    ClientAddress,

    /// <summary>The port that asked.</summary>
    ClientPort,

    /// <summary>The address that was asked.</summary>
    ServerAddress,

    /// <summary>The port that was asked.</summary>
    ServerPort,

    /// <summary>udp or tcp.</summary>
    Transport,

    /// <summary>The id of the message, 0 to 65,535.</summary>
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

    /// <summary>Whether the flag RD is set, in the query where that was seen.</summary>
    RecursionDesired,

    /// <summary>Whether the flag RA is set.</summary>
    RecursionAvailable,

    /// <summary>Whether the flag AD is set.</summary>
    AuthenticData,

    /// <summary>Whether the flag CD is set.</summary>
    CheckingDisabled,

    /// <summary>The three bits that Zeek calls Z, 0 to 7: reserved, AD and CD; of the query where that was seen.</summary>
    ReservedBits,

    /// <summary>The Community ID of the flow.</summary>
    CommunityId,

    /// <summary>The event number in Sysmon's log: 22.</summary>
    SysmonEventId,

    /// <summary>The event number in the Windows DNS client's log: 3008.</summary>
    DnsClientEventId,

    /// <summary>The event number in the Windows DNS server's log: 256 to 258.</summary>
    DnsServerEventId,

    /// <summary>The event number in any of the Windows logs.</summary>
    AnyEventId,
}
