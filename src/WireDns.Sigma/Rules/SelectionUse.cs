namespace WireDns.Sigma.Rules;

/// <summary>A place in a condition where a selection is named, by itself or through a pattern.</summary>
public sealed class SelectionUse : RuleNode
{
    internal SelectionUse(SourcePosition position, Selection selection)
        : base(position)
    {
        Selection = selection;
    }

    /// <summary>The selection.</summary>
    public Selection Selection { get; }
}
