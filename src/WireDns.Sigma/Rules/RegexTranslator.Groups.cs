namespace WireDns.Sigma.Rules;

/// <summary>Parentheses: groups, flags and comments, and those that are refused.</summary>
internal sealed partial class RegexTranslator
{
    private Item ReadGroup()
    {
        var before = _flags;
        _index++;
        if (!IsAtEnd && pattern[_index] == '*')
        {
            throw Refuse("a verb (*…)");
        }

        var isAtomic = false;
        if (!IsAtEnd && pattern[_index] == '?')
        {
            _index++;
            if (!TryReadGroupKind(out isAtomic))
            {
                return new Item(ItemKind.Nothing, null, default);
            }
        }

        _output.Append("(?:");
        var inside = _output.Length;
        var singles = isAtomic ? _index : -1;
        var extent = ReadAlternatives();
        if (IsAtEnd)
        {
            throw Refuse("a ( without its )");
        }

        if (isAtomic && !IsOneCharacter(pattern.AsSpan(singles, _index - singles)))
        {
            throw RefuseBacktracking("an atomic group (?>…)");
        }

        _index++;
        _output.Append(')');
        _flags = before;
        return new Item(_output.Length == inside + 1 ? ItemKind.Assertion : ItemKind.Consuming, null, extent);
    }

    // Alternatives of one plain character each: whichever matches, there is nothing to give back.
    private static bool IsOneCharacter(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (i % 2 == 0 ? !char.IsAsciiLetterOrDigit(text[i]) : text[i] != '|')
            {
                return false;
            }
        }

        return text.Length % 2 == 1;
    }

    /// <summary>Reads what is between (? and the group's content. False if it is no group: a comment, or flags for what follows.</summary>
    private bool TryReadGroupKind(out bool isAtomic)
    {
        isAtomic = false;
        var rest = pattern.AsSpan(_index);
        switch (rest)
        {
            case [':' or '|', ..]:
                _index++;
                return true;
            case ['#', ..]:
                var end = pattern.IndexOf(')', _index);
                _index = end < 0 ? throw Refuse("a comment (?# without its )") : end + 1;
                return false;
            case ['>', ..]:
                isAtomic = true;
                _index++;
                return true;
            case ['=' or '!', ..]:
                throw RefuseBacktracking($"a lookahead (?{rest[0]}…)");
            case ['<', '=' or '!', ..]:
                throw RefuseBacktracking($"a lookbehind (?<{rest[1]}…)");
            case ['P', '=', ..]:
                throw RefuseBacktracking("a backreference (?P=…)");
            case ['P', '>', ..] or ['&', ..] or ['R', ..] or ['+' or '-', >= '0' and <= '9', ..] or [>= '0' and <= '9', ..]:
                throw RefuseBacktracking("a call of a group");
            case ['(', ..]:
                throw RefuseBacktracking("a condition (?(…)…)");
            case ['C', ..]:
                throw RefuseBacktracking("a callout (?C)");
            case ['P', '<', ..]:
                return ReadName(_index + 2, '>');
            case ['<', ..]:
                return ReadName(_index + 1, '>');
            case ['\'', ..]:
                return ReadName(_index + 1, '\'');
            default:
                return ReadFlags();
        }
    }

    private bool ReadName(int start, char close)
    {
        var end = pattern.IndexOf(close, start);
        if (end <= start || char.IsAsciiDigit(pattern[start]) || pattern.AsSpan(start, end - start).IndexOfAnyExcept(NameCharacters) >= 0)
        {
            throw Refuse("a group with a bad name");
        }

        _index = end + 1;
        return true;
    }

    private static readonly System.Buffers.SearchValues<char> CountCharacters = System.Buffers.SearchValues.Create("0123456789, \t");

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_");

    /// <summary>True for (?i:…), false for (?i), which holds to the end of the group around it.</summary>
    private bool ReadFlags()
    {
        var isOn = true;
        if (!IsAtEnd && pattern[_index] == '^')
        {
            _flags = default;
            _index++;
        }

        for (; !IsAtEnd; _index++)
        {
            switch (pattern[_index])
            {
                case '-' when isOn:
                    isOn = false;
                    break;
                case 'i':
                    _flags = _flags with { IgnoresCase = isOn };
                    break;
                case 'm':
                    _flags = _flags with { IsMultiLine = isOn };
                    break;
                case 's':
                    _flags = _flags with { IsDotAll = isOn };
                    break;
                case 'x' when _index + 1 < pattern.Length && pattern[_index + 1] == 'x':
                    throw Refuse("the flag xx");
                case 'x':
                    _flags = _flags with { IsExtended = isOn };
                    break;
                case 'n' or 'U' or 'J':
                    // No captures, lazy quantifiers, names twice: none of them changes whether there is a match.
                    break;
                case ':':
                    _index++;
                    return true;
                case ')':
                    _index++;
                    return false;
                default:
                    throw Refuse($"(?{YamlScalar.Shorten(pattern[_index].ToString())}");
            }
        }

        throw Refuse("a ( without its )");
    }
}
