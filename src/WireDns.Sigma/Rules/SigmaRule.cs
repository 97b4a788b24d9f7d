namespace WireDns.Sigma.Rules;

/// <summary>
/// One Sigma rule (specification 2.1.0). Immutable and safe to share between threads.
/// </summary>
public sealed record SigmaRule : SigmaDocument
{
    /// <summary>The log for which it is written.</summary>
    public required LogSource LogSource { get; init; }

    /// <summary>What it looks for.</summary>
    public required Detection Detection { get; init; }

    /// <summary>The places where the detection names a field, those of fieldref too, in the order of the file.</summary>
    public required IReadOnlyList<FieldUse> FieldUses { get; init; }

    /// <summary>The filters that were combined with the detection, in the order in which they were loaded.</summary>
    public IReadOnlyList<FilterRule> Filters { get; init; } = [];

    /// <summary>The names of the fields that the detection uses, each once, in the order of the file.</summary>
    public IReadOnlyList<string> FieldNames => [.. FieldUses.Select(u => u.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>
    /// A digest of what it looks for, its filters and the values of its placeholders included: rules with the same one match the same events, whatever
    /// their files, titles and ids. Made when it is first asked for. Not to be stored: it is of this version alone.
    /// </summary>
    public UInt128 Digest => ContentDigest.Of(this);

    /// <summary>
    /// A rule that matches at least all events that this one matches, and looks at a part of its leaves: the others are taken to say whatever makes it match. Null if it would
    /// match every event.
    /// </summary>
    /// <param name="keeps">Whether a leaf is one that it looks at.</param>
    public SigmaRule? WeakenTo(Func<FieldMatch, bool> keeps)
    {
        ArgumentNullException.ThrowIfNull(keeps);
        return WeakenedRule.WhereItMayBeTrue(Detection.Root, keeps) is { } root ? this with { Detection = new Detection([], [], root) } : null;
    }

    /// <summary>
    /// The rule with a part of one selection in place of its condition: for saying what that part alone makes of an event.
    /// </summary>
    /// <param name="selection">A selection of this rule.</param>
    /// <param name="part">The selection's node, or one below it.</param>
    public SigmaRule NarrowTo(Selection selection, RuleNode part)
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(part);
        var narrowed = new Selection(selection.Name, selection.Position, part);
        return this with { Detection = new Detection([narrowed], [selection.Name], new SelectionUse(selection.Position, narrowed)) };
    }
}
