namespace WireDns.TestTraffic.Generation;

/// <summary>One segment of a connection, ready to be sent.</summary>
internal readonly record struct TcpStep(TcpHeader Header, ReadOnlyMemory<byte> Payload);
