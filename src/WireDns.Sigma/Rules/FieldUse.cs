namespace WireDns.Sigma.Rules;

/// <summary>A place where a rule's detection names a field.</summary>
/// <param name="Name">The field's name as written.</param>
/// <param name="Position">Where it is in the file.</param>
public readonly record struct FieldUse(string Name, SourcePosition Position);

/// <summary>Finds the fields that a detection names.</summary>
internal static class FieldUseFinder
{
    public static IReadOnlyList<FieldUse> Find(Detection detection)
    {
        var uses = new List<FieldUse>();
        foreach (var selection in detection.Selections)
        {
            Collect(selection.Node, uses);
        }

        return uses;
    }

    /// <summary>The fields that a part of a condition names.</summary>
    public static IReadOnlyList<FieldUse> Find(RuleNode node)
    {
        var uses = new List<FieldUse>();
        Collect(node, uses);
        return uses;
    }

    private static void Collect(RuleNode node, List<FieldUse> uses)
    {
        switch (node)
        {
            case AllOf all:
                foreach (var child in all.Nodes)
                {
                    Collect(child, uses);
                }

                break;

            case AnyOf any:
                foreach (var child in any.Nodes)
                {
                    Collect(child, uses);
                }

                break;

            case Not not:
                Collect(not.Node, uses);
                break;

            case SelectionUse use:
                Collect(use.Selection.Node, uses);
                break;

            case FieldMatch { Field: { } field } match:
                uses.Add(new FieldUse(field, match.Position));
                if (!match.HasPlaceholders)
                {
                    uses.AddRange(match.Values.OfType<FieldReferenceValue>().Select(v => new FieldUse(v.Field, v.Position)));
                }

                break;
        }
    }
}
