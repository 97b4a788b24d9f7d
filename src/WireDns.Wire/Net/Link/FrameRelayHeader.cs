using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>
/// A frame relay header: a Q.922 address of 2 to 4 bytes, then multiprotocol encapsulation (RFC 2427 §4) or, as Cisco's routers have it,
/// an EtherType.
/// </summary>
internal static class FrameRelayHeader
{
    private const int MaximumAddressLength = 4;
    private const byte UnnumberedInformation = 0x03;

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        var length = 0;
        do
        {
            if (length == bytes.Length)
            {
                return false;
            }
        }
        while ((bytes[length++] & 1) == 0 && length < MaximumAddressLength);

        var rest = bytes[length..];
        if (rest.Length < 2)
        {
            return false;
        }

        if (rest[0] != UnnumberedInformation)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            carried = new Carried(type < EtherType.Minimum ? Layer.Other : Layer.EtherType, rest[2..], type);
            return true;
        }

        // A byte of 0 may pad the header to an even length.
        rest = rest[1] == 0 ? rest[2..] : rest[1..];
        return NetworkLayerProtocol.TryRead(rest, hasBridgePadding: false, out carried);
    }
}
