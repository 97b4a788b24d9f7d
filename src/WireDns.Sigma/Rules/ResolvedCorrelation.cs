namespace WireDns.Sigma.Rules;

/// <summary>A correlation whose references were all found. Immutable and safe to share between threads.</summary>
public sealed class ResolvedCorrelation
{
    private readonly IReadOnlyList<IReadOnlyDictionary<string, string>> _aliases;
    private readonly Lazy<UInt128> _digest;

    internal ResolvedCorrelation(
        CorrelationRule rule, IReadOnlyList<CorrelationSource> sources, IReadOnlyList<IReadOnlyDictionary<string, string>> aliases)
    {
        Rule = rule;
        Sources = sources;
        _aliases = aliases;
        Depth = 1 + sources.Max(source => source.Correlation?.Depth ?? 0);

        // Once for each correlation: those that stand on the same others would walk through them again and again.
        BaseRules = [.. Sources.SelectMany(source => source.Rule is { } own ? [own] : source.Correlation!.BaseRules).DistinctBy(own => own.Place)];
        _digest = new Lazy<UInt128>(() => ContentDigest.Of(this));
    }

    /// <summary>The correlation as written.</summary>
    public CorrelationRule Rule { get; }

    /// <summary>What it refers to, in the order of <see cref="CorrelationRule.Rules"/>.</summary>
    public IReadOnlyList<CorrelationSource> Sources { get; }

    /// <summary>
    /// A digest of what it looks for, and of the rules and correlations that it refers to: as long as it stays, what was counted counts. Made when it is
    /// first asked for. Where it is stored, another version of this library may digest otherwise, and then nothing matches.
    /// </summary>
    public UInt128 Digest => _digest.Value;

    /// <summary>How many correlations stand on one another, this one among them; 1 for a correlation of rules alone.</summary>
    internal int Depth { get; }

    /// <summary>The rules whose events it takes, directly or through other correlations; each once.</summary>
    public IEnumerable<SigmaRule> BaseRules { get; }

    /// <summary>
    /// The names of the fields that it reads from the events of a rule: those that group them, and those that it counts or computes with.
    /// </summary>
    public IEnumerable<string> FieldsOf(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return Rule.GroupBy.Concat(Rule.Condition.Fields).SelectMany(field => Resolve(field, rule)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>
    /// What a field or alias is called in the events of a rule that comes through one of the sources: aliases of correlations in between apply, too.
    /// </summary>
    internal string Resolve(string name, int source, SigmaRule rule)
    {
        var own = _aliases[source].GetValueOrDefault(name, name);
        if (Sources[source].Correlation is not { } inner)
        {
            return own;
        }

        var place = Enumerable.Range(0, inner.Sources.Count).First(i => inner.Reaches(i, rule));
        return inner.Resolve(own, place, rule);
    }

    /// <summary>Whether events of a rule come through one of the sources.</summary>
    internal bool Reaches(int source, SigmaRule rule) => Sources[source].Rule is { } own
        ? own.Place == rule.Place
        : Sources[source].Correlation!.BaseRules.Any(other => other.Place == rule.Place);

    private IEnumerable<string> Resolve(string name, SigmaRule rule) => Enumerable.Range(0, Sources.Count)
        .Where(source => Reaches(source, rule))
        .Select(source => Resolve(name, source, rule));
}

/// <summary>One of the rules that a correlation refers to, looked up. Immutable.</summary>
public sealed class CorrelationSource
{
    internal CorrelationSource(RuleReference reference, SigmaRule? rule, ResolvedCorrelation? correlation)
    {
        Reference = reference;
        Rule = rule;
        Correlation = correlation;
    }

    /// <summary>Where the correlation refers to it.</summary>
    public RuleReference Reference { get; }

    /// <summary>The rule; null if it is a correlation.</summary>
    public SigmaRule? Rule { get; }

    /// <summary>The correlation; null if it is a rule.</summary>
    public ResolvedCorrelation? Correlation { get; }

    /// <summary>The rule's or correlation's own document.</summary>
    public SigmaDocument Document => (SigmaDocument?)Rule ?? Correlation!.Rule;
}
