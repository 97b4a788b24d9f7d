namespace WireDns.Sigma.Rules;

/// <summary>A number: true where the event's value is that number, or its text.</summary>
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
