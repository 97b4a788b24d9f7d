namespace WireDns.Sigma.Rules;

/// <summary>What a rule looks for: its selections, and the conditions over them. Immutable.</summary>
public sealed class Detection
{
    internal Detection(IReadOnlyList<Selection> selections, IReadOnlyList<string> conditions, RuleNode root)
    {
        Selections = selections;
        Conditions = conditions;
        Root = root;
    }

    /// <summary>The selections, in the order of the file.</summary>
    public IReadOnlyList<Selection> Selections { get; }

    /// <summary>The conditions as written; several are joined by or.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>All conditions as one tree.</summary>
    public RuleNode Root { get; }
}

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

    /// <summary>Where its name is in the file.</summary>
    public SourcePosition Position { get; }

    /// <summary>What it looks for.</summary>
    public RuleNode Node { get; }
}
