using System.Text;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Parquet.Reading;
using WireDns.Sigma.Rules;
using WireDns.Wire.Dns;

namespace WireDns.Hunting;

/// <summary>
/// How the names of lookups must end to matter: rows of other names, and whole groups of them, need not be matched. Made only where that can be proven. Immutable.
/// </summary>
internal sealed class NameEnds
{
    // A list longer than this leaves out few names, and costs more memory than it saves time.
    private const int MostEnds = 200_000;

    private readonly HashSet<string> _whole = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _wholeByText;
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _endsByText;
    private readonly int[] _lengths;
    private readonly string[]? _domains;

    private NameEnds(HashSet<NameEnd> names)
    {
        var domains = new HashSet<string>(StringComparer.Ordinal);
        var haveDomains = true;
        foreach (var name in names)
        {
            (name.IsWhole ? _whole : _ends).Add(name.Text);
            haveDomains = haveDomains && name.Domain is { } domain && (domains.Contains(domain) || domains.Add(domain));
        }

        (_wholeByText, _endsByText) = (_whole.GetAlternateLookup<ReadOnlySpan<char>>(), _ends.GetAlternateLookup<ReadOnlySpan<char>>());
        _lengths = [.. _ends.Select(end => end.Length).Distinct().Order()];
        _domains = haveDomains ? [.. domains.Order(StringComparer.Ordinal)] : null;
    }

    /// <summary>What names must be to match one of some patterns with * and ?; null if that may be any name.</summary>
    public static NameEnds? Of(IReadOnlyList<string> patterns)
    {
        var ends = new HashSet<NameEnd>();
        foreach (var pattern in patterns)
        {
            var start = pattern.LastIndexOfAny(['*', '?']) + 1;
            if (NameEnd.Of(pattern[start..], isWhole: start == 0) is not { } end)
            {
                return null;
            }

            ends.Add(end);
        }

        return ends.Count is 0 or > MostEnds ? null : new NameEnds(ends);
    }

    /// <summary>
    /// What the question's name must be for any of the rules that run to match; null if that may be any name, or a correlation runs: what it says depends on how far time went
    /// on with lookups that it does not count.
    /// </summary>
    public static NameEnds? Of(LoadedRules rules)
    {
        if (rules.RunningCorrelations.Count > 0)
        {
            return null;
        }

        var ends = new HashSet<NameEnd>();
        foreach (var verdict in rules.Verdicts.Where(verdict => verdict.Runs))
        {
            if (Of(verdict.Rule.Detection.Root, verdict.Rule.LogSource) is not { } found)
            {
                return null;
            }

            ends.UnionWith(found);
            if (ends.Count > MostEnds)
            {
                return null;
            }
        }

        return new NameEnds(ends);
    }

    /// <summary>Whether a group may have rows that matter, as its footer tells.</summary>
    /// <param name="group">The group.</param>
    /// <param name="suffixes">The list of public suffixes by which its registered domains were found; null if they cannot be relied on.</param>
    public bool MayBeIn(LogGroup group, string? suffixes)
    {
        if (_domains is null || group.FirstDomain is null || group.LastDomain is null || group.MayHaveOtherNames || suffixes != DnsFields.PublicSuffixDigest)
        {
            return true;
        }

        var next = Array.BinarySearch(_domains, group.FirstDomain, StringComparer.Ordinal);
        next = next < 0 ? ~next : next;
        return next < _domains.Length && string.CompareOrdinal(_domains[next], group.LastDomain) <= 0;
    }

    /// <summary>Marks the rows of a group that matter: a place for each.</summary>
    public bool[] Find(LookupHeads heads)
    {
        var matter = new bool[heads.Count];
        var takesName = false;
        for (var row = 0; row < heads.Count; row++)
        {
            // Rows are sorted: most names are that of the row before.
            takesName = heads.IsNameOfRowBefore(row) ? takesName : Takes(heads.Name(row));
            matter[row] = takesName || heads.Oddities(row) != RowOddities.None;
        }

        return matter;
    }

    private bool Takes(ReadOnlySpan<byte> name)
    {
        Span<char> text = stackalloc char[DnsName.MaximumTextLength];
        return name.Length > text.Length || !Encoding.UTF8.TryGetChars(name, text, out var length) || Takes(text[..length]);
    }

    // An escaped name has another text in rules for Zeek's log.
    private bool Takes(ReadOnlySpan<char> name)
    {
        if (name.Contains('\\') || _wholeByText.Contains(name))
        {
            return true;
        }

        foreach (var length in _lengths)
        {
            if (length > name.Length)
            {
                break;
            }

            if (_endsByText.Contains(name[^length..]))
            {
                return true;
            }
        }

        return false;
    }

    // Null: a name of any end may match. The parser bounds the depth.
    private static HashSet<NameEnd>? Of(RuleNode node, LogSource source) => node switch
    {
        SelectionUse use => Of(use.Selection.Node, source),
        AnyOf any => Union(any.Nodes.Select(child => Of(child, source))),
        AllOf all => Least(all.Nodes.Select(child => Of(child, source))),
        FieldMatch { IsNegated: false, Field: not null } match => OfMatch(match, source),
        _ => null,
    };

    private static HashSet<NameEnd>? OfMatch(FieldMatch match, LogSource source)
    {
        if (!new DnsFields().TryResolve(match.Field!, source, out var field) || (DnsField)field.Id is not (DnsField.QuestionName or DnsField.RegisteredDomain))
        {
            return null;
        }

        var isDomain = (DnsField)field.Id == DnsField.RegisteredDomain;
        var values = match.Values.Select(value => value is TextValue text ? Union(text.Patterns.Select(pattern => OfPattern(pattern, isDomain))) : null);
        return match.RequiresAll ? Least(values) : Union(values);
    }

    private static HashSet<NameEnd>? OfPattern(TextPattern pattern, bool isDomain) => pattern.Tokens is [.., { Kind: PatternTokenKind.Literal } last]
        && (pattern.TakesNamesBelow ? NameEnd.OfNameAndBelow(last.Text)
            : isDomain && pattern.Tokens.Count == 1 ? NameEnd.OfNameAndBelow(last.Text)
            : NameEnd.Of(last.Text, isWhole: pattern.Tokens.Count == 1)) is { } end
        ? [end] : null;

    private static HashSet<NameEnd>? Union(IEnumerable<HashSet<NameEnd>?> alternatives)
    {
        var union = new HashSet<NameEnd>();
        foreach (var ends in alternatives)
        {
            if (ends is null || union.Count > MostEnds)
            {
                return null;
            }

            union.UnionWith(ends);
        }

        return union;
    }

    private static HashSet<NameEnd>? Least(IEnumerable<HashSet<NameEnd>?> parts) => parts.Where(ends => ends is not null).MinBy(ends => ends!.Count);
}

/// <summary>A text that a name is, or that it ends with. In lower case, of ASCII.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsWhole">Whether it is the whole name.</param>
/// <param name="Domain">The registered domain that all such names have; null if they may have several.</param>
internal readonly record struct NameEnd(string Text, bool IsWhole, string? Domain)
{
    /// <summary>A text at the end of a name; null if no text is known that must be there.</summary>
    public static NameEnd? Of(string text, bool isWhole)
    {
        var label = text.IndexOf('.', StringComparison.Ordinal) + 1;
        return !CanBeCompared(text) ? null
            : isWhole ? new NameEnd(text.ToLowerInvariant(), true, DnsFields.RegisteredDomainOf(text.ToLowerInvariant()))
            : new NameEnd(text.ToLowerInvariant(), false, label == 0 ? null : DnsFields.RegisteredDomainOfNamesBelow(text[label..].ToLowerInvariant()));
    }

    /// <summary>A name with all names below it.</summary>
    public static NameEnd? OfNameAndBelow(string name) =>
        CanBeCompared(name) ? new NameEnd(name.ToLowerInvariant(), false, DnsFields.RegisteredDomainOfNamesBelow(name.ToLowerInvariant())) : null;

    // Escapes have several spellings, and other letters an xn-- form.
    private static bool CanBeCompared(string text) => text.Length > 0 && text.All(char.IsAscii) && !text.Contains('\\', StringComparison.Ordinal);
}
