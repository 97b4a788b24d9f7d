using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

/// <summary>A question as a value.</summary>
internal sealed record DecodedQuestion(string Name, DnsRecordType Type, DnsClass Class);
