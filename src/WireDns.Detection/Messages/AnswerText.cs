using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>A record of the answer section whose name has been written as text.</summary>
internal readonly record struct AnswerText(TextRange Name, DnsRecordType Type, DnsClass Class, uint TimeToLive);
