using System.Globalization;
using System.Text;

namespace WireDns.RuleTools.Queries;

/// <summary>
/// Rewrites a regular expression of a rule (docs/sigma.md) so that RE2, Java's and Joni read it in the same way, whatever their flags. What they do not share is refused by
/// its name. For one expression.
/// </summary>
/// <param name="expression">The expression; a rule has it, so it is valid.</param>
/// <param name="ignoresCase">Whether the flag i is given.</param>
/// <param name="isMultiLine">Whether the flag m is given.</param>
/// <param name="isDotAll">Whether the flag s is given.</param>
internal sealed class RegexText(string expression, bool ignoresCase, bool isMultiLine, bool isDotAll)
{
    // RE2's own bound.
    private const int MaximumCount = 1000;

    private readonly StringBuilder _output = new();
    private int _index;
    private bool _isAfterQuantifier;

    /// <summary>Why the expression cannot be carried; null if it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The expression; null if it is refused.</summary>
    public string? Rewrite()
    {
        while (_index < expression.Length && Refusal is null)
        {
            var isQuantifier = false;
            var character = expression[_index++];
            switch (character)
            {
                case '\\':
                    ReadEscape();
                    break;
                case '[':
                    ReadClass();
                    break;
                case '(':
                    ReadGroup();
                    break;
                case ')' or '|':
                    _output.Append(character);
                    break;
                case '.':
                    _output.Append(isDotAll ? "(?s:.)" : @"[^\n]");
                    break;
                case '^' when !isMultiLine:
                    _output.Append(@"\A");
                    break;
                case '$' when !isMultiLine && (_index == expression.Length || expression[_index] is ')' or '|'):
                    _output.Append(@"(?:\n?\z)");
                    break;
                case '^' or '$':
                    Refuse($"{character} in this place");
                    break;
                case '*' or '+' or '?':
                    isQuantifier = !_isAfterQuantifier;
                    Append(character);
                    break;
                case '{':
                    isQuantifier = true;
                    ReadCount();
                    break;
                default:
                    AppendSet(SetOf(character), isNegated: false);
                    break;
            }

            _isAfterQuantifier = isQuantifier;
        }

        return Refusal is null ? _output.ToString() : null;
    }

    private void Append(char quantifier)
    {
        if (_isAfterQuantifier && quantifier != '?')
        {
            Refuse("a quantifier after another");
        }

        _output.Append(quantifier);
    }

    private void ReadCount()
    {
        var end = expression.IndexOf('}', _index);
        var text = end < 0 ? "" : expression[_index..end];
        var counts = text.Split(',');
        if (_isAfterQuantifier || counts.Length > 2 || !IsCount(counts[0]) || (counts.Length == 2 && counts[1].Length > 0 && !IsCount(counts[1])))
        {
            Refuse("a { that begins no count, or one above 1000");
            return;
        }

        _output.Append('{').Append(text).Append('}');
        _index = end + 1;
    }

    private static bool IsCount(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= MaximumCount;

    private void ReadGroup()
    {
        if (_index >= expression.Length || expression[_index] != '?')
        {
            // What it captures is not used.
            _output.Append("(?:");
        }
        else if (_index + 1 < expression.Length && expression[_index + 1] == ':')
        {
            _index += 2;
            _output.Append("(?:");
        }
        else
        {
            Refuse("a group that begins with (?");
        }
    }

    private void ReadEscape()
    {
        if (ReadShorthand(out var isNegated) is { } set)
        {
            AppendSet(set, isNegated);
        }
        else
        {
            AppendSet(SetOf(ReadEscaped()), isNegated: false);
        }
    }

    // The characters of \d, \w and \s, in ASCII as PCRE has them; the backslash was read. Null for another escape.
    private bool[]? ReadShorthand(out bool isNegated)
    {
        var character = _index < expression.Length ? expression[_index] : '\0';
        isNegated = character is 'D' or 'W' or 'S';
        var set = character switch
        {
            'd' or 'D' => Where(char.IsAsciiDigit),
            'w' or 'W' => Where(value => char.IsAsciiLetterOrDigit(value) || value == '_'),
            's' or 'S' => Where(value => value is ' ' or (>= '\t' and <= '\r')),
            _ => null,
        };
        _index += set is null ? 0 : 1;
        return set;
    }

    // The character that an escape stands for; the backslash was read.
    private char ReadEscaped()
    {
        var character = _index < expression.Length ? expression[_index++] : '\0';
        switch (character)
        {
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'x' when _index + 2 <= expression.Length && byte.TryParse(expression.AsSpan(_index, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) && code < 0x80:
                _index += 2;
                return (char)code;
            case var other when char.IsAscii(other) && !char.IsAsciiLetterOrDigit(other) && other != '\0':
                return other;
            default:
                Refuse(character == '\0' ? "a backslash at its end" : $"\\{character}");
                return '\0';
        }
    }

    private void ReadClass()
    {
        var set = new bool[128];
        var isNegated = _index < expression.Length && expression[_index] == '^';
        _index += isNegated ? 1 : 0;
        var start = _index;
        for (var isOpen = true; isOpen && Refusal is null;)
        {
            if (_index >= expression.Length)
            {
                Refuse("a [ without its ]");
                return;
            }

            switch (expression[_index])
            {
                case ']' when _index > start:
                    _index++;
                    isOpen = false;
                    break;
                case '[':
                    Refuse("[ in a class");
                    break;
                default:
                    ReadItem(set);
                    break;
            }
        }

        AppendSet(set, isNegated);
    }

    // A character, an escape, or a range.
    private void ReadItem(bool[] set)
    {
        if (expression[_index] == '\\')
        {
            _index++;
            if (ReadShorthand(out var isNegated) is { } shorthand)
            {
                if (isNegated)
                {
                    Refuse(@"\D, \W or \S in a class");
                }

                Join(set, shorthand);
                return;
            }

            _index--;
        }

        var first = ReadLetter();
        var last = first;
        if (_index + 1 < expression.Length && expression[_index] == '-' && expression[_index + 1] != ']')
        {
            _index++;
            last = ReadLetter();
            if (last < first)
            {
                Refuse("a range in a class that ends in a class");
            }
        }

        for (int value = first; value <= last; value++)
        {
            Join(set, SetOf((char)value));
        }
    }

    private char ReadLetter()
    {
        var character = expression[_index++];
        return character switch
        {
            '\\' when _index < expression.Length && expression[_index] is 'd' or 'w' or 's' or 'D' or 'W' or 'S' => '\0',
            '\\' => ReadEscaped(),
            '[' => '\0',
            _ => character,
        };
    }

    private static void Join(bool[] set, bool[] other)
    {
        for (var i = 0; i < set.Length; i++)
        {
            set[i] |= other[i];
        }
    }

    private bool[] SetOf(char character)
    {
        if (!char.IsAscii(character))
        {
            Refuse("a character outside ASCII");
            return new bool[128];
        }

        return Where(value => value == character || (ignoresCase && char.IsAsciiLetter(character) && (value ^ 0x20) == character));
    }

    private static bool[] Where(Func<char, bool> isIn) => [.. Enumerable.Range(0, 128).Select(value => isIn((char)value))];

    private void AppendSet(bool[] set, bool isNegated)
    {
        if (!isNegated && set.Count(has => has) == 1)
        {
            _output.Append(PatternText.Escape(((char)Array.IndexOf(set, true)).ToString()));
            return;
        }

        _output.Append(isNegated ? "[^" : "[");
        for (var first = 0; first < set.Length; first++)
        {
            if (!set[first])
            {
                continue;
            }

            var last = first;
            while (last + 1 < set.Length && set[last + 1])
            {
                last++;
            }

            _output.Append(Code(first)).Append(last > first ? $"-{Code(last)}" : "");
            first = last;
        }

        _output.Append(']');
    }

    private static string Code(int value) => char.IsAsciiLetterOrDigit((char)value) ? ((char)value).ToString() : string.Create(CultureInfo.InvariantCulture, $"\\x{value:X2}");

    private void Refuse(string construct) => Refusal ??= $"its regular expression has {construct}, which not all engines read alike";
}
