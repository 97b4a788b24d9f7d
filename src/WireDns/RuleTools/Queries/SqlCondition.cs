using System.Globalization;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Queries;

/// <summary>
/// A rule's detection as a condition of SQL over the rows of a table. Each leaf is true or false, never null, so that a missing field is false and its negation true. For one
/// rule.
/// </summary>
/// <param name="sql">The engine's SQL.</param>
/// <param name="table">The table.</param>
/// <param name="rule">The rule.</param>
internal sealed class SqlCondition(SqlDialect sql, IQueryTable table, SigmaRule rule)
{
    // Engines refuse expressions that are too large; longer lists are several.
    private const int MostAlternatives = 200;

    /// <summary>Above this number a list that is not of whole names is for a join with a table.</summary>
    private const int MostPatterns = 10_000;

    private int _variables;

    /// <summary>Why the rule cannot be said exactly; null if it can.</summary>
    public string? Refusal { get; private set; }

    /// <summary>The condition; without meaning if there is a <see cref="Refusal"/>.</summary>
    public string Write() => Write(rule.Detection.Root);

    private string Write(RuleNode node) => node switch
    {
        SelectionUse use => Write(use.Selection.Node),
        Not not => $"NOT ({Write(not.Node)})",
        AllOf all => Join(" AND ", all.Nodes.Select(Write)),
        AnyOf any => Join(" OR ", any.Nodes.Select(Write)),
        _ => WriteMatch((FieldMatch)node),
    };

    private string WriteMatch(FieldMatch match)
    {
        IReadOnlyList<QueryField>? fields = match.Field is null ? table.Keywords(rule.LogSource) : [table.Find(match.Field, rule.LogSource)];
        if (fields is null)
        {
            return Refuse("keywords search the whole event, and the table has a column for each field");
        }

        if (fields.FirstOrDefault(field => field.Refusal is not null) is { } refused)
        {
            return Refuse($"it asks for {match.Field ?? "keywords"}: {refused.Refusal}");
        }

        if (fields is [{ Places: [StatePlace or NumberedPlace] places }])
        {
            return WriteStates(match, places[0]);
        }

        var test = match.RequiresAll
            ? Join(" AND ", match.Values.Select(value => WriteValues([value], fields, match)))
            : WriteValues(match.Values, fields, match);
        return match.IsNegated ? $"NOT ({test})" : test;
    }

    private string WriteStates(FieldMatch match, Place place)
    {
        if (match.Field is null || match.Values.Any(value => value is FieldReferenceValue))
        {
            return Refuse($"it compares {match.Field ?? "keywords"} with another field, and the table has it as a number");
        }

        return new FieldStates(rule, match).Write(place);
    }

    private string WriteValues(IEnumerable<MatchValue> values, IReadOnlyList<QueryField> fields, FieldMatch match)
    {
        var tests = new List<string>();
        var texts = new List<(TextPattern Pattern, bool IsCased)>();
        var numbers = new List<SigmaNumber>();
        foreach (var value in values)
        {
            switch (value)
            {
                case TextValue text:
                    texts.AddRange(text.Patterns.Select(pattern => (pattern, text.IsCased)));
                    break;
                case BooleanValue boolean:
                    texts.Add((TextPattern.Parse(boolean.Value ? "true" : "false"), false));
                    break;
                case NumberValue number:
                    numbers.Add(number.Number);
                    break;
                case NullValue or ExistsValue { Expected: false }:
                    tests.Add($"NOT ({Exists(fields)})");
                    break;
                case ExistsValue:
                    tests.Add(Exists(fields));
                    break;
                default:
                    tests.Add(Join(" OR ", fields.SelectMany(field => field.Places).Select(place => WriteOther(value, place, match))));
                    break;
            }
        }

        if (texts.Count > 0)
        {
            tests.Insert(0, Join(" OR ", fields.SelectMany(field => field.Places.Select(place => OnEach(place, column => Texts(texts, column, field.IsName))))));
        }

        if (numbers.Count > 0)
        {
            tests.Add(Join(" OR ", fields.SelectMany(field => field.Places).Select(place => OnEach(place, column => Numbers(numbers, column)))));
        }

        return Join(" OR ", tests);
    }

    private string WriteOther(MatchValue value, Place place, FieldMatch match)
    {
        switch (value)
        {
            case RegexValue regex:
                var text = new RegexText(regex.AsWritten, Has(ModifierKind.IgnoreCase), Has(ModifierKind.MultiLine), Has(ModifierKind.DotAll));
                return text.Rewrite() is not { } expression ? Refuse(text.Refusal!)
                    : OnEach(place, column => Leaf(sql.Matches(Has(ModifierKind.IgnoreCase) ? column.Folded : column.Spelt, expression)));

            case CidrValue network:
                return PatternText.Of(network) is not { } addresses
                    ? Refuse($"{network.AsWritten}: the text of an IPv6 address does not tell whether it is in this network")
                    : place is ItemPlace { IsAddress: false } && network.AsWritten.Contains(':', StringComparison.Ordinal)
                        ? Refuse($"{network.AsWritten}: IPv6 networks are asked for in dns.resolved_ip, src_ip and dst_ip alone")
                        : OnEach(place, column => Leaf(sql.Matches(column.Folded, addresses)));

            case ComparisonValue comparison:
                return Compare(comparison, place);

            default:
                return Refer((FieldReferenceValue)value, place);
        }

        bool Has(ModifierKind kind) => match.Modifiers.Any(modifier => modifier.Kind == kind);
    }

    private string Exists(IReadOnlyList<QueryField> fields) => Join(" OR ", fields.SelectMany(field => field.Places).Select(place => place switch
    {
        TextPlace text => $"{text.Folded} IS NOT NULL",
        NumberPlace number => $"{number.Sql} IS NOT NULL",
        TimePlace => "ts IS NOT NULL",
        _ => OnEach(place, _ => "TRUE"),
    }));

    private string Compare(ComparisonValue comparison, Place place)
    {
        if (comparison.Part is { } part)
        {
            return place is TimePlace { Microseconds: { } time } && sql.Part(time, part) is { } value
                ? Leaf($"{value} {Operator(comparison)} {comparison.Number}")
                : Refuse(place is TimePlace ? $"the engine tells the {part.ToString().ToLowerInvariant()} in its session's time zone" : $"it takes the {part.ToString().ToLowerInvariant()} of what the table has as text");
        }

        // What the engine reads as a number of a text is more than what rules do.
        const string Number = @"\A[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\z";
        return place is TimePlace ? Refuse("it compares a time with a number") : OnEach(place, column => column.IsNumber
            ? Leaf($"{column.Folded} {Operator(comparison)} {Literal(comparison.Number)}")
            : Leaf($"CASE WHEN {sql.Matches(column.Spelt, Number)} THEN {sql.TryDouble(column.Spelt)} {Operator(comparison)} {Literal(comparison.Number)} END"));
    }

    private static string Operator(ComparisonValue comparison) => comparison.Comparison switch
    {
        ComparisonOperator.Less => "<",
        ComparisonOperator.LessOrEqual => "<=",
        ComparisonOperator.Greater => ">",
        ComparisonOperator.GreaterOrEqual => ">=",
        _ => "=",
    };

    // An exponent makes it a double in every engine.
    private static string Literal(SigmaNumber number) => number.ToString() is var text && text.AsSpan().ContainsAny('.', 'E') ? text.Contains('E', StringComparison.Ordinal) ? text.Replace("E+", "e", StringComparison.Ordinal) : $"{text}e0" : text;

    private string Refer(FieldReferenceValue reference, Place place)
    {
        var other = table.Find(reference.Field, rule.LogSource);
        if (other.Refusal is not null || other.Places.Any(target => target is StatePlace or NumberedPlace or TimePlace))
        {
            return Refuse($"it compares with {reference.Field}: {other.Refusal ?? "the table has it as a number"}");
        }

        return Join(" OR ", other.Places.Select(target => OnEach(place, column => OnEach(target, compared =>
        {
            var (text, part) = reference.IsCased ? (TextOf(column, isSpelt: true), TextOf(compared, isSpelt: true)) : (TextOf(column), TextOf(compared));
            return Leaf((reference.AllowsTextBefore, reference.AllowsTextBehind) switch
            {
                (false, false) => $"{text} = {part}",
                (false, true) => sql.StartsWith(text, part),
                (true, false) => sql.EndsWith(text, part),
                _ => sql.Contains(text, part),
            });
        }))));
    }

    private string Numbers(List<SigmaNumber> numbers, Column column)
    {
        if (!column.IsNumber)
        {
            return In(column.Spelt, numbers.Select(number => number.ToString()));
        }

        // An integer of the table is none that has a fraction or more digits.
        string[] literals = [.. numbers.Where(number => column.IsReal || long.TryParse(number.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)).Select(Literal).Distinct(StringComparer.Ordinal)];
        return literals.Length switch
        {
            0 => "FALSE",
            1 => Leaf($"{column.Folded} = {literals[0]}"),
            _ => Leaf($"{column.Folded} IN ({string.Join(", ", literals)})"),
        };
    }

    private string Texts(List<(TextPattern Pattern, bool IsCased)> texts, Column column, bool isName)
    {
        if (column.IsReal)
        {
            return Refuse("it compares a time as text");
        }

        return Join(" OR ", texts.GroupBy(text => text.IsCased).Select(group =>
            Texts([.. group.SelectMany(text => PatternText.Normalize(text.Pattern, group.Key, isName)).DistinctBy(pattern => pattern.ToString(), StringComparer.Ordinal)], column, TextOf(column, group.Key))));
    }

    private string Texts(List<TextPattern> patterns, Column column, string text)
    {
        var tests = new List<string>();
        var exact = patterns.Where(pattern => !pattern.TakesNamesBelow && (pattern.Tokens.Count == 0 || pattern is { HasWildcards: false, Tokens.Count: 1 })).ToList();
        if (exact.Count > 0)
        {
            tests.Add(Exact([.. exact.Select(pattern => pattern.Tokens.Count == 0 ? "" : pattern.Tokens[0].Text)], column, text));
        }

        var others = patterns.Except(exact).ToList();
        if (others.Any(pattern => pattern.Tokens is [{ Kind: PatternTokenKind.AnyText }]))
        {
            return $"{text} IS NOT NULL";
        }

        if (others.Count > MostPatterns)
        {
            return Refuse(string.Create(CultureInfo.InvariantCulture, $"a list of {others.Count} texts that are no whole names is for a join with a table of them"));
        }

        tests.AddRange(others.Count < 3
            ? others.Select(pattern => One(pattern, text))
            : others.Chunk(MostAlternatives).Select(chunk => Leaf(sql.Matches(text, string.Join('|', chunk.Select(PatternText.Of))))));
        return Join(" OR ", tests);
    }

    private string One(TextPattern pattern, string text) => Leaf(pattern.TakesNamesBelow ? sql.Matches(text, PatternText.Of(pattern)) : pattern.Tokens switch
    {
        [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } part, { Kind: PatternTokenKind.AnyText }] => sql.Contains(text, sql.Quote(part.Text)),
        [{ Kind: PatternTokenKind.Literal } part, { Kind: PatternTokenKind.AnyText }] => sql.StartsWith(text, sql.Quote(part.Text)),
        [{ Kind: PatternTokenKind.AnyText }, { Kind: PatternTokenKind.Literal } part] => sql.EndsWith(text, sql.Quote(part.Text)),
        _ => sql.Matches(text, PatternText.Of(pattern)),
    });

    // Rows are sorted by the registered domain: with it, an engine reads little.
    private string Exact(IReadOnlyList<string> values, Column column, string text)
    {
        if (!column.HasDomain)
        {
            return In(text, values);
        }

        var withDomain = values.Select(value => (Value: value, Domain: DomainOf(value.ToLowerInvariant()))).ToLookup(value => value.Domain is not null);
        var tests = new List<string>();
        if (withDomain[true].Any())
        {
            tests.Add($"({In("registered_domain", withDomain[true].Select(value => value.Domain!))} AND {In(text, withDomain[true].Select(value => value.Value))})");
        }

        if (withDomain[false].Any())
        {
            tests.Add(In(text, withDomain[false].Select(value => value.Value)));
        }

        return Join(" OR ", tests);
    }

    private static string? DomainOf(string name) =>
        name.Length > 0 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_') && name.Split('.').All(label => label.Length > 0)
            ? DnsFields.RegisteredDomainOf(name) : null;

    private string In(string text, IEnumerable<string> values)
    {
        var literals = values.Distinct(StringComparer.Ordinal).Select(sql.Quote).ToList();
        return Leaf(literals.Count == 1 ? $"{text} = {literals[0]}" : $"{text} IN ({string.Join(", ", literals)})");
    }

    private string TextOf(Column column, bool isSpelt = false) => column.IsNumber ? sql.Text(column.Folded) : isSpelt ? column.Spelt : column.Folded;

    // A test of a column, or of any item of a list.
    private string OnEach(Place place, Func<Column, string> test)
    {
        switch (place)
        {
            case TextPlace text:
                return test(new Column(text.Folded, text.Spelt, HasDomain: text.HasDomain));
            case NumberPlace number:
                return test(new Column(number.Sql, number.Sql, IsNumber: true, IsReal: number.IsReal));
            case ItemPlace item:
                var variable = $"x{++_variables}";
                var member = sql.Member(variable, item.Member);
                var condition = test(item.IsNumber ? new Column(member, member, IsNumber: true) : new Column(sql.Lower(member), member));
                if (item.IsAddress)
                {
                    // Data that is no address is written as \# and octets (RFC 3597).
                    condition = $"coalesce({sql.Member(variable, "type")} IN ('A', 'AAAA') AND NOT {sql.StartsWith(member, sql.Quote(@"\#"))}, FALSE) AND {condition}";
                }

                return Leaf(sql.Any(item.List, variable, condition));
            case TimePlace:
                return Refuse("it compares a time with a text");
            default:
                // One of the fields that keywords search.
                return Refuse("it searches keywords in what the table has as a number");
        }
    }

    private static string Leaf(string test) => $"coalesce({test}, FALSE)";

    private static string Join(string word, IEnumerable<string> tests)
    {
        var all = tests.ToList();
        return all.Count switch
        {
            0 => word == " AND " ? "TRUE" : "FALSE",
            1 => all[0],
            _ => $"({string.Join(word, all)})",
        };
    }

    private string Refuse(string reason)
    {
        Refusal ??= reason;
        return "FALSE";
    }

    private readonly record struct Column(string Folded, string Spelt, bool IsNumber = false, bool IsReal = false, bool HasDomain = false);
}
