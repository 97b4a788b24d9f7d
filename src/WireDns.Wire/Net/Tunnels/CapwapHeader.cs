namespace WireDns.Wire.Net.Tunnels;

/// <summary>A CAPWAP header of the data channel (RFC 5415 §4.3), which carries an 802.11 or an Ethernet frame.</summary>
internal static class CapwapHeader
{
    private const int MinimumLength = 8;
    private const byte NativeFrameFlag = 0x01;
    private const byte FragmentFlag = 0x80;
    private const byte KeepAliveFlag = 0x08;

    /// <summary>
    /// False if it is not such a header in the clear: other traffic, or DTLS. Fragments are not reassembled and lead nowhere.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;

        // Version 0 and type 0 in the first byte; the header's length in words in the five bits after it.
        if (bytes.Length < MinimumLength || bytes[0] != 0)
        {
            return false;
        }

        var length = (bytes[1] >> 3) * 4;
        if (length < MinimumLength || length > bytes.Length)
        {
            return false;
        }

        var leadsOn = (bytes[3] & (FragmentFlag | KeepAliveFlag)) == 0;
        var isNative = (bytes[2] & NativeFrameFlag) != 0;
        carried = new Carried(!leadsOn ? Layer.Other : isNative ? Layer.Ieee80211 : Layer.Ethernet, bytes[length..]);
        return true;
    }
}
