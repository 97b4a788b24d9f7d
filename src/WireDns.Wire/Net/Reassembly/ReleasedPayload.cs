using WireDns.Wire.Framing;

namespace WireDns.Wire.Net.Reassembly;

/// <summary>A datagram's payload, or a run of whole messages of a stream with their length prefixes, in a <see cref="ReleaseQueue"/>.</summary>
internal struct ReleasedPayload
{
    public Flow Flow;
    public Transport Transport;

    /// <summary>Whether the current packet is of this flow, so that its tags and tunnels are those of the payload.</summary>
    public bool IsOfCurrentPacket;

    /// <summary>The packet that completed it, if that is not the current one.</summary>
    public PacketStamp? Packet;

    /// <summary>Of messages of a stream: the sequence number of the first octet of those that are left; once taken, that after the message.</summary>
    public uint StreamEnd;

    /// <summary>Whether the snap length cut the payload.</summary>
    public bool IsTruncated;

    /// <summary>The tunnels around the flow, if the current packet is not of it.</summary>
    public Tunnel[]? Tunnels;

    /// <summary>Where its bytes start in the queue's memory.</summary>
    public int Offset;

    /// <summary>How many bytes it has.</summary>
    public int Length;

    /// <summary>First byte, from the start of the run, that came in two versions.</summary>
    public int OverlapFrom;

    /// <summary>End of the bytes that came in two versions; not more than <see cref="OverlapFrom"/> where there are none.</summary>
    public int OverlapTo;

    /// <summary>Whether the first payload has bytes that came in two versions, and how many bytes of the run it takes.</summary>
    public readonly bool HasOverlapWithin(ReadOnlySpan<byte> run, out int lengthInBytes)
    {
        lengthInBytes = run.Length;
        if (Transport == Transport.Tcp)
        {
            var rest = run;
            MessageFraming.Take(ref rest);
            lengthInBytes -= rest.Length;
        }

        return OverlapFrom < OverlapTo && OverlapFrom < lengthInBytes && OverlapTo > 0;
    }
}
