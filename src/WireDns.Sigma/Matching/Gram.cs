using System.Runtime.CompilerServices;

namespace WireDns.Sigma.Matching;

/// <summary>Four or eight bytes in a row, by which patterns are looked up. The first byte is the lowest.</summary>
internal static class Gram
{
    public const int Length = 4;
    public const int LongLength = 8;

    // 2^32 divided by the golden ratio, made odd: spreads grams that differ in one letter (Knuth, TAOCP 6.4).
    public const uint Multiplier = 0x9E3779B1;

    // Any other odd number without a pattern in its bits.
    public const uint SecondMultiplier = 0x85EBCA77;

    // Called for each gram of each pattern that is compiled, tens of millions of times for a long list.
    private static readonly byte[] CommonnessOfByte = [.. Enumerable.Range(0, 256).Select(b => Commonness((byte)b))];

    public static uint Hash(uint gram) => gram * Multiplier;

    /// <summary>The hash of a long gram, from that of its first four bytes and its last four.</summary>
    public static uint Extend(uint hash, uint last) => hash + (last * SecondMultiplier);

    /// <summary>The two bits of a filter word that stand for a gram. A gram's word is chosen by the hash's upper bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint FilterBits(uint hash)
    {
        var mixed = Mix(hash);
        return (1u << (int)(mixed & 31)) | (1u << (int)((mixed >> 5) & 31));
    }

    /// <summary>The lowest five bits are the number of the first bit of <see cref="FilterBits"/>, the next five that of the second.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Mix(uint hash) => hash ^ (hash >> 15);

    /// <summary>
    /// How common the gram is in domain names, from 0: a guess that only steers which gram of a pattern is looked for, never what matches.
    /// </summary>
    public static int Commonness(uint gram)
    {
        var sum = 0;
        for (var shift = 0; shift < 32; shift += 8)
        {
            sum += CommonnessOfByte[(byte)(gram >> shift)];
        }

        // Found in nearly every name: these four letters together are worse than each of them.
        var isEverywhere = gram is CommonSuffix or CommonSuffixInside or CommonPrefix or NetworkSuffix or OrganisationSuffix or ReverseSuffix;
        return isEverywhere ? sum + 40 : sum;
    }

    private const uint CommonSuffix = '.' | ('c' << 8) | ('o' << 16) | ((uint)'m' << 24);
    private const uint CommonSuffixInside = 'c' | ('o' << 8) | ('m' << 16) | ((uint)'.' << 24);
    private const uint CommonPrefix = 'w' | ('w' << 8) | ('w' << 16) | ((uint)'.' << 24);
    private const uint NetworkSuffix = '.' | ('n' << 8) | ('e' << 16) | ((uint)'t' << 24);
    private const uint OrganisationSuffix = '.' | ('o' << 8) | ('r' << 16) | ((uint)'g' << 24);
    private const uint ReverseSuffix = 'a' | ('r' << 8) | ('p' << 16) | ((uint)'a' << 24);

    // Eight steps from rare to common, by the frequency of letters in English; digits and hyphens in between.
    private static byte Commonness(byte b) => b switch
    {
        (byte)'e' or (byte)'a' or (byte)'o' or (byte)'.' => 8,
        (byte)'t' or (byte)'i' or (byte)'n' or (byte)'s' or (byte)'r' or (byte)'c' => 7,
        (byte)'l' or (byte)'m' or (byte)'d' => 6,
        (byte)'u' or (byte)'p' or (byte)'g' or (byte)'h' => 5,
        (byte)'w' or (byte)'b' or (byte)'f' or (byte)'y' => 4,
        (byte)'v' or (byte)'k' or (byte)'1' or (byte)'0' or (byte)'2' => 3,
        (byte)'x' or (byte)'-' or (>= (byte)'3' and <= (byte)'9') => 2,
        (byte)'j' or (byte)'z' or (byte)'q' => 1,
        _ => 0,
    };
}
