namespace WireDns.Sigma.Rules;

/// <summary>
/// Turns the log sources and field names of a house into those that a rule's events have: the transformations of processing pipelines
/// (<see cref="RuleMappingReader"/>), one after the other, on each rule, filter and correlation. Immutable and thread-safe.
/// </summary>
public sealed class RuleMapping
{
    private readonly IReadOnlyList<MappingStep> _steps;

    internal RuleMapping(IReadOnlyList<MappingStep> steps)
    {
        _steps = steps;
    }

    /// <summary>Changes nothing.</summary>
    public static RuleMapping None { get; } = new([]);

    /// <summary>Whether nothing is changed.</summary>
    public bool IsEmpty => _steps.Count == 0;

    /// <summary>A rule after all transformations whose conditions it fulfils, each of what the ones before made of it.</summary>
    public SigmaRule Apply(SigmaRule rule)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var (source, detection, uses) = Apply(rule.LogSource, rule.Detection, rule.FieldUses);
        return ReferenceEquals(detection, rule.Detection) && source == rule.LogSource ? rule : rule with { LogSource = source, Detection = detection, FieldUses = uses };
    }

    /// <summary>A filter, likewise.</summary>
    public FilterRule Apply(FilterRule filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var (source, detection, _) = Apply(filter.LogSource, filter.Detection, [], isFilter: true);
        return filter with { LogSource = source, Detection = detection };
    }

    /// <summary>
    /// A correlation: the fields that it groups by and counts are called as in the rules that it refers to. Where a field has become several, the
    /// first is taken.
    /// </summary>
    /// <param name="correlation">The correlation.</param>
    /// <param name="sourcesOf">The log sources of the rules that a reference stands for, before their own transformation.</param>
    public CorrelationRule Apply(CorrelationRule correlation, Func<RuleReference, IReadOnlyList<LogSource>> sourcesOf)
    {
        ArgumentNullException.ThrowIfNull(correlation);
        ArgumentNullException.ThrowIfNull(sourcesOf);
        if (IsEmpty)
        {
            return correlation;
        }

        var aliases = correlation.Aliases.Select(alias => alias.Name).ToHashSet(StringComparer.Ordinal);
        IReadOnlyList<LogSource> sources = [.. correlation.Rules.SelectMany(sourcesOf)];
        return correlation with
        {
            GroupBy = [.. correlation.GroupBy.Select(name => aliases.Contains(name) ? name : FirstOf(name, sources)).Distinct(StringComparer.Ordinal)],
            Condition = correlation.Condition with
            {
                Fields = [.. correlation.Condition.Fields.Select(name => aliases.Contains(name) ? name : FirstOf(name, sources))],
            },
            Aliases =
            [
                .. correlation.Aliases.Select(alias => alias with
                {
                    Targets = [.. alias.Targets.Select(target => target with { Field = FirstOf(target.Field, sourcesOf(target.Rule)) })],
                }),
            ],
        };
    }

    /// <summary>This mapping, and then another.</summary>
    public RuleMapping Then(RuleMapping next)
    {
        ArgumentNullException.ThrowIfNull(next);
        return new RuleMapping([.. _steps, .. next._steps]);
    }

    private string FirstOf(string name, IReadOnlyList<LogSource> sources)
    {
        LogSource[] current = [.. sources];
        foreach (var step in _steps)
        {
            if (step.Conditions.IsEmpty || current.Any(step.Conditions.Hold))
            {
                name = step.MapField(name)[0];
            }

            current = [.. current.Select(source => step.Conditions.Hold(source) ? step.MapSource(source) : source)];
        }

        return name;
    }

    private (LogSource Source, Detection Detection, IReadOnlyList<FieldUse> Uses) Apply(
        LogSource source, Detection detection, IReadOnlyList<FieldUse> uses, bool isFilter = false)
    {
        foreach (var step in _steps)
        {
            if (!step.Conditions.Hold(source))
            {
                continue;
            }

            source = step.MapSource(source);
            if (step.MapsFields)
            {
                detection = new DetectionMapper(step).Map(detection);
                uses = [.. uses.SelectMany(use => step.MapField(use.Name).Select(name => use with { Name = name }))];
            }

            // A filter narrows a rule that has the condition already.
            if (step.Added is { } added && !isFilter)
            {
                detection = new Detection(detection.Selections, detection.Conditions, new AllOf(detection.Root.Position, [added, detection.Root]));
                uses = [.. uses, .. FieldUseFinder.Find(added)];
            }
        }

        return (source, detection, uses);
    }

    /// <summary>Rebuilds a detection with other names of fields; each selection once, however often conditions name it.</summary>
    private sealed class DetectionMapper(MappingStep step)
    {
        private readonly Dictionary<Selection, Selection> _selections = new(ReferenceEqualityComparer.Instance);

        public Detection Map(Detection detection) =>
            new([.. detection.Selections.Select(Map)], detection.Conditions, Map(detection.Root));

        private Selection Map(Selection selection)
        {
            if (!_selections.TryGetValue(selection, out var mapped))
            {
                mapped = new Selection(selection.Name, selection.Position, Map(selection.Node));
                _selections.Add(selection, mapped);
            }

            return mapped;
        }

        private RuleNode Map(RuleNode node) => node switch
        {
            SelectionUse use => new SelectionUse(use.Position, Map(use.Selection)),
            Not not => new Not(not.Position, Map(not.Node)),
            AllOf all => new AllOf(all.Position, [.. all.Nodes.Select(Map)]),
            AnyOf any => new AnyOf(any.Position, [.. any.Nodes.Select(Map)]),
            _ => Map((FieldMatch)node),
        };

        private RuleNode Map(FieldMatch match)
        {
            var names = match.Field is null ? [] : step.MapField(match.Field);
            if (names.Count == 0 || (names is [var same] && same == match.Field && !match.RefersToFields))
            {
                return match;
            }

            List<RuleNode> matches = [.. names.Select(name => match.Rename(name, step.MapField))];

            // What is none of the values in one of the fields is none of them in any.
            return matches.Count == 1 ? matches[0] : match.IsNegated ? new AllOf(match.Position, matches) : new AnyOf(match.Position, matches);
        }
    }
}

/// <summary>One transformation of a pipeline: what it does to names of fields, to the log source, to the condition.</summary>
internal sealed record MappingStep
{
    /// <summary>Which rules it is for.</summary>
    public required MappingConditions Conditions { get; init; }

    /// <summary>Which fields it is for.</summary>
    public Func<string, bool> IsForField { get; init; } = _ => true;

    /// <summary>What a field is called afterwards, or null for the same as before; at least one name.</summary>
    public Func<string, IReadOnlyList<string>?>? Rename { get; init; }

    /// <summary>The log source afterwards; null for the same as before.</summary>
    public LogSource? Source { get; init; }

    /// <summary>What must be true as well, or null.</summary>
    public RuleNode? Added { get; init; }

    /// <summary>Whether it changes names of fields.</summary>
    public bool MapsFields => Rename is not null;

    /// <summary>What a field is called afterwards.</summary>
    public IReadOnlyList<string> MapField(string name) => Rename is not null && IsForField(name) && Rename(name) is { } names ? names : [name];

    /// <summary>What a log source is afterwards.</summary>
    public LogSource MapSource(LogSource source) => Source is null ? source : Source with { Definition = source.Definition, Position = source.Position };
}

/// <summary>The conditions of a transformation on a rule's log source.</summary>
/// <param name="Sources">The log sources; a part that is not given is any. None: every rule.</param>
/// <param name="IsAny">Whether one of them is enough.</param>
/// <param name="IsNegated">Whether the rule must not fulfil them.</param>
internal sealed record MappingConditions(IReadOnlyList<LogSource> Sources, bool IsAny, bool IsNegated)
{
    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Sources.Count == 0;

    /// <summary>Whether a rule for a log fulfils them.</summary>
    public bool Hold(LogSource rule) => IsEmpty || (IsAny ? Sources.Any(source => Has(source, rule)) : Sources.All(source => Has(source, rule))) != IsNegated;

    private static bool Has(LogSource wanted, LogSource rule) =>
        IsSame(wanted.Category, rule.Category) && IsSame(wanted.Product, rule.Product) && IsSame(wanted.Service, rule.Service);

    private static bool IsSame(string? wanted, string? found) => wanted is null || wanted.Equals(found, StringComparison.OrdinalIgnoreCase);
}
