using System.Globalization;
using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>
/// Translates a regular expression of PCRE, as rules mean it, into one of .NET that matches the same texts and never backtracks. Constructs
/// that .NET reads differently are rewritten (POSIX classes, \h, ASCII's \d \w \s and case); those that need backtracking are refused by
/// name (docs/sigma.md has the table). Used once per expression.
/// </summary>
internal sealed partial class RegexTranslator(string pattern, bool ignoresCase, bool isMultiLine, bool isDotAll)
{
    // Parentheses are read recursively; the deepest of SigmaHQ's has four.
    private const int MaximumDepth = 50;

    // PCRE's own bound (pcre2pattern(3), Repetition).
    private const int MaximumCount = 65_535;

    private readonly StringBuilder _output = new();
    private Flags _flags = new(ignoresCase, isMultiLine, isDotAll, IsExtended: false);
    private int _index;
    private int _depth;
    private int _quotedEnd;

    /// <summary>Whether it names characters outside ASCII.</summary>
    public bool NamesOthers { get; private set; }

    /// <summary>The first capital letter that it asks for and whose small letter it does not take; null for none.</summary>
    public char? FirstCapital { get; private set; }

    /// <summary>The least number of UTF-16 units in a text that it matches.</summary>
    public int MinimumLength { get; private set; }

    /// <summary>Whether it has \b or \B.</summary>
    public bool HasBoundary { get; private set; }

    /// <summary>The expression in .NET's syntax, for RegexOptions.None.</summary>
    /// <exception cref="UnsupportedRegexException">It is refused, or not valid; the message names the construct.</exception>
    public string Translate()
    {
        var extent = ReadAlternatives();
        MinimumLength = extent.MinimumLength;
        if (_index < pattern.Length)
        {
            throw Refuse("a ) without its (");
        }

        if (extent.HasOpenCaret && pattern != "^")
        {
            // PCRE's ^ does not match after a line feed that ends the text, .NET's does: they agree only if a character follows.
            throw Refuse("^ under the flag m without a character after it");
        }

        return HasBoundary && NamesOthers ? throw Refuse("\\b beside characters outside ASCII") : _output.ToString();
    }

    private bool IsAtEnd => _index >= pattern.Length;

    // Between \Q and \E every character is itself.
    private bool IsQuoted => _index < _quotedEnd;

    private Extent ReadAlternatives()
    {
        if (++_depth > MaximumDepth)
        {
            throw Refuse($"more than {MaximumDepth} parentheses inside one another");
        }

        var extent = ReadSequence();
        while (!IsAtEnd && pattern[_index] == '|')
        {
            _index++;
            _output.Append('|');
            var other = ReadSequence();
            extent = new Extent(Math.Min(extent.MinimumLength, other.MinimumLength), extent.HasOpenCaret || other.HasOpenCaret);
        }

        _depth--;
        return extent;
    }

    /// <summary>Reads up to a |, a ) or the end.</summary>
    private Extent ReadSequence()
    {
        // A possessive quantifier waits here for what follows: if that cannot begin with what it repeats, an ordinary quantifier matches the same.
        RegexSet? possessive = null;
        var (length, hasOpenCaret) = (0L, false);
        while (true)
        {
            SkipComments();
            if (IsAtEnd || (!IsQuoted && pattern[_index] is '|' or ')'))
            {
                break;
            }

            var item = ReadItem();
            if (item.Kind == ItemKind.Nothing)
            {
                continue;
            }

            SkipComments();
            var (minimum, isPossessive) = ReadQuantifier(item);
            var isFollowed = item.Kind == ItemKind.End
                ? possessive?.IsDisjoint(RegexSet.LineFeed)
                : item.Set is not null && minimum > 0 && possessive?.IsDisjoint(item.Set) == true;
            if (possessive is not null && isFollowed != true)
            {
                throw RefuseBacktracking("a possessive quantifier (++, *+, ?+ or }+) that may take what follows it");
            }

            possessive = isPossessive ? item.Set ?? throw RefuseBacktracking("a possessive quantifier (++, *+, ?+ or }+) after a group") : null;
            var consumed = (long)item.Extent.MinimumLength * minimum;
            length = Math.Min(length + consumed, int.MaxValue);
            hasOpenCaret = (hasOpenCaret && consumed == 0) || item.Extent.HasOpenCaret;
        }

        if (possessive is not null && _depth > 1)
        {
            throw RefuseBacktracking("a possessive quantifier (++, *+, ?+ or }+) at the end of a group");
        }

        return new Extent((int)length, hasOpenCaret);
    }

    private Item ReadItem()
    {
        if (IsQuoted)
        {
            return ReadLiteral();
        }

        var c = pattern[_index];
        switch (c)
        {
            case '(':
                return ReadGroup();
            case '[' when _index + 1 < pattern.Length && pattern[_index + 1] is ':' or '.' or '=' && FindPosixEnd() > 0:
                throw Refuse("a POSIX class outside brackets (write [[:alpha:]])");
            case '[':
                return Emit(ReadClass());
            case '\\':
                return ReadEscape();
            case '.':
                _index++;
                return Emit(_flags.IsDotAll ? RegexSet.Everything : RegexSet.LineFeed.Negate());
            case '^':
                _index++;
                return EmitAssertion(_flags.IsMultiLine ? "(?m:^)" : @"\A", hasOpenCaret: _flags.IsMultiLine);
            case '$':
                _index++;
                return EmitAssertion(_flags.IsMultiLine ? "(?m:$)" : @"\Z", ItemKind.End);
            case '*' or '+' or '?':
                throw Refuse($"the quantifier {c} with nothing before it");
            case '{' when IsCount(_index, out _, out _, out _):
                throw Refuse("a quantifier in braces with nothing before it");
            default:
                return ReadLiteral();
        }
    }

    private Item ReadLiteral()
    {
        if (char.IsHighSurrogate(pattern[_index]) && _index + 1 < pattern.Length && char.IsLowSurrogate(pattern[_index + 1]))
        {
            _index += 2;
            return EmitPair(pattern[_index - 2], pattern[_index - 1]);
        }

        return Emit(RegexSet.OfCharacter(pattern[_index++], _flags.IgnoresCase));
    }

    private Item EmitPair(char high, char low)
    {
        NamesOthers = true;
        _output.Append("(?:").Append(RegexSet.Escape(high)).Append(RegexSet.Escape(low)).Append(')');
        return new Item(ItemKind.Consuming, null, new Extent(2, false));
    }

    private Item Emit(RegexSet set)
    {
        NamesOthers |= set.NamesOthers;
        FirstCapital ??= set.LoneCapital;
        _output.Append(set);
        return new Item(ItemKind.Consuming, set, Extent.Character);
    }

    private Item EmitAssertion(string text, ItemKind kind = ItemKind.Assertion, bool hasOpenCaret = false)
    {
        _output.Append(text);
        return new Item(kind, null, new Extent(0, hasOpenCaret));
    }

    private Item ReadEscape()
    {
        if (_index + 1 == pattern.Length)
        {
            throw Refuse("a backslash at the end");
        }

        switch (pattern[_index + 1])
        {
            case 'A' or 'z' or 'Z' or 'b' or 'B':
                HasBoundary |= pattern[_index + 1] is 'b' or 'B';
                _index += 2;
                return EmitAssertion(pattern[(_index - 2).._index], pattern[_index - 1] is 'z' or 'Z' ? ItemKind.End : ItemKind.Assertion);
            case 'K':
                // Moves the beginning of what is reported, not whether there is a match.
                _index += 2;
                return new Item(ItemKind.Nothing, null, default);
            case 'Q':
                _index += 2;
                _quotedEnd = pattern.IndexOf(@"\E", _index, StringComparison.Ordinal);
                _quotedEnd = _quotedEnd < 0 ? pattern.Length : _quotedEnd;
                return new Item(ItemKind.Nothing, null, default);
            case 'G':
                throw Refuse(@"\G");
            case 'R':
                throw Refuse(@"\R (write [\n\r])");
            case 'X':
                throw Refuse(@"\X");
            case 'C':
                throw Refuse(@"\C");
            case 'g' or 'k':
                throw RefuseBacktracking($"a backreference or call (\\{pattern[_index + 1]})");
            case >= '1' and <= '9':
                throw RefuseBacktracking($"a backreference (\\{pattern[_index + 1]})");
            default:
                if (TryReadSet(out var set))
                {
                    return Emit(set);
                }

                var code = ReadCharacterEscape(isInClass: false);
                return code > char.MaxValue
                    ? EmitPair(char.ConvertFromUtf32(code)[0], char.ConvertFromUtf32(code)[1])
                    : Emit(RegexSet.OfCharacter((char)code, _flags.IgnoresCase));
        }
    }

    /// <summary>Copies a quantifier. Returns the least number of repetitions, and whether it is possessive.</summary>
    private (int Minimum, bool IsPossessive) ReadQuantifier(Item item)
    {
        if (IsAtEnd || IsQuoted)
        {
            return (1, false);
        }

        int minimum;
        switch (pattern[_index])
        {
            case '*' or '+' or '?':
                minimum = pattern[_index] == '+' ? 1 : 0;
                _output.Append(pattern[_index++]);
                break;
            case '{' when IsCount(_index, out minimum, out var maximum, out var end):
                if (maximum < minimum)
                {
                    throw Refuse("a count in reverse order");
                }

                if (Math.Max(minimum, maximum == int.MaxValue ? 0 : maximum) > MaximumCount)
                {
                    throw Refuse($"a count above {MaximumCount:N0}");
                }

                _output.Append(pattern, _index, end - _index);
                _index = end;
                break;
            case '{' when IsDoubtfulCount():
                throw Refuse("{ with blanks or without its first number, a count to PCRE from 10.43 on and a text before (write \\{ for the character)");
            default:
                return (1, false);
        }

        if (item.Kind != ItemKind.Consuming)
        {
            throw Refuse("a quantifier after ^, $, \\b or an empty group");
        }

        SkipComments();
        var isPossessive = !IsAtEnd && pattern[_index] == '+';
        if (!IsAtEnd && pattern[_index] is '?' or '+')
        {
            _output.Append(isPossessive ? string.Empty : "?");
            _index++;
        }

        SkipComments();
        if (!IsAtEnd && (pattern[_index] is '*' or '+' or '?' || IsCount(_index, out _, out _, out _)))
        {
            throw Refuse("a quantifier after another");
        }

        return (minimum, isPossessive);
    }

    private bool IsCount(int at, out int minimum, out int maximum, out int end)
    {
        (minimum, maximum, end) = (0, 0, 0);
        var close = pattern.IndexOf('}', at);
        if (pattern[at] != '{' || close < 0)
        {
            return false;
        }

        var text = pattern.AsSpan(at + 1, close - at - 1);
        var comma = text.IndexOf(',');
        var first = comma < 0 ? text : text[..comma];
        var second = comma < 0 ? first : text[(comma + 1)..];
        end = close + 1;
        return IsDigits(first, out minimum) && ((comma >= 0 && second.IsEmpty && (maximum = int.MaxValue) > 0) || IsDigits(second, out maximum));
    }

    private static bool IsDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        if (text.IsEmpty || text.IndexOfAnyExceptInRange('0', '9') >= 0)
        {
            return false;
        }

        // Too long for a number is above the bound in any case.
        value = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, int.MaxValue - 1) : int.MaxValue - 1;
        return true;
    }

    private bool IsDoubtfulCount()
    {
        var close = pattern.IndexOf('}', _index);
        var text = close < 0 ? [] : pattern.AsSpan(_index + 1, close - _index - 1);
        return text.ContainsAnyInRange('0', '9') && text.IndexOfAnyExcept(CountCharacters) < 0;
    }

    /// <summary>Skips comments, and blanks if the flag x is set.</summary>
    private void SkipComments()
    {
        while (!IsAtEnd && !IsQuoted)
        {
            if (_flags.IsExtended && pattern[_index] is ' ' or (>= '\t' and <= '\r'))
            {
                _index++;
            }
            else if (pattern.AsSpan(_index).StartsWith(@"\E"))
            {
                _index += 2;
            }
            else if (_flags.IsExtended && pattern[_index] == '#')
            {
                var end = pattern.IndexOf('\n', _index);
                _index = end < 0 ? pattern.Length : end + 1;
            }
            else if (pattern.AsSpan(_index).StartsWith("(?#"))
            {
                var end = pattern.IndexOf(')', _index);
                _index = end < 0 ? throw Refuse("a comment (?# without its )") : end + 1;
            }
            else
            {
                return;
            }
        }
    }

    private static UnsupportedRegexException Refuse(string construct) => new(construct, needsBacktracking: false);

    private static UnsupportedRegexException RefuseBacktracking(string construct) => new(construct, needsBacktracking: true);

    private readonly record struct Flags(bool IgnoresCase, bool IsMultiLine, bool IsDotAll, bool IsExtended);

    private enum ItemKind
    {
        Nothing,
        Assertion,
        End,
        Consuming,
    }

    /// <summary>A piece that a quantifier may follow; the set is that of a single character.</summary>
    private readonly record struct Item(ItemKind Kind, RegexSet? Set, Extent Extent);

    /// <summary>
    /// The least number of UTF-16 units that a match of a piece consumes, and whether it can end with a ^ under the flag m that nothing follows.
    /// </summary>
    private readonly record struct Extent(int MinimumLength, bool HasOpenCaret)
    {
        public static Extent Character => new(1, false);
    }
}

/// <summary>A regular expression that is refused; the message names the construct.</summary>
internal sealed class UnsupportedRegexException(string construct, bool needsBacktracking) : Exception(construct)
{
    /// <summary>Whether no automaton can do what the construct says; otherwise it is no expression, or one that PCRE and .NET read differently.</summary>
    public bool NeedsBacktracking { get; } = needsBacktracking;
}
