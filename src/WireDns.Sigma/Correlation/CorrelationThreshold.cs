using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>One comparison of a correlation's condition: <c>gte: 100</c>.</summary>
/// <param name="Operator">How the correlation's value is compared.</param>
/// <param name="Number">The number that it is compared with.</param>
public readonly record struct CorrelationThreshold(CorrelationOperator Operator, SigmaNumber Number)
{
    /// <summary>Whether it is true of a value.</summary>
    public bool IsTrueFor(double value)
    {
        var number = Number.ToDouble();
        return Operator switch
        {
            CorrelationOperator.Greater => value > number,
            CorrelationOperator.GreaterOrEqual => value >= number,
            CorrelationOperator.Less => value < number,
            CorrelationOperator.LessOrEqual => value <= number,
            CorrelationOperator.Equal => value == number,
            _ => value != number,
        };
    }

    /// <summary>As <c>gte 100</c>.</summary>
    public override string ToString() => $"{CorrelationWords.Of(Operator)} {Number}";
}
