using System.Buffers.Binary;

namespace WireDns.Wire.Net;

/// <summary>An IEEE 802.2 LLC header, with the SNAP extension where it has one (RFC 1042).</summary>
internal readonly ref struct LlcHeader
{
    private const byte SnapSap = 0xaa;
    private const byte IpSap = 0x06;
    private const byte UnnumberedInformation = 0x03;

    private LlcHeader(Layer next, ushort etherType, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = etherType;
        Payload = payload;
    }

    /// <summary><see cref="Layer.EtherType"/>, <see cref="Layer.Ipv4"/>, or <see cref="Layer.Other"/>.</summary>
    public Layer Next { get; }

    /// <summary>The EtherType of a SNAP header.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out LlcHeader header)
    {
        header = default;
        if (bytes.Length < 3)
        {
            return false;
        }

        if (bytes[0] == SnapSap && bytes[1] == SnapSap && bytes[2] == UnnumberedInformation)
        {
            if (bytes.Length < 8)
            {
                return false;
            }

            // OUI 00-00-00 (RFC 1042) and 00-00-F8 (802.1H bridge tunnel) carry an EtherType; the vendors' own OUIs a protocol of theirs.
            var isEtherType = bytes[3] == 0 && bytes[4] == 0 && bytes[5] is 0 or 0xf8;
            var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]);
            header = new LlcHeader(isEtherType ? Layer.EtherType : Layer.Other, type, bytes[8..]);
            return true;
        }

        var isIp = bytes[0] == IpSap && bytes[1] == IpSap && bytes[2] == UnnumberedInformation;
        header = new LlcHeader(isIp ? Layer.Ipv4 : Layer.Other, 0, bytes[3..]);
        return true;
    }
}
