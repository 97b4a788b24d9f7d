using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What rules are loaded with. Immutable.</summary>
public sealed record RuleLoading
{
    /// <summary>The values of placeholders. Default: none.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>What log sources and fields of a house are called here. Default: nothing is mapped.</summary>
    public RuleMapping Mapping { get; init; } = RuleMapping.None;

    /// <summary>Whether rules that run with a caveat are left out. Default: false.</summary>
    public bool DropsDegraded { get; init; }

    /// <summary>Which rules are wanted. Default: every one.</summary>
    public RuleSelection Selection { get; init; } = RuleSelection.Everything;

    /// <summary>
    /// Loads files and folders for events that are matched as they stand: what the wire can do is not asked, what the selection leaves out is not there.
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

    /// <summary>Loads files and folders, whatever the selection says.</summary>
    internal RuleLoadResult LoadAll(IReadOnlyList<string> paths) => new RuleLoader(new SigmaParserOptions { Placeholders = Placeholders, Mapping = Mapping }).Load(paths);

    /// <summary>The verdict on a rule, as it stands under these options.</summary>
    /// <param name="verdict">What the wire can do for the rule.</param>
    /// <param name="rejected">The rules that the selection leaves out, with the reason.</param>
    public RuleVerdict Judge(RuleVerdict verdict, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected) => verdict with
    {
        LeftOut = rejected.TryGetValue((verdict.Rule.File, verdict.Rule.Position), out var reason) ? reason
            : DropsDegraded && verdict.Coverage == RuleCoverage.Degraded ? $"{verdict.Reason} (--no-degraded)" : null,
    };
}
