namespace WireDns.Wire.Dns;

/// <summary>
/// Multicast DNS (RFC 6762): messages of the form of DNS, between hosts of one link. What differs in the form is the top bit of a class, which is
/// a flag: in a question that a unicast response is wanted (§5.4), in a record that it takes the place of all others (§10.2).
/// </summary>
public static class DnsMulticast
{
    /// <summary>The UDP port of multicast DNS, which one end of every message of it has (§5.1, §6).</summary>
    public const ushort Port = 5353;

    internal const int TopBit = 0x8000;

    /// <summary>A question's type and class (<see cref="DnsSoundMessage.TypeAndClass"/>) without the flag, if it is one of multicast DNS.</summary>
    public static uint WithoutFlag(uint typeAndClass, ushort sourcePort, ushort destinationPort) =>
        IsBetween(sourcePort, destinationPort) ? typeAndClass & ~(uint)TopBit : typeAndClass;

    /// <summary>Whether a message between these ports is one of multicast DNS.</summary>
    public static bool IsBetween(ushort sourcePort, ushort destinationPort) => sourcePort == Port || destinationPort == Port;
}
