namespace WireDns.Sigma.Rules;

/// <summary>When a correlation is true (specification: Condition). Immutable.</summary>
public sealed record CorrelationCondition
{
    /// <summary>The comparisons, which must all be true; at least one.</summary>
    public required IReadOnlyList<CorrelationThreshold> Thresholds { get; init; }

    /// <summary>
    /// The field whose values are counted or computed with; several if the distinct combinations of their values are counted. Empty for the
    /// types that count events or rules.
    /// </summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The percentile, 0 to 100; 50 unless stated. Used only by the percentile type.</summary>
    public double Percentile { get; init; } = 50;

    /// <summary>Whether it is true for a value.</summary>
    public bool IsTrueFor(double value)
    {
        for (var i = 0; i < Thresholds.Count; i++)
        {
            if (!Thresholds[i].IsTrueFor(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether it is true of some whole number in a range.</summary>
    internal bool CanBeTrueFor(long lowest, long highest)
    {
        // The verdict changes only at the thresholds.
        foreach (var threshold in Thresholds)
        {
            var number = Math.Clamp(threshold.Number.ToDouble(), lowest, highest);
            if (IsTrueWithin(Math.Floor(number) - 1) || IsTrueWithin(Math.Floor(number)) || IsTrueWithin(Math.Ceiling(number)) || IsTrueWithin(Math.Ceiling(number) + 1))
            {
                return true;
            }
        }

        return false;

        bool IsTrueWithin(double value) => value >= lowest && value <= highest && IsTrueFor(value);
    }

    /// <summary>As <c>gt 100 and lte 200</c>.</summary>
    public override string ToString() => string.Join(" and ", Thresholds);
}

/// <summary>One comparison of a correlation's condition: <c>gte: 100</c>.</summary>
/// <param name="Operator">How the correlation's value is compared.</param>
/// <param name="Number">The number that it is compared with.</param>
public readonly record struct CorrelationThreshold(CorrelationOperator Operator, SigmaNumber Number)
{
    private readonly double _number = Number.ToDouble();

    /// <summary>Whether it is true for a value.</summary>
    public bool IsTrueFor(double value) => Operator switch
    {
        CorrelationOperator.Greater => value > _number,
        CorrelationOperator.GreaterOrEqual => value >= _number,
        CorrelationOperator.Less => value < _number,
        CorrelationOperator.LessOrEqual => value <= _number,
        CorrelationOperator.Equal => value == _number,
        _ => value != _number,
    };

    /// <summary>As <c>gte 100</c>.</summary>
    public override string ToString() => $"{CorrelationWords.Of(Operator)} {Number}";
}

/// <summary>How a correlation's value is compared with a number of its condition.</summary>
public enum CorrelationOperator
{
    /// <summary>gt</summary>
    Greater,

    /// <summary>gte</summary>
    GreaterOrEqual,

    /// <summary>lt</summary>
    Less,

    /// <summary>lte</summary>
    LessOrEqual,

    /// <summary>eq</summary>
    Equal,

    /// <summary>neq</summary>
    NotEqual,
}
