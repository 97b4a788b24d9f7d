namespace WireDns.Wire.Tests.Net;

internal sealed record CapturedPacket(ReadOnlyMemory<byte> Data, int OriginalLength, LinkType LinkType, PacketTime Time, long Number)
{
    public Packet ToPacket() => new()
    {
        Data = Data.Span,
        OriginalLength = OriginalLength,
        LinkType = LinkType,
        Time = Time,
        Number = Number,
    };
}
