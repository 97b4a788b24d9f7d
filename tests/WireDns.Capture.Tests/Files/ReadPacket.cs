using WireDns.Wire;

namespace WireDns.Capture.Tests.Files;

/// <summary>A packet that outlives its batch.</summary>
internal sealed record ReadPacket(
    string Data, int OriginalLength, LinkType LinkType, PacketTime Time, long Number, int InterfaceIndex)
{
    public static ReadPacket Of(in Packet packet) => new(
        Convert.ToHexStringLower(packet.Data),
        packet.OriginalLength,
        packet.LinkType,
        packet.Time,
        packet.Number,
        packet.InterfaceIndex);
}
