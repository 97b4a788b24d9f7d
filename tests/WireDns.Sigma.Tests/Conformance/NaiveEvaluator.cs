using System.Globalization;
using System.Net;
using WireDns.Sigma.Rules;
using WireDns.Sigma.Tests.Matching;

namespace WireDns.Sigma.Tests.Conformance;

/// <summary>
/// Evaluates a parsed rule by plain recursion over its tree, on an event given as lists of plain objects: the meaning of Sigma written
/// down a second time, without any part of the compiled engine.
/// </summary>
internal sealed class NaiveEvaluator(IReadOnlyDictionary<string, IReadOnlyList<object?>> @event)
{
    public bool IsTrue(RuleNode node) => node switch
    {
        SelectionUse use => IsTrue(use.Selection.Node),
        Not not => !IsTrue(not.Node),
        AllOf all => all.Nodes.All(IsTrue),
        AnyOf any => any.Nodes.Any(IsTrue),
        _ => IsMatch((FieldMatch)node),
    };

    private bool IsMatch(FieldMatch match)
    {
        var isTrue = match.RequiresAll ? match.Values.All(v => IsTrue(match.Field, v)) : match.Values.Any(v => IsTrue(match.Field, v));
        return isTrue != match.IsNegated;
    }

    private bool IsTrue(string? field, MatchValue expected)
    {
        var values = field is null ? [.. @event.Values.SelectMany(v => v)] : ValuesOf(field);
        return expected switch
        {
            NullValue => values.Count == 0 || values.Contains(null),
            ExistsValue exists => values.Count > 0 == exists.Expected,
            _ => values.Any(v => v is not null && IsTrue(v, expected)),
        };
    }

    private bool IsTrue(object value, MatchValue expected) => expected switch
    {
        TextValue text => text.Patterns.Any(p => NaivePattern.IsMatch(p, TextOf(value), text.IsCased)),
        NumberValue number => value is double d ? d == number.Number.ToDouble() : TextOf(value) == number.Number.ToString(),
        BooleanValue boolean => value is bool b ? b == boolean.Value : TextOf(value).Equals(boolean.Value.ToString(), StringComparison.OrdinalIgnoreCase),
        RegexValue regex => regex.Regex.IsMatch(TextOf(value)),
        CidrValue cidr => value is string s && IsInside(s, cidr.AsWritten),
        ComparisonValue comparison => NumberOf(value, comparison.Part) is { } n && Compare(n, comparison),
        FieldReferenceValue reference => ValuesOf(reference.Field).Any(o => o is not null && Refers(TextOf(value), TextOf(o), reference)),
        _ => throw new InvalidOperationException(expected.GetType().Name),
    };

    private IReadOnlyList<object?> ValuesOf(string field) => @event.TryGetValue(field, out var values) ? values : [];

    private static string TextOf(object value) => value switch
    {
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        _ => (string)value,
    };

    private static double? NumberOf(object value, TimePart? part)
    {
        var number = value switch
        {
            double d => d,
            string s when double.TryParse(s, NumberStyles.Float & ~NumberStyles.AllowLeadingWhite & ~NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var parsed) => parsed,
            _ => (double?)null,
        };
        if (part is null)
        {
            return number;
        }

        var time = number is not null ? DateTime.UnixEpoch.AddSeconds(number.Value)
            : value is string text && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal, out var t) ? t
            : (DateTime?)null;
        return time is null ? null : part switch
        {
            TimePart.Minute => time.Value.Minute,
            TimePart.Hour => time.Value.Hour,
            TimePart.Day => time.Value.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(time.Value),
            TimePart.Month => time.Value.Month,
            _ => time.Value.Year,
        };
    }

    private static bool Compare(double n, ComparisonValue c) => c.Comparison switch
    {
        ComparisonOperator.Less => n < c.Number.ToDouble(),
        ComparisonOperator.LessOrEqual => n <= c.Number.ToDouble(),
        ComparisonOperator.Greater => n > c.Number.ToDouble(),
        ComparisonOperator.GreaterOrEqual => n >= c.Number.ToDouble(),
        _ => n == c.Number.ToDouble(),
    };

    private static bool IsInside(string text, string network) =>
        IPAddress.TryParse(text, out var address) && IPNetwork.Parse(network).Contains(address) && (text.Contains(':') || text.Count(c => c == '.') == 3);

    private static bool Refers(string value, string other, FieldReferenceValue reference)
    {
        var literal = new TextPattern([PatternToken.Literal(other)]);
        return NaivePattern.IsMatch(literal.WithWildcards(reference.AllowsTextBefore, reference.AllowsTextBehind), value, reference.IsCased);
    }
}
