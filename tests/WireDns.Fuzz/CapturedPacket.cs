using WireDns.Wire;

namespace WireDns.Fuzz;

/// <summary>A packet of a capture, copied.</summary>
internal sealed record CapturedPacket(LinkType LinkType, byte[] Data, int OriginalLength);
