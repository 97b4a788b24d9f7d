using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A PPPoE header of the session stage (RFC 2516 §4).</summary>
internal static class PppoeHeader
{
    private const int HeaderLength = 6;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried, out UndecodableReason fault)
    {
        carried = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        if (bytes[0] != 0x11)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var rest = bytes[HeaderLength..];
        carried = new Carried(Layer.Ppp, length < rest.Length ? rest[..length] : rest);
        return true;
    }
}
