namespace WireDns.Alerts;

/// <summary>One of the events of a correlation.</summary>
/// <param name="UnixTimeNanoseconds">Packet time in nanoseconds since the Unix epoch.</param>
/// <param name="Client">Who asked.</param>
/// <param name="QuestionName">The question's name in presentation form, or null where there is none.</param>
/// <param name="PacketNumber">Number of the packet that completed the message, from 1 in its file or capture.</param>
/// <param name="File">The capture file that held the packet, where it is another one than the alert's; else null.</param>
public sealed record CorrelatedEvent(long UnixTimeNanoseconds, AlertEndpoint Client, string? QuestionName, long PacketNumber, string? File);
