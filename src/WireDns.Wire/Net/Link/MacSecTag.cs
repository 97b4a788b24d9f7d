using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A MACsec tag (IEEE 802.1AE §9.3), after which the frame is in the clear only if it is authenticated without encryption.</summary>
internal static class MacSecTag
{
    private const int IntegrityCheckLength = 16;

    /// <summary>False where the bytes, which start after the tag's EtherType, end within the tag, or where the frame is encrypted.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.IsEmpty)
        {
            return false;
        }

        if ((bytes[0] & 0x0c) != 0)
        {
            fault = UndecodableReason.Encrypted;
            return false;
        }

        // A channel identifier of 8 bytes follows the packet number where the flag SC is set.
        var length = (bytes[0] & 0x20) != 0 ? 14 : 6;
        if (bytes.Length < length + 2 + IntegrityCheckLength)
        {
            return false;
        }

        var type = BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]);
        carried = new Carried(Layer.EtherType, bytes[(length + 2)..^IntegrityCheckLength], type);
        return true;
    }
}
