using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A header of the TaZmen Sniffer Protocol: what kind of frame follows, behind tagged fields.</summary>
internal readonly ref struct TzspHeader
{
    private const int HeaderLength = 4;
    private const byte Version = 1;
    private const byte ReceivedPacket = 0;
    private const byte PacketForTransmit = 1;
    private const byte PaddingTag = 0;
    private const byte EndTag = 1;

    private TzspHeader(Layer next, ushort linkType, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = linkType;
        Payload = payload;
    }

    public Layer Next { get; }

    /// <summary>The link type, where <see cref="Next"/> is <see cref="Layer.Link"/>.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where it is no such header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out TzspHeader header)
    {
        header = default;
        if (bytes.Length <= HeaderLength || bytes[0] != Version || bytes[1] is not (ReceivedPacket or PacketForTransmit))
        {
            return false;
        }

        var encapsulation = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var rest = bytes[HeaderLength..];
        while (!rest.IsEmpty)
        {
            var tag = rest[0];
            if (tag == EndTag)
            {
                var (next, linkType) = LayerOf(encapsulation);
                header = new TzspHeader(next, (ushort)linkType, rest[1..]);
                return true;
            }

            var length = tag == PaddingTag ? 1 : rest.Length < 2 ? rest.Length : 2 + rest[1];
            rest = length < rest.Length ? rest[length..] : default;
        }

        return false;
    }

    private static (Layer Next, LinkType LinkType) LayerOf(ushort encapsulation) => encapsulation switch
    {
        1 => (Layer.Ethernet, default),
        18 => (Layer.Ieee80211, default),
        119 => (Layer.Link, LinkType.Ieee80211Prism),
        127 => (Layer.Link, LinkType.Ieee80211Avs),
        _ => (Layer.Other, default),
    };
}
