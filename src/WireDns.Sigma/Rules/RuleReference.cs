namespace WireDns.Sigma.Rules;

/// <summary>A place where a correlation or a filter refers to another document of the rule files, by its id or its name.</summary>
/// <param name="Text">The id or name as written.</param>
/// <param name="File">The file that it is in, as the caller named it.</param>
/// <param name="Position">Where it is in the file.</param>
/// <param name="SourceLine">The line that it is on, for diagnostics; null if that is not known.</param>
public sealed record RuleReference(string Text, string File, SourcePosition Position, string? SourceLine);

/// <summary>Reads the places where a document refers to others.</summary>
internal sealed class ReferenceReader(DiagnosticBag diagnostics)
{
    /// <summary>A list of references; a single one is a list of one. Null if an error was reported.</summary>
    /// <param name="node">The list, or null where there is none.</param>
    /// <param name="id">What an error is called.</param>
    /// <param name="parent">Where to point to if there is none.</param>
    /// <param name="expected">What is expected, for messages.</param>
    public List<RuleReference>? ReadList(YamlNode? node, string id, SourcePosition parent, string expected)
    {
        var references = new List<RuleReference>();
        var items = node switch
        {
            YamlList list => list.Items,
            YamlScalar { IsNull: false } scalar => [scalar],
            _ => [],
        };
        if (items.Count == 0)
        {
            diagnostics.Error(id, node?.Position ?? parent, $"expected {expected} under rules, found {Describe(node)}");
            return null;
        }

        var isSound = true;
        foreach (var item in items)
        {
            if (item is not YamlScalar { IsNull: false } scalar)
            {
                diagnostics.Error(id, item.Position, $"expected the id or name of a rule, found {item.Description}");
                isSound = false;
            }
            else if (references.Exists(r => string.Equals(r.Text, scalar.Text, StringComparison.OrdinalIgnoreCase)))
            {
                diagnostics.Error("duplicate-reference", scalar.Position, $"the rule {scalar.Description} is already in the list", "leave it out");
                isSound = false;
            }
            else
            {
                references.Add(Read(scalar));
            }
        }

        return isSound ? references : null;
    }

    /// <summary>One reference.</summary>
    public RuleReference Read(YamlScalar scalar) => new(scalar.Text, diagnostics.File, scalar.Position, diagnostics.FindLine(scalar.Position.Line));

    private static string Describe(YamlNode? node) => node switch
    {
        null => "none",
        YamlList => "an empty list",
        _ => node.Description,
    };
}
