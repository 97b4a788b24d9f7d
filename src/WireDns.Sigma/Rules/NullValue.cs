namespace WireDns.Sigma.Rules;

/// <summary>Null: true where the field is missing or is null. The empty text is not null.</summary>
public sealed class NullValue : MatchValue
{
    internal NullValue(string asWritten, SourcePosition position)
        : base(asWritten, position)
    {
    }
}
