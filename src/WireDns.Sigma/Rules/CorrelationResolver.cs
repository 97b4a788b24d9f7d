namespace WireDns.Sigma.Rules;

/// <summary>Looks up what correlations refer to. A correlation with a dangling reference, or one that leads back to itself, is left out.</summary>
internal sealed class CorrelationResolver
{
    // An event climbs a chain step by step; real ones have two or three.
    private const int MaximumDepth = 16;

    private readonly IReadOnlyList<CorrelationRule> _correlations;
    private readonly List<SigmaDiagnostic> _diagnostics;
    private readonly DocumentIndex _index;
    private readonly Dictionary<(string File, SourcePosition Position), ResolvedCorrelation?> _done = [];
    private readonly HashSet<(string File, SourcePosition Position)> _open = [];
    private readonly List<ResolvedCorrelation> _resolved = [];

    public CorrelationResolver(IReadOnlyList<SigmaDocument> documents, List<SigmaDiagnostic> diagnostics)
    {
        _correlations = [.. documents.OfType<CorrelationRule>()];
        _index = new DocumentIndex(documents);
        _diagnostics = diagnostics;
    }

    /// <summary>The sound correlations, each after those that it refers to.</summary>
    public IReadOnlyList<ResolvedCorrelation> Resolve()
    {
        foreach (var correlation in _correlations)
        {
            Resolve(correlation, 1);
        }

        return _resolved;
    }

    private ResolvedCorrelation? Resolve(CorrelationRule rule, int depth)
    {
        if (_done.TryGetValue(rule.Place, out var known))
        {
            return known;
        }

        _open.Add(rule.Place);
        var sources = new List<CorrelationSource>();
        foreach (var reference in rule.Rules)
        {
            if (Find(rule, reference, depth) is { } source)
            {
                sources.Add(source);
            }
        }

        _open.Remove(rule.Place);
        var aliases = sources.Count == rule.Rules.Count ? ResolveAliases(rule, sources) : null;
        var resolved = aliases is null ? null : new ResolvedCorrelation(rule, sources, aliases);
        _done[rule.Place] = resolved;
        if (resolved is not null)
        {
            _resolved.Add(resolved);
        }

        return resolved;
    }

    private CorrelationSource? Find(CorrelationRule rule, RuleReference reference, int depth)
    {
        if (_index.Check(reference, DiagnosticSeverity.Error) is { } problem)
        {
            _diagnostics.Add(problem);
            return null;
        }

        var document = _index.Find(reference)[0];
        if (document is SigmaRule found)
        {
            return new CorrelationSource(reference, found, null);
        }

        if (_open.Contains(document.Place))
        {
            return Reject("correlation-cycle", document.Place == rule.Place
                ? "the correlation refers to itself"
                : $"'{YamlScalar.Shorten(document.Title)}' refers back to this correlation");
        }

        if (depth == MaximumDepth)
        {
            return Reject("correlation-too-deep", $"expected at most {MaximumDepth} correlations of one another, found more");
        }

        return Resolve((CorrelationRule)document, depth + 1) is { } inner
            ? inner.Depth < MaximumDepth
                ? new CorrelationSource(reference, null, inner)
                : Reject("correlation-too-deep", $"expected at most {MaximumDepth} correlations of one another, found more")
            : Reject("unknown-rule", $"the correlation '{YamlScalar.Shorten(document.Title)}' was rejected, and this one with it");

        CorrelationSource? Reject(string id, string message)
        {
            _diagnostics.Add(DocumentIndex.Diagnose(reference, DiagnosticSeverity.Error, id, message));
            return null;
        }
    }

    /// <summary>The aliases of each source, or null if an error was reported.</summary>
    private List<Dictionary<string, string>>? ResolveAliases(CorrelationRule rule, List<CorrelationSource> sources)
    {
        var aliases = sources.ConvertAll(_ => new Dictionary<string, string>(StringComparer.Ordinal));
        var isSound = true;
        foreach (var alias in rule.Aliases)
        {
            foreach (var target in alias.Targets)
            {
                var found = _index.Find(target.Rule);
                var place = sources.FindIndex(source => found.Any(document => document.Place == source.Document.Place));
                if (place < 0)
                {
                    Report(
                        target.Rule,
                        $"expected one of the correlated rules under the alias '{YamlScalar.Shorten(alias.Name)}', found '{YamlScalar.Shorten(target.Rule.Text)}'",
                        Spelling.Suggest(target.Rule.Text, rule.Rules.Select(reference => reference.Text)));
                }
                else
                {
                    aliases[place][alias.Name] = target.Field;
                }
            }

            var isComplete = isSound;
            for (var i = 0; i < sources.Count; i++)
            {
                if (isComplete && !aliases[i].ContainsKey(alias.Name))
                {
                    Report(
                        sources[i].Reference,
                        $"the alias '{YamlScalar.Shorten(alias.Name)}' names no field for the rule '{YamlScalar.Shorten(sources[i].Reference.Text)}'",
                        "say what the field is called in its events");
                }
            }

            if (!rule.GroupBy.Contains(alias.Name, StringComparer.Ordinal) && !rule.Condition.Fields.Contains(alias.Name, StringComparer.Ordinal))
            {
                _diagnostics.Add(DocumentIndex.Diagnose(
                    alias.Targets[0].Rule,
                    DiagnosticSeverity.Warning,
                    "unused-alias",
                    $"neither group-by nor the condition uses the alias '{YamlScalar.Shorten(alias.Name)}'"));
            }
        }

        return isSound ? aliases : null;

        void Report(RuleReference reference, string message, string? suggestion)
        {
            isSound = false;
            _diagnostics.Add(DocumentIndex.Diagnose(reference, DiagnosticSeverity.Error, "correlation-alias", message, suggestion));
        }
    }
}
