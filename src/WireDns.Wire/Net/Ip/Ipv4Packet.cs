using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>An IPv4 packet (RFC 791 §3.1). Options are stepped over; the checksum is not verified, as network cards compute it later.</summary>
internal readonly ref struct Ipv4Packet
{
    public const int MinimumHeaderLength = 20;

    private const ushort MoreFragmentsFlag = 0x2000;
    private const ushort FragmentOffsetMask = 0x1fff;

    private readonly ReadOnlySpan<byte> _header;
    private readonly ushort _fragment;

    private Ipv4Packet(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ushort fragment, bool isCut)
    {
        _header = header;
        _fragment = fragment;
        Payload = payload;
        IsCut = isCut;
    }

    /// <summary>The packet's payload, as far as it was captured, without the trailer of its frame.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the packet says that it is longer than what was captured.</summary>
    public bool IsCut { get; }

    public byte Protocol => _header[9];

    public ushort Identification => BinaryPrimitives.ReadUInt16BigEndian(_header[4..]);

    public NetAddress Source => NetAddress.FromIpv4(_header[12..]);

    public NetAddress Destination => NetAddress.FromIpv4(_header[16..]);

    public bool IsFragment => (_fragment & (MoreFragmentsFlag | FragmentOffsetMask)) != 0;

    public bool HasMoreFragments => (_fragment & MoreFragmentsFlag) != 0;

    /// <summary>Where this fragment's payload starts in that of the datagram, in bytes.</summary>
    public int FragmentOffset => (_fragment & FragmentOffsetMask) * 8;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Ipv4Packet packet, out UndecodableReason fault)
    {
        packet = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < MinimumHeaderLength)
        {
            return false;
        }

        var version = bytes[0] >> 4;
        var headerLength = (bytes[0] & 0x0f) * 4;
        if (version != 4)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        // A total length of 0 is what a card's segmentation offload leaves: the packet is as long as was captured.
        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        totalLength = totalLength == 0 ? bytes.Length : totalLength;
        if (headerLength < MinimumHeaderLength || totalLength < headerLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (bytes.Length < headerLength)
        {
            return false;
        }

        var isCut = totalLength > bytes.Length;
        var payload = bytes[headerLength..(isCut ? bytes.Length : totalLength)];
        packet = new Ipv4Packet(bytes[..MinimumHeaderLength], payload, BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]), isCut);
        return true;
    }
}
