using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Scale;

/// <summary>
/// Lists of domains of any length, the same on every machine: the 22 watched ones, then invented ones that no capture holds. Their
/// letters are those of pronounceable names, so that they share grams with what is looked up, as real lists do.
/// </summary>
internal static class ValueList
{
    private const string Consonants = "bcdfghklmnprstvz";
    private const string Vowels = "aeiou";

    private static readonly string[] TopLevels = ["com", "com", "com", "com", "net", "org", "info", "io", "de", "ru", "cn", "xyz"];

    /// <summary>The list.</summary>
    /// <param name="count">How many values; at least as many as there are watched domains.</param>
    public static IEnumerable<string> Make(int count)
    {
        var watched = WatchedDomains.All.ToArray();
        ArgumentOutOfRangeException.ThrowIfLessThan(count, watched.Length);
        foreach (var domain in watched)
        {
            yield return domain;
        }

        var random = new Xoshiro256(2);
        var seen = new HashSet<string>(count, StringComparer.Ordinal);
        while (seen.Count < count - watched.Length)
        {
            var domain = Invent(random);
            if (seen.Add(domain))
            {
                yield return domain;
            }
        }
    }

    // Five to seven syllables and a digit, which no name of the captures has at this place.
    private static string Invent(Xoshiro256 random)
    {
        Span<char> letters = stackalloc char[16];
        var length = 0;
        for (var syllables = 4 + random.Below(4); syllables > 0; syllables--)
        {
            letters[length++] = Consonants[random.Below(Consonants.Length)];
            letters[length++] = Vowels[random.Below(Vowels.Length)];
        }

        letters[length++] = (char)('0' + random.Below(10));
        return $"{letters[..length]}.{TopLevels[random.Below(TopLevels.Length)]}";
    }
}
