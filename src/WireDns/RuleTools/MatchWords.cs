using System.Globalization;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools;

/// <summary>What one leaf of a rule looks for, in words, without its values.</summary>
internal static class MatchWords
{
    /// <summary>Subject, verb and the number of values: <c>the question name (QueryName) contains any of 22 values</c>.</summary>
    /// <param name="match">The leaf.</param>
    /// <param name="count">How many values it has.</param>
    /// <param name="source">The rule's log source.</param>
    public static string Describe(FieldMatch match, long count, LogSource source)
    {
        var subject = match.Field is null ? "any text of the lookup" : FieldWords.Describe(match.Field, source);
        var first = match.Values.FirstOrDefault();
        return first switch
        {
            ExistsValue exists => $"{subject} is {(exists.Expected != match.IsNegated ? "" : "not ")}there",
            NullValue when count == 1 => $"{subject} is {(match.IsNegated ? "not " : "")}missing or null",
            _ => $"{subject} {Verb(match, first)}{Quantifier(match, count)}{Notes(match)}",
        };
    }

    /// <summary>A value as written in the rule; texts in quotes.</summary>
    public static string Value(MatchValue value) => value switch
    {
        TextValue or RegexValue => $"'{value.AsWritten}'",
        _ => value.AsWritten,
    };

    /// <summary>Whether the words of <see cref="Describe"/> include the value.</summary>
    public static bool SaysValue(FieldMatch match, long count) =>
        match.Values.FirstOrDefault() is ExistsValue || (count == 1 && match.Values.FirstOrDefault() is NullValue);

    private static string Verb(FieldMatch match, MatchValue? value)
    {
        var (says, denies) = value switch
        {
            RegexValue => ("matches the regular expression", "does not match the regular expression"),
            CidrValue => ("is in the network", "is not in the network"),
            ComparisonValue comparison => (Comparison(comparison, "is "), Comparison(comparison, "is not ")),
            FieldReferenceValue { AllowsTextBefore: true, AllowsTextBehind: true } => ("contains the field", "does not contain the field"),
            FieldReferenceValue { AllowsTextBefore: true } => ("ends with the field", "does not end with the field"),
            FieldReferenceValue { AllowsTextBehind: true } => ("begins with the field", "does not begin with the field"),
            FieldReferenceValue => ("is the same as the field", "is not the same as the field"),
            _ when Has(match, ModifierKind.Contains) || (match.Field is null && !HasPlace(match)) => ("contains", "does not contain"),
            _ when Has(match, ModifierKind.StartsWith) => ("begins with", "does not begin with"),
            _ when Has(match, ModifierKind.EndsWith) => ("ends with", "does not end with"),
            TextValue text when text.Patterns[0].HasWildcards => ("matches the pattern", "does not match the pattern"),
            _ => ("is", "is not"),
        };
        return match.IsNegated ? denies : says;
    }

    private static string Comparison(ComparisonValue value, string verb)
    {
        var part = value.Part is { } time ? $"has a time whose {time.ToString().ToLowerInvariant()} " : "";
        return part + verb + value.Comparison switch
        {
            ComparisonOperator.Less => "less than",
            ComparisonOperator.LessOrEqual => "at most",
            ComparisonOperator.Greater => "greater than",
            ComparisonOperator.GreaterOrEqual => "at least",
            _ => "equal to",
        };
    }

    private static string Quantifier(FieldMatch match, long count) => count == 1 && !match.HasPlaceholders
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" {(match.RequiresAll ? "all" : "any")} of {count:N0} value{(count == 1 ? "" : "s")}");

    private static string Notes(FieldMatch match)
    {
        var notes = new List<string>();
        foreach (var modifier in match.Modifiers)
        {
            var note = modifier.Kind switch
            {
                ModifierKind.Cased => "case counts",
                ModifierKind.IgnoreCase => "case does not count",
                ModifierKind.MultiLine => "^ and $ match at lines",
                ModifierKind.DotAll => "the dot matches line ends",
                ModifierKind.Base64 => "encoded as Base64",
                ModifierKind.Base64Offset => "encoded as Base64, at any of its three offsets",
                ModifierKind.Utf16LittleEndian => "in UTF-16, little endian",
                ModifierKind.Utf16BigEndian => "in UTF-16, big endian",
                ModifierKind.Utf16 => "in UTF-16 after a byte order mark",
                ModifierKind.WindowsDash => "with any kind of dash",
                ModifierKind.Expand => "from a list that the user gives",
                _ => null,
            };
            if (note is not null)
            {
                notes.Add(note);
            }
        }

        return notes.Count == 0 ? "" : $" ({string.Join("; ", notes)})";
    }

    private static bool HasPlace(FieldMatch match) => Has(match, ModifierKind.StartsWith) || Has(match, ModifierKind.EndsWith);

    private static bool Has(FieldMatch match, ModifierKind kind) => match.Modifiers.Any(modifier => modifier.Kind == kind);
}
