namespace WireDns.Statistics;

/// <summary>How much a name could say: tunnels and generated names hold many bits, words hold few.</summary>
internal static class NameEntropy
{
    /// <summary>
    /// Shannon's entropy of the characters in bits a character, times their number: what their mix could encode. Dots do not count. Does not tell a
    /// shuffled word from a random one.
    /// </summary>
    /// <param name="text">ASCII.</param>
    /// <param name="length">How many characters were counted.</param>
    public static double Bits(ReadOnlySpan<char> text, out int length)
    {
        Span<int> counts = stackalloc int[128];
        length = 0;
        foreach (var character in text)
        {
            if (character != '.')
            {
                counts[character & 0x7f]++;
                length++;
            }
        }

        var bits = 0.0;
        foreach (var count in counts)
        {
            bits += count == 0 ? 0 : count * Math.Log2((double)length / count);
        }

        return bits;
    }
}
