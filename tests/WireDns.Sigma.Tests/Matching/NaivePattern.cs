using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Matching;

/// <summary>Matches a pattern by trying everything, over folded runes: it shares nothing with the product's matcher.</summary>
internal static class NaivePattern
{
    public static bool IsMatch(TextPattern pattern, string text, bool isCased)
    {
        var runes = text.EnumerateRunes().Select(r => isCased ? r.Value : Fold(r)).ToArray();
        var parts = new List<(PatternTokenKind Kind, int Rune)>();
        foreach (var token in pattern.Tokens)
        {
            if (token.Kind != PatternTokenKind.Literal)
            {
                parts.Add((token.Kind, 0));
                continue;
            }

            parts.AddRange(token.Text.EnumerateRunes().Select(r => (token.Kind, isCased ? r.Value : Fold(r))));
        }

        // The set of places in the text that the parts read so far can end at.
        var ends = new HashSet<int> { 0 };
        foreach (var (kind, rune) in parts)
        {
            ends = kind switch
            {
                PatternTokenKind.AnyText => ends.SelectMany(e => Enumerable.Range(e, runes.Length - e + 1)).ToHashSet(),
                PatternTokenKind.AnyCharacter => ends.Where(e => e < runes.Length).Select(e => e + 1).ToHashSet(),
                _ => ends.Where(e => e < runes.Length && runes[e] == rune).Select(e => e + 1).ToHashSet(),
            };
        }

        return ends.Contains(runes.Length);
    }

    private static int Fold(Rune rune) => rune.Value switch
    {
        0x17F => 's',
        0x212A => 'k',
        0x130 or 0x131 => rune.Value,
        _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).Value,
    };
}
