namespace WireDns.TestTraffic.Generation;

/// <summary>A host and a UDP or TCP port on it.</summary>
internal readonly record struct Endpoint(Host Host, ushort Port);
