namespace WireDns.Wire.Net.Link;

/// <summary>
/// An ARCNET frame as BSD and Linux deliver it: addresses of one byte, a type, and in the format of RFC 1201 a split flag and a sequence
/// number; the format of RFC 1051 has none.
/// </summary>
internal static class ArcnetFrame
{
    private const byte Ipv4 = 212;
    private const byte Ipv6 = 196;
    private const byte Ipv4OfRfc1051 = 240;
    private const byte ArpOfRfc1051 = 241;
    private const byte ExceptionFlag = 0xff;

    public static bool TryRead(ReadOnlySpan<byte> bytes, bool isLinux, out Carried carried)
    {
        // Linux leaves room for an offset of 2 bytes after the addresses.
        var length = isLinux ? 5 : 3;
        carried = default;
        if (bytes.Length < length)
        {
            return false;
        }

        var type = bytes[length - 1];
        if (type is Ipv4OfRfc1051 or ArpOfRfc1051)
        {
            carried = new Carried(type == Ipv4OfRfc1051 ? Layer.Ipv4 : Layer.Other, bytes[length..]);
            return true;
        }

        if (bytes.Length < length + 3)
        {
            return false;
        }

        var splitFlag = bytes[length];
        if (!isLinux && splitFlag == ExceptionFlag)
        {
            // An exception packet repeats the type, the flag and the number after 4 bytes of padding.
            length += 4;
            if (bytes.Length < length + 3)
            {
                return false;
            }

            splitFlag = bytes[length];
        }

        // The first of several fragments has an odd flag, the others an even one and no header of IP.
        var isContinuation = splitFlag != 0 && (splitFlag & 1) == 0;
        var next = type switch
        {
            Ipv4 when !isContinuation => Layer.Ipv4,
            Ipv6 when !isContinuation => Layer.Ipv6,
            _ => Layer.Other,
        };
        carried = new Carried(next, bytes[(length + 3)..]);
        return true;
    }
}
