namespace WireDns.Fuzz.Mutation;

/// <summary>
/// Pseudo-random numbers that are the same for the same seed on every machine and in every version (SplitMix64 by Steele, Lea and Flood).
/// </summary>
internal sealed class RandomSource(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9e37_79b9_7f4a_7c15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58_476d_1ce4_e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d0_49bb_1331_11eb;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>A number from 0 up to, but not including, <paramref name="end"/>, which is at least 1.</summary>
    public int Next(int end) => (int)(((Next() >> 32) * (ulong)(uint)end) >> 32);
}
