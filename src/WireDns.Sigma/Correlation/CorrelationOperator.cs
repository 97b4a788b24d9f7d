namespace WireDns.Sigma.Correlation;

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
