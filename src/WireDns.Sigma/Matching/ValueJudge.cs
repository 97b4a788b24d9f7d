using System.Globalization;
using System.Net;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Says of a rule's value why no value of its field ever passes: a word that is not one of the field's, a number where words are, an address that is
/// written otherwise. What it calls impossible is so; what it does not may be all the same.
/// </summary>
public static class ValueJudge
{
    /// <summary>
    /// Whether a leaf can be true and whether it can be false, as far as its values tell; null where they do not. A placeholder's values are data of the
    /// caller, and not looked at.
    /// </summary>
    public static (bool CanBeTrue, bool CanBeFalse)? Decide(FieldMatch match, FieldDefinition field)
    {
        ArgumentNullException.ThrowIfNull(match);
        if (match.HasPlaceholders)
        {
            return null;
        }

        var isNever = match.RequiresAll
            ? match.Values.Any(value => Find(value, field) is { IsNever: true })
            : match.Values.All(value => Find(value, field) is { IsNever: true });
        return isNever ? (match.IsNegated, !match.IsNegated) : null;
    }

    /// <summary>What is wrong with a value; null where nothing is.</summary>
    public static ValueFault? Find(MatchValue value, FieldDefinition field)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value is NullValue or ExistsValue { Expected: false })
        {
            return field.Facts.IsAlwaysThere
                ? new ValueFault("always-there", "every lookup has the field, so it is never missing", null)
                : null;
        }

        return field.Kind switch
        {
            FieldKind.Word => OnWord(value, field.Facts),
            FieldKind.Boolean => OnBoolean(value, field.Facts),
            FieldKind.Number => OnNumber(value, field.Facts),
            FieldKind.Address => OnAddress(value),
            FieldKind.Name when value is TextValue text => NameJudge.Find(text, field.Facts),
            FieldKind.Text when value is TextValue text && IsNetwork(text) => NetworkAsText(text),
            FieldKind.Text when field.Facts.HoldsNames && value is TextValue text && NameJudge.HasTrailingDot(text) => NameJudge.TrailingDot(text, isNever: false),
            _ => null,
        };
    }

    private static ValueFault? OnWord(MatchValue value, FieldFacts facts)
    {
        if (CanBeWord(value, facts))
        {
            return null;
        }

        var words = facts.Words.Count <= 8 ? $" ({string.Join(", ", facts.Words)})" : "";
        var suggestion = facts.Suggest(value.AsWritten) ?? Spelling.Suggest(value.AsWritten, facts.Words);
        return value switch
        {
            NumberValue => new ValueFault("number-on-word-field", $"the field holds words{words}, which the number {value.AsWritten} never equals", suggestion),
            CidrValue => NoAddress(value),
            ComparisonValue => new ValueFault("number-on-word-field", $"the field holds words{words}, which are not compared with numbers", null),
            RegexValue regex => new ValueFault(
                "unknown-word", $"'{Shorten(value)}' matches no word that {facts.Noun} can be{words}",
                facts.Words.Any(word => regex.Regex.IsMatch(word.ToLowerInvariant())) ? "add the modifier i: case counts in a regular expression" : suggestion),
            _ => new ValueFault("unknown-word", $"'{Shorten(value)}' is not {facts.Noun}{words}", suggestion),
        };
    }

    private static ValueFault? OnBoolean(MatchValue value, FieldFacts facts) => CanBeWord(value, facts)
        ? null
        : new ValueFault("not-a-boolean", $"the field is true or false, which {Describe(value)} never equals", value.AsWritten.ToLowerInvariant() switch
        {
            "1" or "t" or "yes" or "y" or "on" or "set" => "write true",
            "0" or "f" or "no" or "n" or "off" => "write false",
            _ => null,
        });

    private static bool CanBeWord(MatchValue value, FieldFacts facts)
    {
        if (value is FieldReferenceValue or ExistsValue or ComparisonValue { Part: not null })
        {
            return true;
        }

        if (facts.Words.Any(word => IsTrueFor(value, word)))
        {
            return true;
        }

        foreach (var (prefix, maximum) in facts.NumberedWords)
        {
            if (value is TextValue text && text.Patterns.All(pattern => !pattern.HasWildcards))
            {
                // A number has one spelling, and one that has a word is written as that.
                var digits = value.AsWritten.Length > prefix.Length && value.AsWritten.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                    ? value.AsWritten.AsSpan(prefix.Length) : default;
                if (int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= maximum
                    && digits.Length == number.ToString(CultureInfo.InvariantCulture).Length && facts.Suggest(value.AsWritten) is null)
                {
                    return true;
                }
            }
            else if (value is TextValue or RegexValue && Enumerable.Range(0, maximum + 1).Any(
                number => IsTrueFor(value, string.Create(CultureInfo.InvariantCulture, $"{prefix}{number}"))))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTrueFor(MatchValue value, string word) => value switch
    {
        TextValue text => text.Patterns.Any(pattern => ReasonFinder.TryFind(pattern, text.IsCased, word, out _, out _)),
        RegexValue regex => regex.Regex.IsMatch(word),
        BooleanValue boolean => word.Equals(boolean.Value ? "true" : "false", StringComparison.OrdinalIgnoreCase),
        NumberValue number => word == number.Number.ToString(),
        _ => false,
    };

    private static ValueFault? OnNumber(MatchValue value, FieldFacts facts)
    {
        switch (value)
        {
            case BooleanValue or CidrValue:
                return new ValueFault("text-on-number-field", $"the field holds numbers, which {Describe(value)} never equals", null);

            case NumberValue number:
                return IsOutside(number.Number, facts) ? OutOfRange(value, facts) : null;

            case ComparisonValue { Part: null } comparison when facts.Range is { } range:
                var isPossible = comparison.Comparison switch
                {
                    ComparisonOperator.Less => range.Least < comparison.Number,
                    ComparisonOperator.LessOrEqual => range.Least <= comparison.Number,
                    ComparisonOperator.Greater => range.Largest > comparison.Number,
                    ComparisonOperator.GreaterOrEqual => range.Largest >= comparison.Number,
                    _ => !IsOutside(comparison.Number, facts),
                };
                return isPossible ? null : OutOfRange(value, facts);

            case TextValue text when RuleLinter.IsComparison(text.AsWritten):
                return new ValueFault("comparison-as-text", $"'{text.AsWritten}' is compared as text, not as a number", "use the modifier lt, lte, gt or gte");

            case TextValue text when !text.Patterns.Any(pattern => CanBeNumber(pattern, facts)):
                return text.Patterns.Any(pattern => CanBeNumber(pattern, FieldFacts.None))
                    ? OutOfRange(value, facts)
                    : new ValueFault("text-on-number-field", $"the field holds numbers, which '{Shorten(value)}' never equals", facts.Suggest(value.AsWritten));

            default:
                return null;
        }
    }

    private static bool IsOutside(SigmaNumber number, FieldFacts facts) => facts.Range is { } range && (number < range.Least || number > range.Largest);

    private static ValueFault OutOfRange(MatchValue value, FieldFacts facts) => new(
        "number-out-of-range", $"the field is from {facts.Range!.Value.Least} to {facts.Range.Value.Largest}, which {value.AsWritten} rules out", null);

    private static bool CanBeNumber(TextPattern pattern, FieldFacts facts)
    {
        if (pattern.HasWildcards)
        {
            return pattern.Tokens.All(token => token.Kind != PatternTokenKind.Literal || token.Text.All(c => char.IsAsciiDigit(c) || c is '.' or '-' or '+' or 'E'));
        }

        var text = pattern.ToString();
        return SigmaNumber.TryParse(Encoding.UTF8.GetBytes(text), out var number) && number.ToString() == text && !IsOutside(number, facts);
    }

    private static ValueFault? OnAddress(MatchValue value)
    {
        switch (value)
        {
            case TextValue text when IsNetwork(text):
                return NetworkAsText(text);

            case TextValue text when text.Patterns.Any(CanBeAddress):
                return null;

            case TextValue text:
                var canonical = IPAddress.TryParse(text.AsWritten, out var address) && text.AsWritten.AsSpan().ContainsAny('.', ':') ? address.ToString() : null;
                return new ValueFault("not-an-address", canonical is null
                    ? $"'{Shorten(value)}' is not an IPv4 or IPv6 address"
                    : $"addresses are compared as text in their shortest form, which '{Shorten(value)}' is not", canonical is null ? null : $"write '{canonical}', or use the modifier cidr");

            case BooleanValue or NumberValue or ComparisonValue { Part: null }:
                return new ValueFault("not-an-address", $"the field holds addresses, which {Describe(value)} never equals", null);

            default:
                return null;
        }
    }

    private static bool CanBeAddress(TextPattern pattern) => pattern.HasWildcards
        ? pattern.Tokens.All(token => token.Kind != PatternTokenKind.Literal || token.Text.All(c => char.IsAsciiHexDigit(c) || c is '.' or ':'))
        : IPAddress.TryParse(pattern.ToString(), out var address) && address.ToString().Equals(pattern.ToString(), StringComparison.OrdinalIgnoreCase);

    private static bool IsNetwork(TextValue value) =>
        value.Patterns is [{ HasWildcards: false }] && value.AsWritten.Contains('/', StringComparison.Ordinal)
            && IPNetwork.TryParse(value.AsWritten, out _);

    private static ValueFault NetworkAsText(TextValue value) =>
        new("cidr-as-text", $"'{value.AsWritten}' is compared as text, which no address equals", "use the modifier cidr");

    private static ValueFault NoAddress(MatchValue value) => new("not-an-address", $"the field holds no addresses, so {value.AsWritten} holds none of its values", null);

    private static string Describe(MatchValue value) => value is NumberValue or ComparisonValue ? $"the number {value.AsWritten}" : $"'{Shorten(value)}'";

    internal static string Shorten(MatchValue value) => YamlScalar.Shorten(value.AsWritten);
}

/// <summary>What is wrong with a rule's value.</summary>
/// <param name="Id">The finding's id, one of <see cref="RuleLinter.Ids"/>.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Suggestion">What the author may have meant, or null.</param>
public sealed record ValueFault(string Id, string Message, string? Suggestion)
{
    /// <summary>Whether no value of the field passes; otherwise it is only unlikely that the author meant it so.</summary>
    public bool IsNever { get; init; } = true;
}
