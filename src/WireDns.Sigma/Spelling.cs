namespace WireDns.Sigma;

/// <summary>Suggests a known word for a misspelt one.</summary>
public static class Spelling
{
    // Two edits catch a swapped pair of letters and a missing one; three would turn any short word into any other.
    private const int MaximumEdits = 2;
    private const int MaximumWordLength = 64;

    /// <summary>"did you mean 'x'?" for the nearest of the words; null if none is within two edits.</summary>
    /// <param name="found">The word as written.</param>
    /// <param name="words">The words that are known.</param>
    public static string? Suggest(string found, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(words);
        string? best = null;
        var bestDistance = MaximumEdits + 1;
        foreach (var word in words)
        {
            var distance = string.Equals(found, word, StringComparison.OrdinalIgnoreCase) ? 0 : CountEdits(found, word);
            // A word of two letters is two edits away from every other one.
            if (distance < bestDistance && distance < Math.Max(found.Length, word.Length) - 1)
            {
                best = word;
                bestDistance = distance;
            }
        }

        return best is null ? null : $"did you mean '{best}'?";
    }

    private static int CountEdits(string a, string b)
    {
        if (a.Length > MaximumWordLength || b.Length > MaximumWordLength || Math.Abs(a.Length - b.Length) > MaximumEdits)
        {
            return int.MaxValue;
        }

        Span<int> previous = stackalloc int[b.Length + 1];
        Span<int> current = stackalloc int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substitution = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitution, Math.Min(previous[j], current[j - 1]) + 1);
            }

            var swap = previous;
            previous = current;
            current = swap;
        }

        return previous[b.Length];
    }
}
