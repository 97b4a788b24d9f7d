namespace WireDns.TestTraffic.Generation;

/// <summary>The control bits of a TCP segment, RFC 9293 §3.1.</summary>
[Flags]
internal enum TcpFlags : byte
{
    None = 0,
    Fin = 0x01,
    Syn = 0x02,
    Reset = 0x04,
    Push = 0x08,
    Acknowledge = 0x10,
}
