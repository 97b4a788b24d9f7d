using WireDns.Wire;

namespace WireDns.Capture;

/// <summary>Takes a packet. It is valid during the call only.</summary>
public delegate void PacketCallback(in Packet packet);
