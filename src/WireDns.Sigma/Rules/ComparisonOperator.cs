namespace WireDns.Sigma.Rules;

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
