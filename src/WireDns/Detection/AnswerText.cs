using WireDns.Wire.Dns;

namespace WireDns.Detection;

/// <summary>A record of the answer section whose name and data have been written as text.</summary>
internal readonly record struct AnswerText(TextRange Name, TextRange Data, DnsRecordType Type, DnsClass Class, uint TimeToLive);
