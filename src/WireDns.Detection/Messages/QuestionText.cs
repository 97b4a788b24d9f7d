using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>A question whose name has been written as text.</summary>
internal readonly record struct QuestionText(TextRange Name, DnsRecordType Type, DnsClass Class);
