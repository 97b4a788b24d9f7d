using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Conversion;

/// <summary>
/// What a rule requires of the question name, as alternatives of terms that must all hold: the part of a rule that tools for names can
/// express. The rest goes to the log: without a filter the result reports more, and an alternative that needs more than the name is left
/// out.
/// </summary>
internal sealed class NameConditions
{
    // Two lists that must both match are multiplied; beyond this number, a file for another tool is useless.
    private const int MaximumAlternatives = 100_000;

    private const int MaximumFilterLength = 100;

    private readonly ConversionLog _log;
    private readonly DnsFields _fields = new();

    private readonly LogSource _source;

    private NameConditions(LogSource source, ConversionLog log)
    {
        _source = source;
        _log = log;
    }

    /// <summary>The alternatives of a rule, in its order; none if it cannot be converted at all, which the log explains.</summary>
    public static IReadOnlyList<IReadOnlyList<NameTerm>> Of(SigmaRule rule, ConversionLog log)
    {
        var alternatives = new NameConditions(rule.LogSource, log).Read(rule.Detection.Root) ?? [];
        if (alternatives.RemoveAll(terms => terms.Count == 0) > 0)
        {
            log.Add("an alternative that asks for no name is left out");
        }

        return alternatives;
    }

    // Null: names cannot express it. A list with an empty alternative: always true. The parser bounds the depth.
    private List<IReadOnlyList<NameTerm>>? Read(RuleNode node) => node switch
    {
        SelectionUse use => Read(use.Selection.Node),
        AnyOf any => ReadAny(any),
        AllOf all => ReadAll(all),
        FieldMatch { IsNegated: false } match => ReadMatch(match),
        _ => Refuse("an alternative that asks for what is not there is left out"),
    };

    private List<IReadOnlyList<NameTerm>>? ReadAny(AnyOf any)
    {
        List<IReadOnlyList<NameTerm>>? alternatives = null;
        foreach (var child in any.Nodes)
        {
            if (Read(child) is { } found)
            {
                (alternatives ??= []).AddRange(found);
            }
        }

        return alternatives;
    }

    private List<IReadOnlyList<NameTerm>>? ReadAll(AllOf all)
    {
        List<IReadOnlyList<NameTerm>> alternatives = [[]];
        foreach (var child in all.Nodes)
        {
            if (child is Not not)
            {
                _log.Add($"the filter {Shorten(ConditionWords.Describe(not.Node))} is not carried, so that what it excludes is reported too");
                continue;
            }

            if (child is FieldMatch { IsNegated: true } negated)
            {
                _log.Add($"the filter on {negated.Field ?? "keywords"} is not carried, so that what it excludes is reported too");
                continue;
            }

            if (Read(child) is not { } found)
            {
                return null;
            }

            if ((long)alternatives.Count * found.Count > MaximumAlternatives)
            {
                return Refuse($"lists that must all match make more than {MaximumAlternatives:N0} combinations, which are left out");
            }

            alternatives = [.. alternatives.SelectMany(terms => found.Select(more => (IReadOnlyList<NameTerm>)[.. terms, .. more]))];
        }

        return alternatives;
    }

    private List<IReadOnlyList<NameTerm>>? ReadMatch(FieldMatch match)
    {
        if (match.Field is null)
        {
            return Refuse("keywords are not carried: they search more than the name");
        }

        var field = _fields.TryResolve(match.Field, _source, out var definition) ? (DnsField)definition.Id : (DnsField?)null;
        if (field is DnsField.SysmonEventId or DnsField.DnsClientEventId or DnsField.DnsServerEventId or DnsField.AnyEventId
            && match.Values.Any(IsEventOfLookup))
        {
            return [[]];
        }

        if (field != DnsField.QuestionName)
        {
            return Refuse($"an alternative that also asks for {FieldWords.Describe(match.Field, _source)} is left out");
        }

        var values = new List<List<IReadOnlyList<NameTerm>>>();
        foreach (var value in match.Values)
        {
            List<IReadOnlyList<NameTerm>> terms = [];
            foreach (var pattern in value is TextValue text ? text.Patterns : [])
            {
                if (NameTerm.TryCreate(pattern, ((TextValue)value).IsCased, out var term))
                {
                    terms.Add([term]);
                }
            }

            if (terms.Count > 0)
            {
                values.Add(terms);
                continue;
            }

            _log.Add(Describe(value), value.AsWritten);
            if (match.RequiresAll)
            {
                return null;
            }
        }

        if (values.Count == 0)
        {
            return null;
        }

        if (!match.RequiresAll)
        {
            return [.. values.SelectMany(terms => terms)];
        }

        // Each value of the list must match; of its patterns, any.
        return values.Count * values.Max(terms => terms.Count) > values.Count
            ? Refuse("lists of which all must match, in several forms each, are left out")
            : [[.. values.SelectMany(terms => terms[0])]];
    }

    private List<IReadOnlyList<NameTerm>>? Refuse(string reason)
    {
        _log.Add(reason);
        return null;
    }

    private static string Shorten(string text) => text.Length <= MaximumFilterLength ? text : string.Concat(text.AsSpan(0, MaximumFilterLength - 1), "…");

    // Sysmon's query, the DNS client's, the DNS server's analytic one: any other tool that sees the name sees one of these.
    private static bool IsEventOfLookup(MatchValue value) => value.AsWritten is "22" or "3008" or "257";

    private static string Describe(MatchValue value) => value switch
    {
        RegexValue => "regular expressions are not carried",
        TextValue => "patterns with a wildcard for one character, or with nothing but wildcards, are not carried",
        _ => "values that are no texts are not carried",
    };
}
