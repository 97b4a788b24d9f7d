using System.Text;

namespace WireDns.Detection.Intel;

/// <summary>
/// Reads the domain names of a STIX pattern (STIX 2.1 §9) that is a choice of names: comparisons of <c>domain-name:value</c> by <c>=</c>, <c>IN</c> and
/// <c>LIKE</c>, joined by <c>OR</c>. What else a choice has (addresses, URLs) is left aside: the names are enough for it. A pattern that wants more than one
/// thing at once (<c>AND</c>, <c>FOLLOWEDBY</c>, <c>WITHIN</c> …) is refused.
/// </summary>
internal static class StixPattern
{
    private static readonly string[] Joining = ["AND", "FOLLOWEDBY", "NOT", "WITHIN", "REPEATS", "START", "STOP", "EXISTS"];

    /// <summary>Reads the names.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="names">Gets the names.</param>
    /// <returns>
    /// <see cref="IntelRefusal.None"/> if there is a name; else <see cref="IntelRefusal.Pattern"/>, or <see cref="IntelRefusal.NotAName"/> if it is about other
    /// things only.
    /// </returns>
    public static IntelRefusal Read(string pattern, List<string> names)
    {
        names.Clear();
        var words = Split(pattern);
        if (words is null || words.Exists(word => !word.IsText && Joining.Contains(word.Text, StringComparer.OrdinalIgnoreCase)))
        {
            return IntelRefusal.Pattern;
        }

        var isRefused = false;
        for (var i = 0; i < words.Count; i++)
        {
            if (words[i].IsText || !words[i].Text.Equals("domain-name:value", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var comparison = i + 1 < words.Count && !words[i + 1].IsText ? words[i + 1].Text.ToUpperInvariant() : "";
            var first = i + 2;
            var isList = comparison == "IN" && first < words.Count && words[first] is { IsText: false, Text: "(" };
            isRefused |= comparison is not ("=" or "LIKE" or "IN");
            for (i = isList ? first + 1 : first; comparison is "=" or "LIKE" or "IN" && i < words.Count && (words[i].IsText || words[i].Text == ","); i++)
            {
                if (words[i].IsText)
                {
                    isRefused |= !TryAdd(words[i].Text, isLike: comparison == "LIKE", names);
                }

                if (!isList)
                {
                    break;
                }
            }
        }

        return names.Count > 0 ? IntelRefusal.None : isRefused ? IntelRefusal.Pattern : IntelRefusal.NotAName;
    }

    // Of LIKE's wildcards only % before a dot can be said in a list of names: all names below it.
    private static bool TryAdd(string text, bool isLike, List<string> names)
    {
        var name = isLike && text.StartsWith("%.", StringComparison.Ordinal) ? text[2..] : text;
        if (isLike && name.AsSpan().IndexOfAny('%', '_') >= 0)
        {
            return false;
        }

        names.Add(name);
        return true;
    }

    /// <summary>Texts, words and signs; null if a text does not end.</summary>
    private static List<(string Text, bool IsText)>? Split(string pattern)
    {
        var words = new List<(string Text, bool IsText)>();
        for (var i = 0; i < pattern.Length;)
        {
            var c = pattern[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '\'')
            {
                var text = ReadText(pattern, ref i);
                if (text is null)
                {
                    return null;
                }

                words.Add((text, true));
            }
            else
            {
                var start = i++;
                if (!IsSign(c))
                {
                    while (i < pattern.Length && !IsSign(pattern[i]) && pattern[i] != '\'' && !char.IsWhiteSpace(pattern[i]))
                    {
                        i++;
                    }
                }

                words.Add((pattern[start..i], false));
            }
        }

        return words;
    }

    private static bool IsSign(char c) => c is '[' or ']' or '(' or ')' or ',' or '=' or '!' or '<' or '>';

    private static string? ReadText(string pattern, ref int place)
    {
        var text = new StringBuilder();
        for (place++; place < pattern.Length; place++)
        {
            switch (pattern[place])
            {
                case '\\' when place + 1 < pattern.Length:
                    text.Append(pattern[++place]);
                    break;
                case '\'':
                    place++;
                    return text.ToString();
                default:
                    text.Append(pattern[place]);
                    break;
            }
        }

        return null;
    }
}
