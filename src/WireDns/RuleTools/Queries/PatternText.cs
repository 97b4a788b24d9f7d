using System.Globalization;
using System.Net;
using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>
/// Patterns and networks as regular expressions that RE2 (DuckDB, ClickHouse), Java's (Spark) and Joni (Trino) read in the same way.
/// </summary>
internal static class PatternText
{
    // Networks from this length on are written as all of their addresses: 256 at most.
    private const int FewAddresses = 120;

    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

    /// <summary>
    /// The pattern as the column's text has it: in lower case unless case counts, names in their xn-- form. False if no value can match: the column has ASCII alone.
    /// </summary>
    public static IEnumerable<TextPattern> Normalize(TextPattern pattern, bool isCased, bool isName)
    {
        var text = isCased ? pattern : pattern.WithLiterals(Fold);
        if (!isName || pattern.Tokens.All(token => Ascii.IsValid(token.Text)))
        {
            return [text];
        }

        var isConverted = true;
        var converted = pattern.WithLiterals(literal =>
        {
            isConverted &= Ascii.IsValid(literal) || InternationalName.TryConvert(literal, out literal);
            return literal;
        });
        return isConverted ? [isCased ? converted : converted.WithLiterals(Fold)] : [];
    }

    /// <summary>The expression that finds a pattern in a text, the whole of which it must match.</summary>
    public static string Of(TextPattern pattern)
    {
        if (pattern.TakesNamesBelow)
        {
            // A dot that is not in a label: an even number of backslashes stands before it.
            return $@"(?:\A|(?:\A|[^\\])(?:\\\\)*\.){Escape(pattern.Tokens[^1].Text)}\z";
        }

        var tokens = pattern.Tokens;
        var text = new StringBuilder();
        text.Append(tokens.Count == 0 || tokens[0].Kind != PatternTokenKind.AnyText ? @"\A" : "");
        for (var i = 0; i < tokens.Count; i++)
        {
            var isInside = i > 0 && i < tokens.Count - 1;
            text.Append(tokens[i].Kind switch
            {
                PatternTokenKind.Literal => Escape(tokens[i].Text),
                PatternTokenKind.AnyCharacter => "(?s:.)",
                _ => isInside ? "(?s:.)*" : "",
            });
        }

        text.Append(tokens.Count == 0 || tokens[^1].Kind != PatternTokenKind.AnyText ? @"\z" : "");
        return text.ToString();
    }

    /// <summary>The expression that matches the text of an address in a network; null if there is none that is short enough.</summary>
    public static string? Of(CidrValue value)
    {
        // The reader of rules has checked it: an address, and perhaps a slash with the length.
        var slash = value.AsWritten.IndexOf('/', StringComparison.Ordinal);
        var address = IPAddress.Parse(slash < 0 ? value.AsWritten : value.AsWritten[..slash]);
        var octets = address.GetAddressBytes();
        var length = slash < 0 ? octets.Length * 8 : int.Parse(value.AsWritten.AsSpan(slash + 1), CultureInfo.InvariantCulture);
        return octets.Length == 4 ? OfIpv4(octets, length) : OfIpv6(octets, length);
    }

    /// <summary>A text that stands for itself in an expression.</summary>
    public static string Escape(string literal)
    {
        var text = new StringBuilder(literal.Length + 8);
        foreach (var character in literal)
        {
            if (character < ' ')
            {
                text.Append(CultureInfo.InvariantCulture, $"\\x{(int)character:X2}");
            }
            else
            {
                text.Append(char.IsAscii(character) && (char.IsPunctuation(character) || char.IsSymbol(character)) && character is not ('_' or '-') ? "\\" : "").Append(character);
            }
        }

        return text.ToString();
    }

    private static string OfIpv4(byte[] octets, int length)
    {
        var text = new StringBuilder(@"\A");
        for (var i = 0; i < 4; i++)
        {
            var known = Math.Clamp(length - (8 * i), 0, 8);
            var last = octets[i] | (0xff >> known);
            text.Append(i == 0 ? "" : @"\.").Append(known switch
            {
                0 => Octet,
                8 => octets[i].ToString(CultureInfo.InvariantCulture),
                _ => $"(?:{string.Join('|', Enumerable.Range(octets[i], last - octets[i] + 1))})",
            });
        }

        return text.Append(@"\z").ToString();
    }

    // An address is written in its shortest form, so that only what its first group tells alone can be seen in the text; or all of it.
    private static string? OfIpv6(byte[] octets, int length)
    {
        var first = (octets[0] << 8) | octets[1];
        if (length >= FewAddresses)
        {
            return $@"\A(?:{string.Join('|', Enumerable.Range(0, 1 << (128 - length)).Select(number => Escape(Next(octets, number).ToString())))})\z";
        }

        if (length is 0 or > 16 || first < 0x1000)
        {
            return null;
        }

        var text = new StringBuilder(@"\A");
        for (var i = 0; i < 4; i++)
        {
            var digit = (first >> (12 - (4 * i))) & 0xf;
            var last = digit | (0xf >> Math.Clamp(length - (4 * i), 0, 4));
            text.Append('[').AppendJoin("", Enumerable.Range(digit, last - digit + 1).Select(value => value.ToString("x", CultureInfo.InvariantCulture))).Append(']');
        }

        return text.Append(':').ToString();
    }

    private static IPAddress Next(byte[] octets, int number)
    {
        byte[] next = [.. octets];
        next[^1] += (byte)number;
        return new IPAddress(next);
    }

    // The long s folds to s, which the platform's casing leaves out.
    private static string Fold(string literal) => literal.ToLowerInvariant().Replace('\u017F', 's');
}
