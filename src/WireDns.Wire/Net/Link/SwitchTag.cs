using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>An Ethernet frame into which a switch chip put its own tag, between the addresses and the type.</summary>
internal static class SwitchTag
{
    private const int AddressesLength = 12;

    /// <param name="bytes">The frame.</param>
    /// <param name="tagLength">Length of the tag in bytes: 4 for Broadcom's and Marvell's DSA, 8 for Marvell's EDSA.</param>
    /// <param name="header">What was read.</param>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int tagLength, out LinkHeader header)
    {
        header = default;
        var length = AddressesLength + tagLength + 2;
        if (bytes.Length < length)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[(length - 2)..]);
        var next = type < EtherType.Minimum ? Layer.Llc : Layer.EtherType;
        header = new LinkHeader(next, EthernetFrame.CutToLength(type, bytes[length..]), type);
        return true;
    }
}
