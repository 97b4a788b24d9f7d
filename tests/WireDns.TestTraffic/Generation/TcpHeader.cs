namespace WireDns.TestTraffic.Generation;

/// <summary>What of a TCP header differs from segment to segment here, RFC 9293 §3.1.</summary>
internal readonly record struct TcpHeader(
    Endpoint Source, Endpoint Destination, uint Sequence, uint Acknowledgment, TcpFlags Flags);
