namespace WireDns.TestTraffic.Generation;

/// <summary>How long a capture should be: a number of packets, or up to the packet that reaches a number of octets.</summary>
internal readonly record struct CaptureBudget(long Target, bool IsInPackets)
{
    /// <summary>What a writer has used up so far, in the budget's own unit.</summary>
    public long UsedBy(PcapWriter writer) => IsInPackets ? writer.PacketCount : writer.ByteCount;

    /// <summary>Whether there is more to write.</summary>
    public bool HasRoom(PcapWriter writer) => UsedBy(writer) < Target;
}
