namespace WireDns.Sigma.Rules;

/// <summary>
/// A comparison (lt, lte, gt, gte, or a time modifier): true where the event's value is a number, or a text that is one, and compares so;
/// under a time modifier, where it is a point in time whose part does.
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

    /// <summary>How the numbers compare; the event's number stands on the left.</summary>
    public ComparisonOperator Comparison { get; }

    /// <summary>The rule's number.</summary>
    public SigmaNumber Number { get; }

    /// <summary>The part of the event's time that is compared, or null where the value itself is.</summary>
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
