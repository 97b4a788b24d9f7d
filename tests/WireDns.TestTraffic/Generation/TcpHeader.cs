namespace WireDns.TestTraffic.Generation;

/// <summary>The parts of a TCP header that differ from segment to segment here, RFC 9293 §3.1.</summary>
internal readonly record struct TcpHeader(
    Endpoint Source, Endpoint Destination, uint Sequence, uint Acknowledgment, TcpFlags Flags);
