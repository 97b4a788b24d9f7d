using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>
/// Which rules are wanted, by what they say of themselves; the conditions that are given must all hold. A rule or correlation that a wanted correlation
/// refers to, and a rule that a wanted filter names, is wanted too, unless it is excluded by its id. Immutable.
/// </summary>
public sealed record RuleSelection
{
    private const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;

    /// <summary>The statuses that there are, and the word that stands for all of them and none.</summary>
    public static IReadOnlyList<string> StatusWords { get; } = ["stable", "test", "experimental", "deprecated", "unsupported", "any"];

    /// <summary>The levels, lowest first.</summary>
    public static IReadOnlyList<string> LevelWords { get; } = ["informational", "low", "medium", "high", "critical"];

    /// <summary>Every rule, whatever its status.</summary>
    public static RuleSelection Everything { get; } = new() { Statuses = ["any"] };

    /// <summary>The statuses that are wanted; none: all but deprecated and unsupported, which their authors have set aside.</summary>
    public IReadOnlyList<string> Statuses { get; init; } = [];

    /// <summary>The lowest level that is wanted; null for any, and for rules without a level.</summary>
    public string? Level { get; init; }

    /// <summary>Tags, each also with what follows after a dot; a rule has one of them. None: any.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Ids of rules that are not wanted.</summary>
    public IReadOnlyList<string> Excluded { get; init; } = [];

    /// <summary>Why a document is not wanted for itself, as words for a user; null where it is.</summary>
    public string? WhyNot(SigmaDocument document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return WhyNot(document.Id, document.Status, document.Level, document.Tags, document is FilterRule);
    }

    /// <summary>Why a document that says this of itself is not wanted.</summary>
    /// <param name="id">Its id, or null.</param>
    /// <param name="status">Its status, or null.</param>
    /// <param name="level">Its level, or null.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="isFilter">Whether it is a filter: they have no level as a rule, and often no status.</param>
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

    /// <summary>The documents of rules and correlations that are not run, with the reason, for what was loaded.</summary>
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

    // attack.t1071 is also asked for by t1071, and stands for attack.t1071.004; the two spellings of tactics are one.
    private static bool Covers(string wanted, string tag)
    {
        var name = wanted.Replace('_', '-');
        var found = tag.Replace('_', '-');
        return Begins(found, name) || Begins(found, "attack." + name);
    }

    private static bool Begins(string text, string start) =>
        text.StartsWith(start, IgnoreCase) && (text.Length == start.Length || text[start.Length] == '.');
}
