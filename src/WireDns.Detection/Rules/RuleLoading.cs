using WireDns.Detection.Intel;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>The options that rules are loaded with. Immutable.</summary>
public sealed record RuleLoading
{
    /// <summary>The values of placeholders. Default: none.</summary>
    public SigmaPlaceholders Placeholders { get; init; } = new();

    /// <summary>
    /// The texts of rules that run besides those of files, each with what stands in place of the file's name: neither the selection nor filters of the user apply to them.
    /// Default: none.
    /// </summary>
    public IReadOnlyList<(string File, string Text)> BuiltIn { get; init; } = [];

    /// <summary>
    /// Lists of indicators. Their placeholders must be among <see cref="Placeholders"/>; each that no rule uses gets a rule of its own. Default: none.
    /// </summary>
    public IntelLists Intel { get; init; } = IntelLists.None;

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
    internal RuleLoadResult LoadAll(IReadOnlyList<string> paths) => new RuleLoader(new SigmaParserOptions { Placeholders = Placeholders, Mapping = Mapping }).Load(paths, Intel.RulesBeside);

    /// <summary>The rules of <see cref="BuiltIn"/>, which must be sound.</summary>
    internal IEnumerable<SigmaRule> LoadBuiltIn() => BuiltIn.SelectMany(rule => new SigmaRuleParser().Parse(rule.File, rule.Text).Rules);

    /// <summary>The verdict on a rule once these options are applied.</summary>
    /// <param name="verdict">What the rule can do on the wire.</param>
    /// <param name="rejected">The rules that the selection leaves out, each with the reason.</param>
    public RuleVerdict Judge(RuleVerdict verdict, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected) => verdict with
    {
        LeftOut = rejected.TryGetValue((verdict.Rule.File, verdict.Rule.Position), out var reason) ? reason
            : DropsDegraded && verdict.Coverage == RuleCoverage.Degraded ? $"{verdict.Reason} (--no-degraded)" : null,
    };
}
