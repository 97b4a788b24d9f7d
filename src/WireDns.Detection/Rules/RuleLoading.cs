using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>The options that rules are loaded with. Immutable.</summary>
public sealed record RuleLoading
{
    /// <summary>The values of placeholders. Default: none.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>How an organisation's own log sources and fields are mapped. Default: nothing is mapped.</summary>
    public RuleMapping Mapping { get; init; } = RuleMapping.None;

    /// <summary>Whether to leave out rules that run with a caveat. Default: false.</summary>
    public bool DropsDegraded { get; init; }

    /// <summary>Which rules are wanted. Default: all of them.</summary>
    public RuleSelection Selection { get; init; } = RuleSelection.Everything;

    /// <summary>
    /// Loads files and folders to match against events exactly as given. What is on the wire does not matter; rules that the selection leaves out are
    /// not in the result.
    /// </summary>
    public RuleLoadResult LoadForEvents(IReadOnlyList<string> paths)
    {
        var result = LoadAll(paths);
        var rejected = Selection.Reject(result.Rules, result.Correlations);
        return result with
        {
            Rules = [.. result.Rules.Where(IsWanted)],
            Correlations = [.. result.Correlations.Where(correlation => IsWanted(correlation.Rule) && correlation.BaseRules.All(IsWanted))],
        };

        bool IsWanted(SigmaDocument document) => !rejected.ContainsKey((document.File, document.Position));
    }

    /// <summary>Loads files and folders, ignoring the selection.</summary>
    internal RuleLoadResult LoadAll(IReadOnlyList<string> paths) => new RuleLoader(new SigmaParserOptions { Placeholders = Placeholders, Mapping = Mapping }).Load(paths);

    /// <summary>The verdict on a rule once these options are applied.</summary>
    /// <param name="verdict">What the rule can do on the wire.</param>
    /// <param name="rejected">The rules that the selection leaves out, each with the reason.</param>
    public RuleVerdict Judge(RuleVerdict verdict, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected) => verdict with
    {
        LeftOut = rejected.TryGetValue((verdict.Rule.File, verdict.Rule.Position), out var reason) ? reason
            : DropsDegraded && verdict.Coverage == RuleCoverage.Degraded ? $"{verdict.Reason} (--no-degraded)" : null,
    };
}
