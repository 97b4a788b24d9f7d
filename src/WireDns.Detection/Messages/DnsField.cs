using WireDns.Detection.Rules;
using WireDns.Wire.Net;

namespace WireDns.Detection.Messages;

/// <summary>What a rule can ask of a lookup. Each of Sigma's field names stands for one of these (<see cref="DnsFields"/>).</summary>
internal enum DnsField
{
    QuestionName,
    QuestionType,
    QuestionTypeNumber,
    QuestionClass,
    QuestionClassNumber,
    RecordType,
    QuestionLength,
    AnswerData,
    AnswerName,
    AnswerType,
    AnswerClass,
    AnswerTimeToLive,
    ResolvedAddress,
    Subdomain,
    RegisteredDomain,
    PublicSuffix,
    ResponseCode,
    ResponseCodeNumber,
    QueryStatus,
    Rejected,
    RoundTripTime,
    ClientAddress,
    ClientPort,
    ServerAddress,
    ServerPort,
    Transport,
    MessageId,
    Opcode,
    OpcodeNumber,
    HeaderFlags,
    AuthoritativeAnswer,
    TruncatedAnswer,
    RecursionDesired,
    RecursionAvailable,
    ReservedBits,
    CommunityId,
    SysmonEventId,
    DnsClientEventId,
    DnsServerEventId,
    AnyEventId,
}
