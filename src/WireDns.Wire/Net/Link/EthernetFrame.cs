using System.Buffers.Binary;
using WireDns.Wire.Net.Ip;

namespace WireDns.Wire.Net.Link;

/// <summary>An Ethernet II or IEEE 802.3 frame, without preamble; a frame check sequence, where captured, is a trailer like padding.</summary>
internal readonly ref struct EthernetFrame
{
    public const int HeaderLength = 14;

    // Cisco's inter-switch link: 26 bytes before a frame, whose first three bytes are one of two group addresses.
    private const int InterSwitchHeaderLength = 26;

    private EthernetFrame(ushort etherType, ReadOnlySpan<byte> payload)
    {
        Type = etherType;
        Payload = payload;
    }

    /// <summary>The EtherType, or below <see cref="EtherType.Minimum"/> the length of an LLC frame.</summary>
    public ushort Type { get; }

    /// <summary>What follows the header: to the end of the frame, or up to its 802.3 length.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether <see cref="Payload"/> starts with an LLC header.</summary>
    public bool IsLlc => Type < EtherType.Minimum;

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EthernetFrame frame)
    {
        if (bytes.Length < HeaderLength)
        {
            frame = default;
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
        if (type < EtherType.Minimum && IsInterSwitch(bytes))
        {
            bytes = bytes[InterSwitchHeaderLength..];
            type = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
        }

        frame = new EthernetFrame(type, CutToLength(type, bytes[HeaderLength..]));
        return true;
    }

    /// <summary>Whether bytes look like a frame with IP, ARP, a tag or a label stack in it, where no field says what they are.</summary>
    public static bool IsPlausible(ReadOnlySpan<byte> bytes) => TryRead(bytes, out var frame) && frame.Type switch
    {
        EtherType.Ipv4 => IpHeaders.ArePlausible(frame.Payload) && frame.Payload[0] >> 4 == 4,
        EtherType.Ipv6 => IpHeaders.ArePlausible(frame.Payload) && frame.Payload[0] >> 4 == 6,

        // Hardware type 1 is Ethernet.
        EtherType.Arp => frame.Payload.Length >= 28 && frame.Payload[0] == 0 && frame.Payload[1] == 1,
        EtherType.Mpls or EtherType.PppoeSession => frame.Payload.Length > 4,
        _ => EtherType.IsVlan(frame.Type) && frame.Payload.Length > 4,
    };

    /// <summary>The payload without padding, where <paramref name="typeOrLength"/> is a length.</summary>
    public static ReadOnlySpan<byte> CutToLength(ushort typeOrLength, ReadOnlySpan<byte> payload) =>
        typeOrLength < EtherType.Minimum && typeOrLength < payload.Length ? payload[..typeOrLength] : payload;

    // Type 0 in the address's last byte says that the frame is Ethernet; an LLC header comes after the length.
    private static bool IsInterSwitch(ReadOnlySpan<byte> bytes) => bytes.Length >= InterSwitchHeaderLength + HeaderLength
        && bytes[0] is 0x01 or 0x03 && bytes[1] == 0 && bytes[2] == 0x0c && bytes[3] == 0 && bytes[4] == 0 && bytes[5] >> 4 == 0
        && bytes[14] == 0xaa && bytes[15] == 0xaa && bytes[16] == 0x03;
}
