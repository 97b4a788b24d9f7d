namespace WireDns.Capture.Compression;

/// <summary>
/// The symbols of deflate and their meanings (RFC 1951 §3.2.5, §3.2.7), as entries of a <see cref="HuffmanTable"/>.
/// </summary>
internal static class DeflateAlphabet
{
    /// <summary>Number of symbols: literals, the end of the block, lengths, and two that are not used.</summary>
    public const int LiteralLengthSymbols = 288;

    /// <summary>Number of symbols: distances, and two that are not used.</summary>
    public const int DistanceSymbols = 32;

    /// <summary>Number of symbols that code lengths are written with.</summary>
    public const int CodeLengthSymbols = 19;

    /// <summary>Length of the shortest match, in bytes.</summary>
    public const int MinimumMatch = 3;

    /// <summary>Length of the longest match, in bytes.</summary>
    public const int MaximumMatch = 258;

    private static readonly uint[] LiteralsAndLengths = MakeLiteralLengthValues();
    private static readonly uint[] Distances = MakeDistanceValues();
    private static readonly uint[] CodeLengths = MakeCodeLengthValues();

    /// <summary>Entry of each literal or length, without its code length.</summary>
    public static ReadOnlySpan<uint> LiteralLengthValues => LiteralsAndLengths;

    /// <summary>Entry of each distance, without its code length.</summary>
    public static ReadOnlySpan<uint> DistanceValues => Distances;

    /// <summary>Entry of each code length, without its own code length.</summary>
    public static ReadOnlySpan<uint> CodeLengthValues => CodeLengths;

    // §3.2.5: 0 to 255 are literals, 256 ends the block, 257 to 285 are lengths. 286 and 287 are not used: no base.
    private static uint[] MakeLiteralLengthValues()
    {
        var values = new uint[LiteralLengthSymbols];
        for (var literal = 0u; literal < 256; literal++)
        {
            values[literal] = (literal << 16) | HuffmanTable.Literal;
        }

        values[256] = HuffmanTable.EndOfBlock;
        var length = 3u;
        for (var symbol = 257; symbol < 285; symbol++)
        {
            var extra = (uint)Math.Max(0, ((symbol - 257) / 4) - 1);
            values[symbol] = (length << 16) | (extra << 8);
            length += 1u << (int)extra;
        }

        values[285] = MaximumMatch << 16;
        return values;
    }

    // §3.2.5: 0 to 29; 30 and 31 are not used.
    private static uint[] MakeDistanceValues()
    {
        var values = new uint[DistanceSymbols];
        var distance = 1u;
        for (var symbol = 0; symbol < 30; symbol++)
        {
            var extra = (uint)Math.Max(0, (symbol / 2) - 1);
            values[symbol] = (distance << 16) | (extra << 8);
            distance += 1u << (int)extra;
        }

        return values;
    }

    private static uint[] MakeCodeLengthValues()
    {
        var values = new uint[CodeLengthSymbols];
        for (var symbol = 0u; symbol < CodeLengthSymbols; symbol++)
        {
            values[symbol] = symbol << 16;
        }

        return values;
    }
}
