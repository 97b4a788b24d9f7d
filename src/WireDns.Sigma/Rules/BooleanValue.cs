namespace WireDns.Sigma.Rules;

/// <summary>A boolean: true where the event's value is that boolean, or its word in any case. 1 and 0 are not booleans.</summary>
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
