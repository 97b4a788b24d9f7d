namespace WireDns.Sigma.Rules;

/// <summary>One search identifier of a rule's detection. Immutable.</summary>
public sealed class Selection
{
    internal Selection(string name, SourcePosition position, RuleNode node)
    {
        Name = name;
        Position = position;
        Node = node;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Where its name stands.</summary>
    public SourcePosition Position { get; }

    /// <summary>What it looks for.</summary>
    public RuleNode Node { get; }
}
