using System.Globalization;
using System.Text;

namespace WireDns.Sigma.Rules;

/// <summary>The characters that match at one position of a regular expression: a bit for each of ASCII, and ranges for the rest.</summary>
internal sealed class RegexSet
{
    private const char FirstOther = '\u0080';

    private readonly List<(char First, char Last)> _others = [];
    private readonly List<string> _categories = [];
    private UInt128 _ascii;

    public static RegexSet Digits { get; } = Of(('0', '9'));

    public static RegexSet Words { get; } = Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));

    /// <summary>PCRE's \s includes the vertical tab since 8.34, as Perl's does since 5.18.</summary>
    public static RegexSet Spaces { get; } = Of(('\t', '\r'), (' ', ' '));

    public static RegexSet VerticalSpaces { get; } = Of(('\n', '\r'), ('\u0085', '\u0085'), ('\u2028', '\u2029'));

    public static RegexSet LineFeed { get; } = Of(('\n', '\n'));

    public static RegexSet Everything { get; } = new RegexSet { IsNegated = true };

    /// <summary>Whether the set is negated.</summary>
    public bool IsNegated { get; init; }

    /// <summary>Whether it names a character outside ASCII.</summary>
    public bool NamesOthers => _others.Count > 0 || _categories.Count > 0;

    /// <summary>The first capital letter of ASCII in it whose small letter is not; null for none, and for all that is not in a set.</summary>
    public char? LoneCapital
    {
        get
        {
            for (var c = 'A'; c <= 'Z' && !IsNegated; c++)
            {
                if ((_ascii >> c & 1) != 0 && (_ascii >> char.ToLowerInvariant(c) & 1) == 0)
                {
                    return c;
                }
            }

            return null;
        }
    }

    /// <summary>Whether no character is in both sets; false where that is not plain.</summary>
    public bool IsDisjoint(RegexSet other) => (Bits & other.Bits) == 0 && !(TakesOthers && other.TakesOthers)
        && _categories.Count == 0 && other._categories.Count == 0;

    private UInt128 Bits => IsNegated ? ~_ascii : _ascii;

    private bool TakesOthers => IsNegated || NamesOthers;

    public static RegexSet Of(params ReadOnlySpan<(char First, char Last)> ranges)
    {
        var set = new RegexSet();
        foreach (var (first, last) in ranges)
        {
            set.Add(first, last);
        }

        return set;
    }

    /// <summary>The set with both cases of each ASCII letter, if case does not matter.</summary>
    public static RegexSet OfCharacter(char character, bool ignoresCase)
    {
        var set = Of((character, character));
        if (ignoresCase)
        {
            set.IgnoreCase();
        }

        return set;
    }

    public RegexSet Negate() => Copy(!IsNegated);

    public void Add(char first, char last)
    {
        for (var c = first; c <= last && c < FirstOther; c++)
        {
            _ascii |= UInt128.One << c;
        }

        if (last >= FirstOther)
        {
            _others.Add(((char)Math.Max(first, FirstOther), last));
        }
    }

    /// <summary>Adds another set. False if that is negated and names characters outside ASCII, which a list of ranges cannot express.</summary>
    public bool TryAdd(RegexSet other)
    {
        if (other.IsNegated && other.NamesOthers)
        {
            return false;
        }

        _ascii |= other.Bits;
        _others.AddRange(other._others);
        _categories.AddRange(other._categories);
        if (other.IsNegated)
        {
            _others.Add((FirstOther, char.MaxValue));
        }

        return true;
    }

    /// <summary>Adds a general category of Unicode, such as \p{Lu}.</summary>
    public void AddCategory(string text) => _categories.Add(text);

    public void IgnoreCase()
    {
        for (var c = 'a'; c <= 'z'; c++)
        {
            var both = (UInt128.One << c) | (UInt128.One << char.ToUpperInvariant(c));
            _ascii |= (_ascii & both) != 0 ? both : 0;
        }
    }

    /// <summary>The set in .NET's syntax.</summary>
    public override string ToString()
    {
        if (IsNegated && _ascii == 0 && !NamesOthers)
        {
            return @"[\u0000-\uFFFF]";
        }

        var text = new StringBuilder(IsNegated ? "[^" : "[");
        for (var c = 0; c < FirstOther; c++)
        {
            if (!Has(c))
            {
                continue;
            }

            var last = c;
            while (Has(last + 1))
            {
                last++;
            }

            Append(text, (char)c, (char)last);
            c = last;
        }

        foreach (var (first, last) in _others)
        {
            Append(text, first, last);
        }

        return text.AppendJoin(string.Empty, _categories).Append(']').ToString();

        bool Has(int c) => c < FirstOther && (_ascii >> c & 1) != 0;
    }

    public static string Escape(char c) => char.IsAsciiLetterOrDigit(c) ? c.ToString() : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");

    private static void Append(StringBuilder text, char first, char last)
    {
        text.Append(Escape(first));
        if (last > first)
        {
            text.Append('-').Append(Escape(last));
        }
    }

    private RegexSet Copy(bool isNegated)
    {
        var copy = new RegexSet { IsNegated = isNegated, _ascii = _ascii };
        copy._others.AddRange(_others);
        copy._categories.AddRange(_categories);
        return copy;
    }
}
