using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Which rules are wanted, judged by their metadata; every given condition must hold. If a wanted correlation refers to a rule or correlation, or a
/// wanted filter names a rule, that one is wanted too, unless its id is excluded. Immutable.
/// </summary>
public sealed record RuleSelection
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>The statuses that a rule can have, and the word any, which stands for every status and for none.</summary>
    public static IReadOnlyList<string> StatusWords { get; } = [.. SigmaVocabulary.Statuses, "any"];

    /// <summary>The levels, from lowest to highest.</summary>
    public static IReadOnlyList<string> LevelWords => SigmaVocabulary.Levels;

    /// <summary>All rules, whatever their status.</summary>
    public static RuleSelection Everything { get; } = new() { Statuses = ["any"] };

    /// <summary>The wanted statuses. Default: empty, which means all except deprecated and unsupported, which their authors have retired.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>The lowest wanted level. Default: null, any level or none.</summary>
    public string? Level { get; init; }

    /// <summary>
    /// Tags, of which a rule must have at least one; a tag also covers those that extend it after a dot. Default: empty, any tags or none.
    /// </summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Ids of unwanted rules. Default: none.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Why a document is not wanted by itself, worded for a user; null if it is wanted.</summary>
    public string? WhyNot(SigmaDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return WhyNot(document.Id, document.Status, document.Level, document.Tags, document is FilterRule);
    }

    /// <summary>Why a document with this metadata is not wanted; null if it is.</summary>
    /// <param name="id">Its id, or null.</param>
    /// <param name="status">Its status, or null.</param>
    /// <param name="level">Its level, or null.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="isFilter">Whether it is a filter. Filters usually have no level, and often no status.</param>
    public string? WhyNot(string? id, string? status, string? level, IReadOnlyList<string> tags, bool isFilter = false)
    {
        ArgumentNullException.ThrowIfNull(tags);
        if (WhyExcluded(id) is { } excluded)
        {
            return excluded;
        }

        if (Statuses.Count == 0 ? status is "deprecated" or "unsupported" : !Statuses.Contains("any") && !(isFilter && status is null))
        {
            if (!Statuses.Contains(status ?? "", StringComparer.OrdinalIgnoreCase))
            {
                return $"its status is {status ?? "not given"} (--status)";
            }
        }

        if (Level is not null && !(isFilter && level is null) && IndexOf(level) < IndexOf(Level))
        {
            return $"its level is {level ?? "not given"} (--level)";
        }

        return Tags.Count == 0 || isFilter || tags.Any(tag => Tags.Any(wanted => Covers(wanted, tag))) ? null : "it has none of the tags (--tag)";
    }

    /// <summary>Of the loaded rules and correlations, those that do not run because they are not wanted, each with the reason.</summary>
    internal IReadOnlyDictionary<(string File, SourcePosition Position), string> Reject(IReadOnlyList<SigmaRule> rules, IReadOnlyList<ResolvedCorrelation> correlations)
    {
        var rejected = new Dictionary<(string, SourcePosition), string>();
        foreach (var document in rules.Concat<SigmaDocument>(correlations.Select(correlation => correlation.Rule)))
        {
            if (WhyNot(document) is { } reason)
            {
                rejected[Place(document)] = reason;
            }
        }

        foreach (var correlation in correlations.Where(correlation => !rejected.ContainsKey(Place(correlation.Rule))).ToList())
        {
            Want(correlation);
        }

        foreach (var rule in rules.Where(rule => rule.Filters.Any(filter => !filter.AppliesToAny && WhyNot(filter) is null)))
        {
            Want(rule);
        }

        return rejected;

        void Want(object source)
        {
            var document = source as SigmaDocument ?? ((ResolvedCorrelation)source).Rule;
            if (WhyExcluded(document.Id) is null)
            {
                rejected.Remove(Place(document));
                foreach (var inner in (source as ResolvedCorrelation)?.Sources ?? [])
                {
                    Want((object?)inner.Rule ?? inner.Correlation!);
                }
            }
        }
    }

    /// <summary>The documents that are not wanted, of those that loaded and of those that did not.</summary>
    /// <param name="result">What was loaded.</param>
    /// <param name="rejected">What <see cref="Reject"/> says of the rules and correlations that loaded.</param>
    internal IReadOnlyList<RuleDocument> FindUnwanted(
        RuleLoadResult result, IReadOnlyDictionary<(string File, SourcePosition Position), string> rejected)
    {
        var loaded = result.Rules.Concat<SigmaDocument>(result.Correlations.Select(correlation => correlation.Rule)).Concat(result.Filters).Select(Place).ToHashSet();
        return
        [
            .. result.Documents.Where(document => loaded.Contains((document.File, document.Position))
                ? rejected.ContainsKey((document.File, document.Position))
                : WhyNot(document.Id, document.Status, document.Level, document.Tags, document.IsFilter) is not null),
        ];
    }

    private static (string, SourcePosition) Place(SigmaDocument document) => (document.File, document.Position);

    private string? WhyExcluded(string? id) =>
        id is not null && Excluded.Contains(id, StringComparer.OrdinalIgnoreCase) ? "its id is excluded (--exclude)" : null;

    private static int IndexOf(string? level)
    {
        for (var i = 0; i < LevelWords.Count; i++)
        {
            if (LevelWords[i].Equals(level, IgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    // t1071 also matches attack.t1071, and attack.t1071 also matches attack.t1071.004. Hyphens and underscores in tactics are the same.
    private static bool Covers(string wanted, string tag)
    {
        var name = wanted.Replace('_', '-');
        var found = tag.Replace('_', '-');
        return Begins(found, name) || Begins(found, "attack." + name);
    }

    private static bool Begins(string text, string start) =>
        text.StartsWith(start, IgnoreCase) && (text.Length == start.Length || text[start.Length] == '.');
}
