using System.Numerics;
using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>The header flags that are set, by their ECS names: AA, TC, RD, RA, AD, CD.</summary>
internal static class HeaderFlags
{
    // AA TC RD RA, and AD CD, without the reserved bit between them.
    private const uint Mask = 0x07b0;

    private static readonly string[]?[] Lists = new string[]?[1 << 6];

    /// <summary>How many flags are set, 0 to 6.</summary>
    public static int Count(DnsHeader header) => BitOperations.PopCount(header.Flags & Mask);

    /// <summary>The names of the flags that are set, in their order. All headers with the same flags share one list.</summary>
    public static IReadOnlyList<string> List(DnsHeader header)
    {
        // Threads may make a list twice; both are alike.
        ref var list = ref Lists[((header.Flags >> 5) & 0x3c) | ((header.Flags >> 4) & 3)];
        return list ??= [.. Enumerable.Range(0, Count(header)).Select(index => Encoding.ASCII.GetString(Get(header, index)))];
    }

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
