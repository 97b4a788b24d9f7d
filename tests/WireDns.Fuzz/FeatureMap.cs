namespace WireDns.Fuzz;

/// <summary>
/// Remembers what decoders did: an error that came up, a record type that was written, a counter that moved. An input that makes a decoder
/// do something for the first time is worth mutating. This replaces coverage when the code is not instrumented.
/// </summary>
internal sealed class FeatureMap
{
    private const int Bits = 16;

    private readonly ulong[] _seen = new ulong[(1 << Bits) / 64];

    /// <summary>Features that were seen since the start.</summary>
    public int Count { get; private set; }

    /// <summary>Notes that something happened.</summary>
    /// <param name="kind">What kind of thing, a small number of the target's own.</param>
    /// <param name="value">Which of them.</param>
    public void Add(int kind, ulong value)
    {
        var hash = (((ulong)(uint)kind + 1) * 0x9e37_79b9_7f4a_7c15) ^ (value * 0xc2b2_ae3d_27d4_eb4f);
        var place = (int)((hash * 0x9e37_79b9_7f4a_7c15) >> (64 - Bits));
        ref var word = ref _seen[place >> 6];
        var bit = 1UL << (place & 63);
        if ((word & bit) == 0)
        {
            word |= bit;
            Count++;
        }
    }

    /// <summary>Notes a number by its magnitude.</summary>
    public void AddMagnitude(int kind, long number) => Add(kind, (ulong)(64 - long.LeadingZeroCount(number)));
}
