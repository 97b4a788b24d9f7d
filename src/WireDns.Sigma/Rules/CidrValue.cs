namespace WireDns.Sigma.Rules;

/// <summary>A network (modifier cidr): true where the event's value is the text of an address inside.</summary>
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
