using WireDns.Alerts;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>What is different between the rules that run and those that are to replace them. Immutable.</summary>
public sealed record RuleChanges
{
    private RuleChanges()
    {
    }

    /// <summary>Rules and correlations that did not run before.</summary>
    public int Added { get; private init; }

    /// <summary>Rules and correlations that do not run any more.</summary>
    public int Removed { get; private init; }

    /// <summary>Rules and correlations whose content, title, level or status is another one.</summary>
    public int Changed { get; private init; }

    /// <summary>Rules and correlations that run, and of which the new set has only an error, each with the error.</summary>
    public IReadOnlyList<(CompiledRule Rule, SigmaDiagnostic Error)> Broken { get; private init; } = [];

    /// <summary>How many rules and correlations run before and after.</summary>
    public (int Before, int After) Running { get; private init; }

    /// <summary>Lists of placeholder values that have less than half of their values left.</summary>
    public IReadOnlyList<(string Name, long Before, long After)> ShrunkLists { get; private init; } = [];

    /// <summary>Whether less than half of the rules would be left.</summary>
    public bool IsShrunk => Running.After * 2 < Running.Before;

    /// <summary>Compares two sets of rules.</summary>
    /// <param name="current">The rules that run.</param>
    /// <param name="next">Those that are to replace them, loaded with the former as predecessor.</param>
    public static RuleChanges Between(LoadedRules current, LoadedRules next)
    {
        ArgumentNullException.ThrowIfNull(current);
        ArgumentNullException.ThrowIfNull(next);
        var before = current.Running.ToList();
        var after = next.Running.ToDictionary(rule => rule.Number);

        // New numbers mean that nothing can be recognised any more.
        var areSame = next.Numbers == current.Numbers;
        var kept = before.Where(rule => areSame && after.ContainsKey(rule.Number)).ToList();
        var keptNumbers = kept.Select(rule => rule.Number).ToHashSet();
        return new RuleChanges
        {
            Added = after.Count - kept.Count,
            Removed = before.Count - kept.Count,
            Changed = kept.Count(rule => IsOther(current, rule, next, after[rule.Number])),
            Broken =
            [
                .. before.Where(rule => !keptNumbers.Contains(rule.Number))
                    .Select(rule => (rule, next.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error && IsAbout(diagnostic, rule.Alert.File))))
                    .Where(pair => pair.Item2 is not null)
                    .Select(pair => (pair.rule, pair.Item2!)),
            ],
            Running = (before.Count, after.Count),
            ShrunkLists =
            [
                .. current.ListSizes.Select(list => (list.Key, Before: list.Value, After: next.ListSizes.GetValueOrDefault(list.Key)))
                    .Where(list => next.ListSizes.ContainsKey(list.Key) && list.After * 2 < list.Before),
            ],
        };
    }

    private static bool IsOther(LoadedRules current, CompiledRule before, LoadedRules next, CompiledRule after)
    {
        return current.DigestOf(before) != next.DigestOf(after) || Words(before.Alert) != Words(after.Alert);

        static (string, AlertLevel, string?) Words(AlertRule rule) => (rule.Title, rule.Level, rule.Status);
    }

    // The error may be about the rule's file or about a folder above it that cannot be read.
    private static bool IsAbout(SigmaDiagnostic error, string file) =>
        error.File == file || (file.Length > error.File.Length && file.StartsWith(error.File, StringComparison.Ordinal) && file[error.File.TrimEnd('/').Length] == '/');
}
