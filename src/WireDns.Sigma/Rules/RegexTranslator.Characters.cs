namespace WireDns.Sigma.Rules;

/// <summary>Escapes and classes: the pieces that match one character.</summary>
internal sealed partial class RegexTranslator
{
    /// <summary>A backslash and a letter that stand for a set: \d, \h, \p{L} and their like.</summary>
    private bool TryReadSet(out RegexSet set)
    {
        var letter = pattern[_index + 1];
        set = char.ToLowerInvariant(letter) switch
        {
            'd' => RegexSet.Digits,
            'w' => RegexSet.Words,
            's' => RegexSet.Spaces,
            // PCRE's horizontal space has characters outside ASCII; people who know other engines take it for a hexadecimal digit.
            'h' => throw Refuse($"\\{letter} (write [ \\t])"),
            'v' => RegexSet.VerticalSpaces,
            'n' when letter == 'N' => RegexSet.LineFeed,
            'p' => ReadCategory(),
            _ => RegexSet.Everything,
        };
        if (ReferenceEquals(set, RegexSet.Everything))
        {
            return false;
        }

        if (char.ToLowerInvariant(letter) == 'p')
        {
            return true;
        }

        if (letter == 'N' && pattern.AsSpan(_index).StartsWith(@"\N{"))
        {
            throw Refuse(@"\N{…} (write \x{…})");
        }

        _index += 2;
        set = char.IsAsciiLetterUpper(letter) ? set.Negate() : set;
        return true;
    }

    private RegexSet ReadCategory()
    {
        var isNegated = pattern[_index + 1] == 'P';
        var end = _index + 2 < pattern.Length && pattern[_index + 2] == '{' ? pattern.IndexOf('}', _index) : _index + 2;
        if (end < 0 || end >= pattern.Length)
        {
            throw Refuse(@"a \p without its name");
        }

        var name = pattern[(_index + 2)..(end + 1)].Trim('{', '}');
        if (name.StartsWith('^'))
        {
            isNegated = !isNegated;
            name = name[1..];
        }

        // Only the general categories are the same in both; under i, PCRE treats Lu, Ll and Lt alike.
        if (name is not ("L" or "Lu" or "Ll" or "Lt" or "Lm" or "Lo" or "M" or "Mn" or "Mc" or "Me" or "N" or "Nd" or "Nl" or "No" or "P" or "Pc" or "Pd" or "Ps"
            or "Pe" or "Pi" or "Pf" or "Po" or "S" or "Sm" or "Sc" or "Sk" or "So" or "Z" or "Zs" or "Zl" or "Zp" or "C" or "Cc" or "Cf" or "Co")
            || (_flags.IgnoresCase && name is "Lu" or "Ll" or "Lt"))
        {
            throw Refuse($"\\p{{{YamlScalar.Shorten(name)}}}{(_flags.IgnoresCase ? " under the flag i" : "")}");
        }

        _index = end + 1;
        var set = new RegexSet();
        set.AddCategory($"\\{(isNegated ? 'P' : 'p')}{{{name}}}");
        return set;
    }

    /// <summary>A backslash and what follows it, for one character.</summary>
    private int ReadCharacterEscape(bool isInClass)
    {
        var c = pattern[_index + 1];
        _index += 2;
        switch (c)
        {
            case 'a':
                return 7;
            case 'e':
                return 27;
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'b' when isInClass:
                return '\b';
            case 'c' when !IsAtEnd && pattern[_index] is >= ' ' and <= '~':
                return char.ToUpperInvariant(pattern[_index++]) ^ 0x40;
            case 'x' when !IsAtEnd && pattern[_index] == '{':
                return ReadBraced(16);
            case 'x':
                return ReadDigits(16, 2);
            case 'o' when !IsAtEnd && pattern[_index] == '{':
                return ReadBraced(8);
            case '0':
                return ReadDigits(8, 2);
            case >= '1' and <= '7' when isInClass:
                _index--;
                return ReadDigits(8, 3);
            case 'u' or 'U' or 'L' or 'l':
                throw Refuse($"\\{c} (PCRE writes a character as \\x{{…}})");
            default:
                return char.IsAsciiLetterOrDigit(c) ? throw Refuse($"the escape \\{c}")
                    : char.IsSurrogate(c) ? throw Refuse("a backslash before a character outside the Basic Multilingual Plane") : c;
        }
    }

    private int ReadDigits(int radix, int maximum)
    {
        var value = 0;
        for (var i = 0; i < maximum && !IsAtEnd && DigitOf(pattern[_index]) is var digit && digit < radix; i++)
        {
            value = (value * radix) + digit;
            _index++;
        }

        return value;
    }

    private int ReadBraced(int radix)
    {
        var start = _index++;
        var value = ReadDigits(radix, radix == 8 ? 7 : 6);
        if (IsAtEnd || pattern[_index] != '}' || _index == start + 1 || value > 0x10FFFF || value is >= 0xD800 and <= 0xDFFF)
        {
            throw Refuse("an escape in braces that names no character");
        }

        _index++;
        return value;
    }

    private static int DigitOf(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;

    private RegexSet ReadClass()
    {
        _index++;
        var isNegated = !IsAtEnd && pattern[_index] == '^';
        _index += isNegated ? 1 : 0;
        var set = new RegexSet();
        for (var isFirst = true; ; isFirst = false)
        {
            if (IsAtEnd)
            {
                throw Refuse("a [ without its ]");
            }

            if (pattern[_index] == ']' && !isFirst)
            {
                _index++;
                break;
            }

            if (pattern[_index] == '-' && !isFirst && _index + 2 < pattern.Length && pattern[_index + 1] == '[' && pattern[_index + 2] is not (':' or '.' or '='))
            {
                throw Refuse("-[ in a class, which .NET takes for a subtraction and PCRE for two characters (write \\-\\[ for those)");
            }

            AddToClass(set);
        }

        if (_flags.IgnoresCase)
        {
            set.IgnoreCase();
        }

        return isNegated ? set.Negate() : set;
    }

    private void AddToClass(RegexSet set)
    {
        if (pattern[_index] == '[' && _index + 1 < pattern.Length && pattern[_index + 1] is ':' or '.' or '=' && FindPosixEnd() is > 0 and var end)
        {
            AddPosixClass(set, end);
            RefuseRange();
            return;
        }

        if (pattern.AsSpan(_index).StartsWith(@"\Q"))
        {
            var last = pattern.IndexOf(@"\E", _index, StringComparison.Ordinal);
            throw Refuse(last < 0 ? @"\Q in a class without its \E" : @"\Q…\E in a class");
        }

        if (pattern.AsSpan(_index).StartsWith(@"\E"))
        {
            _index += 2;
            return;
        }

        if (pattern[_index] == '\\' && _index + 1 < pattern.Length)
        {
            if (pattern[_index + 1] is 'B' or 'N' or 'R' or 'X')
            {
                throw Refuse($"\\{pattern[_index + 1]} in a class");
            }

            if (TryReadSet(out var inner))
            {
                if (!set.TryAdd(inner))
                {
                    throw Refuse("a negated set with characters outside ASCII in a class");
                }

                RefuseRange();
                return;
            }
        }

        var first = ReadClassCharacter();
        if (_index + 1 >= pattern.Length || pattern[_index] != '-' || pattern[_index + 1] == ']')
        {
            set.Add(first, first);
            return;
        }

        _index++;
        if (pattern[_index] == '[' && _index + 1 < pattern.Length && pattern[_index + 1] is not (':' or '.' or '='))
        {
            throw Refuse("-[ in a class, which .NET takes for a subtraction and PCRE for a range (write \\-\\[ for the characters)");
        }

        if (pattern[_index] == '[' || (pattern[_index] == '\\' && _index + 1 < pattern.Length && "dDwWsShHvVpPN".Contains(pattern[_index + 1], StringComparison.Ordinal)))
        {
            throw Refuse("a range that ends in a set");
        }

        var lastCharacter = ReadClassCharacter();
        if (lastCharacter < first)
        {
            throw Refuse($"a range in reverse order ({first}-{lastCharacter})");
        }

        set.Add(first, lastCharacter);
    }

    // After a set a hyphen is literal, except in a range that PCRE 10 refuses.
    private void RefuseRange()
    {
        if (_index + 1 < pattern.Length && pattern[_index] == '-' && pattern[_index + 1] != ']')
        {
            throw Refuse("a range that begins with a set");
        }
    }

    private char ReadClassCharacter()
    {
        if (IsAtEnd)
        {
            throw Refuse("a [ without its ]");
        }

        if (pattern[_index] != '\\')
        {
            return char.IsSurrogate(pattern[_index]) ? throw Refuse("a character outside the Basic Multilingual Plane in a class") : pattern[_index++];
        }

        if (_index + 1 == pattern.Length)
        {
            throw Refuse("a backslash at the end");
        }

        var code = ReadCharacterEscape(isInClass: true);
        return code > char.MaxValue ? throw Refuse("a character outside the Basic Multilingual Plane in a class") : (char)code;
    }

    private int FindPosixEnd()
    {
        var end = pattern.IndexOf($"{pattern[_index + 1]}]", _index + 2, StringComparison.Ordinal);
        return end > 0 && pattern.AsSpan(_index + 2, end - _index - 2).IndexOfAny(']', '\\') < 0 ? end : -1;
    }

    private void AddPosixClass(RegexSet set, int end)
    {
        if (pattern[_index + 1] != ':')
        {
            throw Refuse($"a collating element ({pattern[_index..(end + 2)]})");
        }

        var name = pattern[(_index + 2)..end];
        var isNegated = name.StartsWith('^');
        // Under i PCRE's upper and lower are both letters.
        var found = name.TrimStart('^') switch
        {
            "alnum" => RegexSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
            "alpha" => RegexSet.Of(('A', 'Z'), ('a', 'z')),
            "ascii" => RegexSet.Of(('\0', '\x7f')),
            "blank" => RegexSet.Of(('\t', '\t'), (' ', ' ')),
            "cntrl" => RegexSet.Of(('\0', '\x1f'), ('\x7f', '\x7f')),
            "digit" => RegexSet.Digits,
            "graph" => RegexSet.Of(('!', '~')),
            "lower" => _flags.IgnoresCase ? RegexSet.Of(('A', 'Z'), ('a', 'z')) : RegexSet.Of(('a', 'z')),
            "print" => RegexSet.Of((' ', '~')),
            "punct" => RegexSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
            "space" => RegexSet.Spaces,
            "upper" => _flags.IgnoresCase ? RegexSet.Of(('A', 'Z'), ('a', 'z')) : RegexSet.Of(('A', 'Z')),
            "word" => RegexSet.Words,
            "xdigit" => RegexSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            _ => throw Refuse($"the unknown class [:{YamlScalar.Shorten(name)}:]"),
        };
        set.TryAdd(isNegated ? found.Negate() : found);
        _index = end + 2;
    }
}
