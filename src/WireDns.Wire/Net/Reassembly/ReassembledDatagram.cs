namespace WireDns.Wire.Net.Reassembly;

/// <summary>The payload of an IP datagram that came in fragments.</summary>
internal readonly ref struct ReassembledDatagram
{
    public ReassembledDatagram(ReadOnlySpan<byte> payload, byte protocol, bool hasOverlap)
    {
        Payload = payload;
        Protocol = protocol;
        HasOverlap = hasOverlap;
    }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>What the first fragment says that the payload is.</summary>
    public byte Protocol { get; }

    /// <summary>Whether fragments overlapped with different bytes.</summary>
    public bool HasOverlap { get; }
}
