using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Finds <c>%name%</c> in the texts under the modifier expand and replaces it by the values. A backslash before a percent sign makes it an
/// ordinary character.
/// </summary>
internal static class PlaceholderText
{
    /// <summary>The parts of a literal: texts, and the names of placeholders between them.</summary>
    public static List<(string Text, bool IsPlaceholder)> Split(string literal)
    {
        var parts = new List<(string, bool)>();
        var text = new StringBuilder();
        for (var i = 0; i < literal.Length; i++)
        {
            if (literal[i] == '\\' && i + 1 < literal.Length && literal[i + 1] == '%')
            {
                text.Append('%');
                i++;
                continue;
            }

            var end = literal[i] == '%' ? FindNameEnd(literal, i + 1) : -1;
            if (end < 0)
            {
                text.Append(literal[i]);
                continue;
            }

            parts.Add((text.ToString(), false));
            parts.Add((literal[(i + 1)..end], true));
            text.Clear();
            i = end;
        }

        parts.Add((text.ToString(), false));
        return parts;
    }

    /// <summary>The patterns that a pattern stands for, in the order of the lists, one at a time.</summary>
    public static IEnumerable<TextPattern> Expand(TextPattern pattern, SigmaPlaceholders placeholders)
    {
        var parts = new List<(PatternToken Token, bool IsPlaceholder)>();
        foreach (var token in pattern.Tokens)
        {
            if (token.Kind != PatternTokenKind.Literal)
            {
                parts.Add((token, false));
                continue;
            }

            foreach (var (text, isPlaceholder) in Split(token.Text))
            {
                parts.Add((PatternToken.Literal(text), isPlaceholder));
            }
        }

        parts.RemoveAll(p => p.Token is { Kind: PatternTokenKind.Literal, Text: "" });
        // The usual case, and that of a list of a million: the value is only the placeholder.
        return parts is [{ IsPlaceholder: true } only] && placeholders.TryGet(only.Token.Text, out var values)
            ? placeholders.AreNames(only.Token.Text) ? values.Select(TextPattern.Domain) : values.Select(TextPattern.Parse)
            : Expand(parts, 0, [], placeholders);
    }

    private static IEnumerable<TextPattern> Expand(
        List<(PatternToken Token, bool IsPlaceholder)> parts, int index, List<PatternToken> before, SigmaPlaceholders placeholders)
    {
        var tokens = new List<PatternToken>(before);
        for (; index < parts.Count && !parts[index].IsPlaceholder; index++)
        {
            tokens.Add(parts[index].Token);
        }

        if (index == parts.Count)
        {
            yield return new TextPattern(tokens);
            yield break;
        }

        placeholders.TryGet(parts[index].Token.Text, out var values);
        foreach (var value in values)
        {
            var count = tokens.Count;
            tokens.AddRange(TextPattern.Parse(value).Tokens);
            foreach (var pattern in Expand(parts, index + 1, tokens, placeholders))
            {
                yield return pattern;
            }

            tokens.RemoveRange(count, tokens.Count - count);
        }
    }

    private static int FindNameEnd(string literal, int start)
    {
        for (var i = start; i < literal.Length; i++)
        {
            if (literal[i] == '%')
            {
                return i > start ? i : -1;
            }

            if (!char.IsLetterOrDigit(literal[i]) && literal[i] != '_')
            {
                return -1;
            }
        }

        return -1;
    }
}
