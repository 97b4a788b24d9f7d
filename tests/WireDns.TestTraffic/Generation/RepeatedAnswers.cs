namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Answers that a name gives again and again, as resolvers do: the same alias, the same addresses in another order, and a
/// time to live that counts down. Of 523 lookups of a name that had been looked up before in public captures, 493 had the
/// same answers, whether there was an alias never changed, and all addresses of a response had one time to live.
/// </summary>
internal static class RepeatedAnswers
{
    private const int SameInAHundred = 94;
    private const int OtherSets = 3;

    private static readonly uint[] TimesToLive = [30, 60, 60, 120, 300, 300, 300, 600, 900, 1800, 3600, 3600, 7200, 86400];

    /// <summary>What the answers of a lookup are drawn from: in most cases the same for the same name and type.</summary>
    public static ulong SeedOf(Lookup lookup, Xoshiro256 random)
    {
        var seed = Mixed(lookup.Name, lookup.Type);
        return random.Percent(SameInAHundred) ? seed : seed + 1 + (ulong)random.Below(OtherSets);
    }

    /// <summary>The time to live that a record has left, in seconds.</summary>
    /// <param name="lookup">The lookup.</param>
    /// <param name="record">What tells the record from others of the name.</param>
    /// <param name="seconds">When the response is sent, from the beginning of the capture.</param>
    public static uint TimeToLive(Lookup lookup, ulong record, ulong seconds)
    {
        var whole = TimesToLive[new Xoshiro256(Mixed(lookup.Name, lookup.Type) ^ record).Below(TimesToLive.Length)];
        var fetched = new Xoshiro256(Mixed(lookup.Name, lookup.Type) ^ record ^ lookup.Resolver.Host.Low).Below(whole);
        return whole - (uint)((seconds + fetched) % whole);
    }

    // FNV-1a, over the name in lower case.
    private static ulong Mixed(ReadOnlySpan<byte> name, ushort type)
    {
        var hash = 0xCBF29CE484222325 ^ type;
        foreach (var octet in name)
        {
            hash = (hash ^ (octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet)) * 0x100000001B3;
        }

        return hash;
    }
}
