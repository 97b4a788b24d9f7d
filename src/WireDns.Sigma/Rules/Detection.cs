namespace WireDns.Sigma.Rules;

/// <summary>What a rule looks for: its selections, and the conditions over them. Immutable.</summary>
public sealed class Detection
{
    private readonly Lazy<UInt128> _digest;

    internal Detection(IReadOnlyList<Selection> selections, IReadOnlyList<string> conditions, RuleNode root)
    {
        Selections = selections;
        Conditions = conditions;
        Root = root;
        _digest = new Lazy<UInt128>(() => ContentDigest.Of(root));
    }

    /// <summary>The selections, in the order of the file.</summary>
    public IReadOnlyList<Selection> Selections { get; }

    /// <summary>The conditions as written; several are joined by or.</summary>
    public IReadOnlyList<string> Conditions { get; }

    /// <summary>All conditions as one tree.</summary>
    public RuleNode Root { get; }

    /// <summary>A digest of <see cref="Root"/>: of a list of a million values it takes a while, so it is made once, when it is first asked for.</summary>
    internal UInt128 Digest => _digest.Value;
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
