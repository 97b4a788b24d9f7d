using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Says why a value matches the text of no name. A name has no dot at its end (the root is <c>.</c>), and a byte outside 0x21 to 0x7e, a dot in a label
/// and a backslash are written with a backslash before them.
/// </summary>
internal static partial class NameJudge
{
    private const int MaximumLabelOctets = 63;

    // 255 octets on the wire have one for the first label's length and one for the root.
    private const int MaximumOctets = 253;

    /// <summary>What is wrong with a value of a name; the first pattern's fault where all have one.</summary>
    public static ValueFault? Find(TextValue value, FieldFacts facts)
    {
        ValueFault? first = null;
        foreach (var pattern in value.Patterns)
        {
            if (Find(value, pattern, facts) is not { } fault)
            {
                return null;
            }

            first ??= fault;
        }

        return first;
    }

    private static ValueFault? Find(TextValue value, TextPattern pattern, FieldFacts facts)
    {
        var tokens = pattern.Tokens;
        if (tokens.Count == 0)
        {
            return new ValueFault("impossible-name-value", "no name is empty: the root is '.'", "use the modifier exists, or null, for a message without a name");
        }

        if (tokens is [{ Text: "." }])
        {
            return null;
        }

        var shown = ValueJudge.Shorten(value);
        if (Link().IsMatch(value.AsWritten))
        {
            // Some programs do ask for such names.
            var host = Host().Match(value.AsWritten).Value;
            return new ValueFault("url-as-name", $"'{shown}' is a URL, and the field holds a name alone", host.Length > 0 ? $"write '{host}'" : null) { IsNever = false };
        }

        if (tokens[^1].Text.EndsWith('.') && !tokens[^1].Text.EndsWith(@"\.", StringComparison.Ordinal))
        {
            // A star may stand for nothing before the root's dot.
            return TrailingDot(value, isNever: tokens[^1].Text != ".");
        }

        if (FindImpossible(pattern, facts) is { } found)
        {
            return new ValueFault("impossible-name-value", $"'{shown}' never matches: {found.Reason}", null) { IsNever = found.IsNever };
        }

        if (InternationalName.HasOtherLetters(pattern) && !InternationalName.TryConvert(pattern, out _))
        {
            return new ValueFault(
                "non-ascii-without-xn",
                $"'{shown}' has no form that can be on the wire: names carry other letters in labels that begin with xn--",
                "write whole labels, or their xn-- form");
        }

        var end = tokens switch
        {
            [{ Kind: PatternTokenKind.Literal } whole] => whole.Text,
            [.., { Kind: PatternTokenKind.Literal } last] when last.Text.StartsWith('.') => last.Text,
            _ => null,
        };
        return end is not null && facts.Refute(end) is { } refuted
            ? new ValueFault("not-a-registered-domain", $"'{shown}' never matches: {refuted.Problem}", refuted.Suggestion)
            : null;
    }

    /// <summary>Whether a value that is looked for among other texts is a host name with a dot at its end.</summary>
    public static bool HasTrailingDot(TextValue value) =>
        value.Patterns is [{ Tokens: [.., { Kind: PatternTokenKind.Literal } last] }] && AbsoluteName().IsMatch(last.Text);

    /// <summary>The fault of a name with a dot at its end.</summary>
    public static ValueFault TrailingDot(TextValue value, bool isNever) =>
        new("trailing-dot", $"'{ValueJudge.Shorten(value)}' never matches: names have no dot at their end", "leave the dot out") { IsNever = isNever };

    /// <summary>Why the text of no name can match, or null.</summary>
    private static (string Reason, bool IsNever)? FindImpossible(TextPattern pattern, FieldFacts facts)
    {
        var tokens = pattern.Tokens;
        if (tokens[0].Kind == PatternTokenKind.Literal && tokens[0].Text.StartsWith('.') && tokens[0].Text != ".")
        {
            return ("no name begins with a dot", true);
        }

        var octets = 0;
        for (var index = 0; index < tokens.Count; index++)
        {
            var text = tokens[index].Text;
            // After a star the literal may begin in the middle of an escape.
            var isOpen = index > 0;
            var label = 0;
            var isWhole = !isOpen;
            for (var i = 0; i < text.Length; i++, octets++)
            {
                if (text[i] is < ' ' or '\x7f' || (text[i] == ' ' && !facts.HasHexEscapes))
                {
                    return ($"this character is printed as \\{(int)text[i]:D3} in a name", true);
                }

                if (text[i] == '.')
                {
                    if (i + 1 < text.Length && text[i + 1] == '.')
                    {
                        return ("no name has an empty label", i > 0 || !isOpen);
                    }

                    label = 0;
                    isWhole = true;
                    continue;
                }

                if (isWhole && ++label > MaximumLabelOctets)
                {
                    return ($"no label is longer than {MaximumLabelOctets} octets", !facts.HasHexEscapes);
                }

                if (text[i] != '\\' || i + 1 == text.Length)
                {
                    continue;
                }

                if (char.IsAsciiDigit(text[i + 1]))
                {
                    i += Math.Min(3, text.Length - 1 - i);
                }
                else if (text[i + 1] is '.' or '\\')
                {
                    i++;
                }
                else if (facts.HasHexEscapes && text[i + 1] == 'x')
                {
                    i += Math.Min(3, text.Length - 1 - i);
                }
                else
                {
                    return ("a backslash in a name stands before a dot, a backslash or three digits", (!isOpen || i > 0) && !facts.HasHexEscapes);
                }
            }
        }

        return octets > MaximumOctets ? ($"no name is longer than {MaximumOctets} octets", !facts.HasHexEscapes) : null;
    }

    [GeneratedRegex(@"^\.?(?:[A-Za-z0-9_-]+\.)+$", RegexOptions.CultureInvariant)]
    private static partial Regex AbsoluteName();

    // A scheme, or a host name followed by a path or a port. A slash by itself may be part of a name (RFC 2317 §4).
    [GeneratedRegex(@"[A-Za-z][A-Za-z0-9+.-]*://|^[A-Za-z0-9.-]+\.[A-Za-z]{2,}(?:/|:[0-9])", RegexOptions.CultureInvariant)]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<=://|^)[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
