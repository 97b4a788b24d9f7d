using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>An IPv6 packet (RFC 8200 §3), up to the end of its fixed header.</summary>
internal readonly ref struct Ipv6Packet
{
    public const int HeaderLength = 40;

    private readonly ReadOnlySpan<byte> _header;

    private Ipv6Packet(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, bool isCut)
    {
        _header = header;
        Payload = payload;
        IsCut = isCut;
    }

    /// <summary>Extension headers and what follows them, as far as captured, without the trailer of the frame.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the packet says that it is longer than what was captured.</summary>
    public bool IsCut { get; }

    public byte NextHeader => _header[6];

    public NetAddress Source => NetAddress.FromIpv6(_header[8..]);

    public NetAddress Destination => NetAddress.FromIpv6(_header[24..]);

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv6Packet packet, out UndecodableReason fault)
    {
        packet = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        if (bytes[0] >> 4 != 6)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        // A payload length of 0 belongs to a jumbogram (RFC 2675) or to a card's segmentation offload: as long as was captured.
        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var payload = bytes[HeaderLength..];
        var isCut = length > payload.Length;
        payload = length == 0 || isCut ? payload : payload[..length];
        packet = new Ipv6Packet(bytes[..HeaderLength], payload, isCut);
        return true;
    }
}
