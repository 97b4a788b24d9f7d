using System.Numerics;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>The header flags that are set, by their ECS names: AA, TC, RD, RA, AD, CD.</summary>
internal static class HeaderFlags
{
    // AA TC RD RA, and AD CD, without the reserved bit between them.
    private const uint Mask = 0x07b0;

    /// <summary>How many flags are set, 0 to 6.</summary>
    public static int Count(DnsHeader header) => BitOperations.PopCount(header.Flags & Mask);

    /// <summary>The name of the set flag at <paramref name="index"/>, counted from 0 at the highest bit.</summary>
    public static ReadOnlySpan<byte> Get(DnsHeader header, int index)
    {
        var rest = header.Flags & Mask;
        for (; index > 0; index--)
        {
            rest &= ~(1u << BitOperations.Log2(rest));
        }

        return BitOperations.Log2(rest) switch
        {
            10 => "AA"u8,
            9 => "TC"u8,
            8 => "RD"u8,
            7 => "RA"u8,
            5 => "AD"u8,
            _ => "CD"u8,
        };
    }
}
