namespace WireDns.Wire.Net;

/// <summary>
/// A packet that could not be decoded: why, and what is known of it. Where it was put together from fragments, it stands for all of them
/// (<see cref="PayloadOrigin.PacketCount"/>). Valid as long as a payload would be.
/// </summary>
/// <param name="fault">What is wrong with it.</param>
/// <param name="origin">Where it comes from; must not change as long as the view is used.</param>
public readonly ref struct UndecodablePacket(PacketFault fault, ref readonly PayloadOrigin origin)
{
    private readonly ref readonly PayloadOrigin _origin = ref origin;

    /// <summary>What is wrong with it.</summary>
    public PacketFault Fault { get; } = fault;

    /// <summary>
    /// Where it comes from, with the ends of the innermost header that could be read: addresses, ports and transport only as
    /// <see cref="PacketFault.Known"/> says, tags and tunnels as far as they go.
    /// </summary>
    public ref readonly PayloadOrigin Origin => ref _origin;
}

/// <summary>Why a packet could not be decoded, and how far it was read.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Known">What is known of its ends.</param>
public readonly record struct PacketFault(UndecodableReason Reason, KnownEnds Known);

/// <summary>How far a packet was read: what is known of its two ends. Each says all that the one before it does.</summary>
public enum KnownEnds : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The addresses of an IP header.</summary>
    Addresses,

    /// <summary>Addresses, ports and transport.</summary>
    Ports,
}
