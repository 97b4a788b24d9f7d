namespace WireDns.Sigma.Rules;

/// <summary>Existence (modifier exists): true where the field is there, be its value null or empty, or where it is not.</summary>
public sealed class ExistsValue : MatchValue
{
    internal ExistsValue(string asWritten, SourcePosition position, bool expected)
        : base(asWritten, position)
    {
        Expected = expected;
    }

    /// <summary>True where the field must be there, false where it must not.</summary>
    public bool Expected { get; }
}
