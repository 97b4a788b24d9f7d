using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>A question whose name has been written as text.</summary>
/// <param name="Name">The text.</param>
/// <param name="Octets">How long the name is on the wire when nothing of it is compressed: its labels, each with its length before it, and the root.</param>
/// <param name="Type">The type.</param>
/// <param name="Class">The class.</param>
internal readonly record struct QuestionText(TextRange Name, int Octets, DnsRecordType Type, DnsClass Class);
