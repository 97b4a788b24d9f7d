using System.Text.RegularExpressions;

namespace WireDns.Sigma.Rules;

/// <summary>
/// One value of a <see cref="FieldMatch"/> after its modifiers: what an event's value is tested against. Immutable.
/// </summary>
/// <param name="asWritten">The value as written in the rule (or in the placeholder's list).</param>
/// <param name="position">Where it is in the rule file.</param>
public abstract class MatchValue(string asWritten, SourcePosition position)
{
    /// <summary>The value as written in the rule, or in the list of the placeholder that it comes from.</summary>
    public string AsWritten { get; } = asWritten;

    /// <summary>Where it is in the rule file; for a value of a placeholder, the place of the placeholder.</summary>
    public SourcePosition Position { get; } = position;
}

/// <summary>A text: true if the event's value, as text, matches one of the patterns from its first to its last character.</summary>
public sealed class TextValue : MatchValue
{
    internal TextValue(string asWritten, SourcePosition position, IReadOnlyList<TextPattern> patterns, bool isCased)
        : base(asWritten, position)
    {
        Patterns = patterns;
        IsCased = isCased;
    }

    /// <summary>The patterns, any of which is enough: one, or several if windash or base64offset made more.</summary>
    public IReadOnlyList<TextPattern> Patterns { get; }

    /// <summary>Whether upper and lower case differ (modifier cased).</summary>
    public bool IsCased { get; }
}

/// <summary>A number: true if the event's value is that number, or its text.</summary>
public sealed class NumberValue : MatchValue
{
    internal NumberValue(string asWritten, SourcePosition position, SigmaNumber number)
        : base(asWritten, position)
    {
        Number = number;
    }

    /// <summary>The number.</summary>
    public SigmaNumber Number { get; }
}

/// <summary>A boolean: true if the event's value is that boolean, or its word in any case. 1 and 0 are not booleans.</summary>
public sealed class BooleanValue : MatchValue
{
    internal BooleanValue(string asWritten, SourcePosition position, bool value)
        : base(asWritten, position)
    {
        Value = value;
    }

    /// <summary>The boolean.</summary>
    public bool Value { get; }
}

/// <summary>Null: true if the field is missing or null. The empty text is not null.</summary>
public sealed class NullValue : MatchValue
{
    internal NullValue(string asWritten, SourcePosition position)
        : base(asWritten, position)
    {
    }
}

/// <summary>Existence (modifier exists): true if the field is present, even with a null or empty value, or if it is absent.</summary>
public sealed class ExistsValue : MatchValue
{
    internal ExistsValue(string asWritten, SourcePosition position, bool expected)
        : base(asWritten, position)
    {
        Expected = expected;
    }

    /// <summary>True if the field must be present, false if it must be absent.</summary>
    public bool Expected { get; }
}

/// <summary>A regular expression (modifier re): true if it matches anywhere in the event's value, as text.</summary>
public sealed class RegexValue : MatchValue
{
    internal RegexValue(string asWritten, SourcePosition position, Regex regex, bool namesOthers)
        : base(asWritten, position)
    {
        Regex = regex;
        NamesOthers = namesOthers;
    }

    /// <summary>
    /// The expression of PCRE in .NET's syntax, compiled so that it never backtracks; safe to share between threads. It is meant for texts
    /// in which each character outside ASCII was replaced by U+E000, unless <see cref="NamesOthers"/>.
    /// </summary>
    internal Regex Regex { get; }

    /// <summary>Whether it names characters outside ASCII. If not, they are all the same to it, and none is a letter.</summary>
    internal bool NamesOthers { get; }

    /// <summary>The first capital letter that it asks for and whose small letter it does not take; null for none.</summary>
    internal char? FirstCapital { get; init; }

    /// <summary>The least number of UTF-16 units in a text that it matches.</summary>
    internal int MinimumLength { get; init; }

    /// <summary>
    /// Where it asks for nothing but so many characters in a row that are no line feed, as <c>.{200}</c> does: how many. Null for any other. An automaton has
    /// a state for each of them.
    /// </summary>
    internal int? RunLength { get; init; }
}

/// <summary>A network (modifier cidr): true if the event's value is the text of an address in it.</summary>
public sealed class CidrValue : MatchValue
{
    internal CidrValue(string asWritten, SourcePosition position, CidrNetwork network)
        : base(asWritten, position)
    {
        Network = network;
    }

    /// <summary>The network.</summary>
    public CidrNetwork Network { get; }
}

/// <summary>
/// A comparison (lt, lte, gt, gte, or a time modifier): true if the event's value is a number, or the text of one, and the comparison
/// holds; under a time modifier, if it is a point in time and the comparison holds for that part.
/// </summary>
public sealed class ComparisonValue : MatchValue
{
    internal ComparisonValue(
        string asWritten, SourcePosition position, ComparisonOperator comparison, SigmaNumber number, TimePart? part)
        : base(asWritten, position)
    {
        Comparison = comparison;
        Number = number;
        Part = part;
    }

    /// <summary>How the numbers compare; the event's number is on the left.</summary>
    public ComparisonOperator Comparison { get; }

    /// <summary>The rule's number.</summary>
    public SigmaNumber Number { get; }

    /// <summary>The part of the event's time that is compared, or null to compare the value itself.</summary>
    public TimePart? Part { get; }

    /// <summary>Whether the event's number passes.</summary>
    public bool IsTrueFor(SigmaNumber value) => Comparison switch
    {
        ComparisonOperator.Less => value < Number,
        ComparisonOperator.LessOrEqual => value <= Number,
        ComparisonOperator.Greater => value > Number,
        ComparisonOperator.GreaterOrEqual => value >= Number,
        _ => value == Number,
    };
}

/// <summary>How a <see cref="ComparisonValue"/> compares the event's number with its own.</summary>
public enum ComparisonOperator
{
    /// <summary>The event's number is the same.</summary>
    Equal,

    /// <summary>The event's number is less (lt).</summary>
    Less,

    /// <summary>The event's number is less or the same (lte).</summary>
    LessOrEqual,

    /// <summary>The event's number is greater (gt).</summary>
    Greater,

    /// <summary>The event's number is greater or the same (gte).</summary>
    GreaterOrEqual,
}

/// <summary>The part of a point in time, in UTC, that a time modifier takes.</summary>
public enum TimePart
{
    /// <summary>Minute of the hour, 0 to 59.</summary>
    Minute,

    /// <summary>Hour of the day, 0 to 23.</summary>
    Hour,

    /// <summary>Day of the month, 1 to 31.</summary>
    Day,

    /// <summary>Week of the year, 1 to 53 (ISO 8601).</summary>
    Week,

    /// <summary>Month of the year, 1 to 12.</summary>
    Month,

    /// <summary>The year.</summary>
    Year,
}

/// <summary>
/// Another field (modifier fieldref): true if a value of this field, as text, equals a value of the other one, or starts with, ends with or
/// contains it. False if either is missing or null.
/// </summary>
public sealed class FieldReferenceValue : MatchValue
{
    internal FieldReferenceValue(
        string asWritten, SourcePosition position, string field, bool allowsTextBefore, bool allowsTextBehind, bool isCased)
        : base(asWritten, position)
    {
        Field = field;
        AllowsTextBefore = allowsTextBefore;
        AllowsTextBehind = allowsTextBehind;
        IsCased = isCased;
    }

    /// <summary>The other field's name.</summary>
    public string Field { get; }

    /// <summary>Whether this field's value may have text before the other one (endswith, contains).</summary>
    public bool AllowsTextBefore { get; }

    /// <summary>Whether this field's value may have text after the other one (startswith, contains).</summary>
    public bool AllowsTextBehind { get; }

    /// <summary>Whether upper and lower case differ.</summary>
    public bool IsCased { get; }

    /// <summary>The same reference to fields of other names.</summary>
    internal IEnumerable<MatchValue> Rename(Func<string, IReadOnlyList<string>> rename) =>
        rename(Field).Select(name => new FieldReferenceValue(AsWritten, Position, name, AllowsTextBefore, AllowsTextBehind, IsCased));
}
