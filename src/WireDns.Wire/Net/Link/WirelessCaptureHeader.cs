using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>What old drivers put before an IEEE 802.11 frame: the Prism header and the AVS header. Both name their own length.</summary>
internal static class WirelessCaptureHeader
{
    private const int MinimumLength = 8;

    // The AVS header's version field; the last byte is the version.
    private const uint AvsMagic = 0x80211000;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < MinimumLength)
        {
            return false;
        }

        // Drivers also delivered AVS headers under the link type of Prism. AVS is in network byte order, Prism in the host's.
        var isAvs = (BinaryPrimitives.ReadUInt32BigEndian(bytes) & 0xffff_ff00) == AvsMagic;
        var length = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        length = !isAvs && length > ushort.MaxValue ? BinaryPrimitives.ReverseEndianness(length) : length;
        if (length < MinimumLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (length > bytes.Length)
        {
            return false;
        }

        carried = new Carried(Layer.Ieee80211, bytes[(int)length..]);
        return true;
    }
}
