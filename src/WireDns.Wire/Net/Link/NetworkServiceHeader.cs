using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A network service header (RFC 8300 §2).</summary>
internal readonly ref struct NetworkServiceHeader
{
    private const int BaseLength = 8;

    private NetworkServiceHeader(Layer next, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Payload = payload;
    }

    public Layer Next { get; }

    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out NetworkServiceHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < BaseLength)
        {
            return false;
        }

        var first = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (first >> 14 != 0)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var length = (first & 0x3f) * 4;
        if (length < BaseLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (length > bytes.Length)
        {
            return false;
        }

        header = new NetworkServiceHeader(NextOf(bytes[3]), bytes[length..]);
        return true;
    }

    /// <summary>What a "next protocol" number means; NSH and VXLAN-GPE share them (RFC 8300 §2.2).</summary>
    public static Layer NextOf(byte protocol) => protocol switch
    {
        1 => Layer.Ipv4,
        2 => Layer.Ipv6,
        3 => Layer.Ethernet,
        4 => Layer.Nsh,
        5 => Layer.Mpls,
        _ => Layer.Other,
    };
}
