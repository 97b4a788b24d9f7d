using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A MACsec tag (IEEE 802.1AE §9.3), behind which the frame is in the clear only where it is protected against change alone.</summary>
internal readonly ref struct MacSecTag
{
    private const int IntegrityCheckLength = 16;

    private MacSecTag(bool isEncrypted, ushort etherType, ReadOnlySpan<byte> payload)
    {
        IsEncrypted = isEncrypted;
        Type = etherType;
        Payload = payload;
    }

    /// <summary>Whether what follows is enciphered, or changed by the cipher suite.</summary>
    public bool IsEncrypted { get; }

    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes, which start behind the tag's EtherType, end within the tag.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out MacSecTag tag)
    {
        tag = default;
        if (bytes.IsEmpty)
        {
            return false;
        }

        if ((bytes[0] & 0x0c) != 0)
        {
            tag = new MacSecTag(true, 0, default);
            return true;
        }

        // A channel identifier of 8 bytes follows the packet number where the flag SC is set.
        var length = (bytes[0] & 0x20) != 0 ? 14 : 6;
        if (bytes.Length < length + 2 + IntegrityCheckLength)
        {
            return false;
        }

        tag = new MacSecTag(false, BinaryPrimitives.ReadUInt16BigEndian(bytes[length..]), bytes[(length + 2)..^IntegrityCheckLength]);
        return true;
    }
}
