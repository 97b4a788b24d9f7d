namespace WireDns.Wire.Net;

/// <summary>Why packets that were held for reassembly, and the messages that they belong to, were never completed.</summary>
public enum IncompleteReason
{
    /// <summary>The other fragments did not come within <see cref="PacketDecoderOptions.FragmentTimeout"/>.</summary>
    FragmentTimeout,

    /// <summary>The fragments gave way to newer ones, within the bounds of count and memory.</summary>
    FragmentEvicted,

    /// <summary>The other fragments had not come at the end of the input.</summary>
    FragmentUnfinished,

    /// <summary>
    /// The first fragment of the datagram was cut, and was read as far as it goes: counts its other packets. The message is counted as
    /// <see cref="SnapLength"/> or <see cref="Sliced"/>, once.
    /// </summary>
    FragmentCut,

    /// <summary>Bytes of the stream are missing, and what was around them was given up.</summary>
    TcpGap,

    /// <summary>The stream, or the input, ended within a message.</summary>
    TcpUnfinished,

    /// <summary>The connection, or its buffer, gave way to newer ones, within the bounds of count, memory and idle time.</summary>
    TcpEvicted,

    /// <summary>Payload of a stream that was picked up in the middle, before the first message start.</summary>
    TcpUnsynchronised,

    /// <summary>The snap length cut the payload: counted as a message; its packet is <see cref="PacketCounters.Selected"/>.</summary>
    SnapLength,

    /// <summary>
    /// The payload is longer than its packet, although the capture says that the packet is whole: whatever mirrored it has cut it. Counted
    /// as a message; its packet is <see cref="PacketCounters.Selected"/>.
    /// </summary>
    Sliced,
}
