namespace WireDns.Sigma.Rules;

/// <summary>A node of a YAML document with its place. Nodes behind aliases are shared, never copied.</summary>
internal abstract class YamlNode(SourcePosition position)
{
    public SourcePosition Position { get; } = position;

    /// <summary>Nodes below this one and itself, aliases counted as if they were written out; saturates.</summary>
    public long Size { get; protected set; } = 1;

    /// <summary>What an author would call it, for messages.</summary>
    public abstract string Description { get; }
}
