namespace WireDns.Sigma.Rules;

/// <summary>Finds documents by what others call them: their id without case, or their name.</summary>
internal sealed class DocumentIndex
{
    private readonly ILookup<string, SigmaDocument> _byId;
    private readonly ILookup<string, SigmaDocument> _byName;

    public DocumentIndex(IReadOnlyList<SigmaDocument> documents)
    {
        _byId = documents.Where(document => document.Id is not null).ToLookup(document => document.Id!, StringComparer.OrdinalIgnoreCase);
        _byName = documents.Where(document => document.Name is not null).ToLookup(document => document.Name!, StringComparer.Ordinal);
        Names = [.. documents.SelectMany(document => new[] { document.Name, document.Id }).OfType<string>()];
    }

    /// <summary>All names and ids, for suggestions.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// The documents that a reference may mean: one, unless a name is given twice. Names are as often meant for one file as for a
    /// collection, so those of the same file go first.
    /// </summary>
    public IReadOnlyList<SigmaDocument> Find(RuleReference reference)
    {
        SigmaDocument[] found = [.. _byId[reference.Text]];
        if (found.Length == 0)
        {
            found = [.. _byName[reference.Text]];
        }

        SigmaDocument[] near = [.. found.Where(document => document.File == reference.File)];
        return near.Length > 0 ? near : found;
    }

    /// <summary>What is wrong with a reference that does not mean exactly one document; null if it does.</summary>
    public SigmaDiagnostic? Check(RuleReference reference, DiagnosticSeverity severity)
    {
        var found = Find(reference);
        return found.Count switch
        {
            1 => null,
            0 => Diagnose(
                reference,
                severity,
                "unknown-rule",
                $"expected the id or name of a rule that is loaded, found '{YamlScalar.Shorten(reference.Text)}'",
                Spelling.Suggest(reference.Text, Names) ?? "load its file too, and see whether it was rejected"),
            _ => Diagnose(
                reference,
                severity,
                "ambiguous-rule",
                $"the name '{YamlScalar.Shorten(reference.Text)}' is that of several rules: {string.Join(", ", found.Take(3).Select(d => $"{d.File}:{d.Position.Line}"))}",
                "use the rule's id"),
        };
    }

    public static SigmaDiagnostic Diagnose(
        RuleReference reference, DiagnosticSeverity severity, string id, string message, string? suggestion = null) => new()
        {
            Severity = severity,
            Id = id,
            File = reference.File,
            Line = reference.Position.Line,
            Column = reference.Position.Column,
            Message = message,
            Suggestion = suggestion,
            SourceLine = reference.SourceLine,
        };
}
