using WireDns.Wire;

namespace WireDns.Capture;

/// <summary>
/// Where one packet lies in a batch's buffer, and what its header says. 32 bytes, two to a cache line.
/// </summary>
internal struct PacketRecord
{
    public int Offset;
    public int CapturedLength;
    public int OriginalLength;
    public int InterfaceIndex;
    public PacketTime Time;
    public LinkType LinkType;

    /// <summary>Packet number, less the number of packets in front of the batch.</summary>
    public int NumberInBatch;
}
