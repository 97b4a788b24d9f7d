namespace WireDns.Terminal;

/// <summary>What a mistyped command or option may have been meant to be.</summary>
internal static class Spelling
{
    private const int MaximumEdits = 2;
    private const int MaximumLength = 40;

    /// <summary>A sentence with a space before it, " Did you mean 'read'?"; empty where no word is near.</summary>
    public static string Suggest(string found, IEnumerable<string> words)
    {
        var nearest = words
            .Select(word => (Word: word, Edits: CountEdits(found, word)))
            .Where(candidate => candidate.Edits <= MaximumEdits && candidate.Edits < candidate.Word.TrimStart('-').Length)
            .OrderBy(candidate => candidate.Edits)
            .Select(candidate => candidate.Word)
            .FirstOrDefault();
        return nearest is null ? "" : $" Did you mean '{nearest}'?";
    }

    // Levenshtein's distance, a row of its table at a time.
    private static int CountEdits(string found, string word)
    {
        if (found.Length > MaximumLength)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, word.Length + 1).ToArray();
        for (var i = 1; i <= found.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= word.Length; j++)
            {
                var replaced = diagonal + (found[i - 1] == word[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
