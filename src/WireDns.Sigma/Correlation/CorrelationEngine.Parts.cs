using System.Buffers;
using System.Buffers.Binary;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <content>What lets several engines share the work: each correlates some of the groups.</content>
public sealed partial class CorrelationEngine
{
    private CorrelationPart[]? _parts;
    private CorrelationPart[][] _partsOfRule = [];
    private CorrelationPart? _onlyPart;
    private int? _onlyGroup;

    /// <summary>The correlations in parts: those that refer to one another make a part, each other one is a part of its own. In the order of their last correlations.</summary>
    public IReadOnlyList<CorrelationPart> Parts => _parts ??= FindParts();

    /// <summary>The parts that take the hits of a rule.</summary>
    public IReadOnlyList<CorrelationPart> PartsOf(int rule)
    {
        _parts ??= FindParts();
        return _partsOfRule[rule];
    }

    /// <summary>The groups that a hit of a rule belongs to in a part, for <see cref="WriteGroup"/>. An event that is in none is counted.</summary>
    /// <returns>How many; 1 in a part that is not divided.</returns>
    public int ReadGroups<TEvent>(CorrelationPart part, int rule, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(part);
        if (part.FieldsOf(rule) is { Length: 0 })
        {
            return 1;
        }

        _groups.Forget();
        if (part.FieldsOf(rule) is not { } fields || !_groups.TryRead<TEvent>(fields, @event))
        {
            Counters.Ungrouped++;
            return 0;
        }

        Counters.Overflown += _groups.IsOverflown ? 1 : 0;
        return _groups.Count;
    }

    /// <summary>Writes what tells a group from others, as octets that are the same in every process; and its values in words.</summary>
    /// <param name="part">The part, as in <see cref="ReadGroups"/>.</param>
    /// <param name="rule">The rule, as there.</param>
    /// <param name="event">The event, as there.</param>
    /// <param name="group">Which group, from 0.</param>
    /// <param name="identity">Takes the octets.</param>
    /// <returns>The values, by the fields of group-by.</returns>
    public IReadOnlyList<GroupValue> WriteGroup<TEvent>(CorrelationPart part, int rule, TEvent @event, int group, IBufferWriter<byte> identity)
        where TEvent : ISigmaEvent, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(part);
        ArgumentNullException.ThrowIfNull(identity);
        var fields = part.FieldsOf(rule) ?? [];
        var values = new GroupValue[fields.Length];
        for (var field = 0; field < fields.Length; field++)
        {
            values[field] = new GroupValue(part.GroupBy[field], _groups.GetText<TEvent>(fields, field, group, @event));
            var folded = _groups.GetFolded<TEvent>(fields, field, group, @event);
            BinaryPrimitives.WriteInt32LittleEndian(identity.GetSpan(sizeof(int)), folded.Length);
            identity.Advance(sizeof(int));
            identity.Write(folded);
        }

        return values;
    }

    /// <summary>What is observed from now on counts for one part and one of its groups alone.</summary>
    /// <param name="part">The part; null for all of them.</param>
    /// <param name="group">The number of the group, as in <see cref="WriteGroup"/>; null for all groups of an event.</param>
    public void Restrict(CorrelationPart? part, int? group) => (_onlyPart, _onlyGroup) = (part, part is { IsDivided: true } ? group : null);

    private CorrelationPart[] FindParts()
    {
        // Of each correlation, the smallest index of those that it is joined with.
        var places = Correlations.Select((correlation, index) => (correlation, index)).ToDictionary(entry => entry.correlation.Rule.Place, entry => entry.index);
        var roots = Enumerable.Range(0, Correlations.Count).ToArray();
        for (var index = 0; index < Correlations.Count; index++)
        {
            foreach (var inner in Correlations[index].Sources.Select(source => source.Correlation).OfType<ResolvedCorrelation>())
            {
                var (from, to) = (roots[places[inner.Rule.Place]], roots[index]);
                for (var other = 0; other < roots.Length; other++)
                {
                    roots[other] = roots[other] == from ? to : roots[other];
                }
            }
        }

        CorrelationPart[] parts = [.. Enumerable.Range(0, roots.Length).GroupBy(index => roots[index]).OrderBy(part => part.Max()).Select(part => MakePart([.. part]))];
        _partsOfRule = [.. _ofRule.Select(bindings => parts.Where(part => bindings.Any(binding => part.Contains(binding.Correlation))).ToArray())];
        return parts;
    }

    private CorrelationPart MakePart(int[] correlations)
    {
        var bindings = new Dictionary<int, List<CorrelationBinding>>();
        for (var rule = 0; rule < _ofRule.Length; rule++)
        {
            List<CorrelationBinding> own = [.. _ofRule[rule], .. _ofCorrelation.Where(entry => entry.Key.Rule == rule).SelectMany(entry => entry.Value)];
            own.RemoveAll(binding => !correlations.Contains(binding.Correlation));
            if (own.Count > 0)
            {
                bindings.Add(rule, own);
            }
        }

        // Correlations that stand on one another are divided only if an event is in the same groups of all of them.
        var groupBy = Correlations[correlations[0]].Rule.GroupBy;
        var isDivided = groupBy.Count > 0 && correlations.All(index => Correlations[index].Rule.GroupBy.SequenceEqual(groupBy, StringComparer.OrdinalIgnoreCase))
            && bindings.Values.All(own => own.All(binding => AreSame(binding.GroupBy, own[0].GroupBy)) && (correlations.Length == 1 || own[0].GroupBy is not null));
        var fields = bindings.ToDictionary(entry => entry.Key, entry => isDivided ? entry.Value[0].GroupBy : []);
        return new CorrelationPart([.. correlations.Select(index => Correlations[index])], correlations, isDivided ? groupBy : [], fields);
    }

    private static bool AreSame(FieldDefinition[]? left, FieldDefinition[]? right) =>
        left is null ? right is null : right is not null && left.Select(field => field.Id).SequenceEqual(right.Select(field => field.Id));
}

/// <summary>Correlations that refer to one another, or a single one. Engines with the same rules have the same parts. Immutable.</summary>
public sealed class CorrelationPart
{
    private readonly int[] _indices;
    private readonly IReadOnlyDictionary<int, FieldDefinition[]?> _fields; // of group-by, by rule

    internal CorrelationPart(IReadOnlyList<ResolvedCorrelation> correlations, int[] indices, IReadOnlyList<string> groupBy, IReadOnlyDictionary<int, FieldDefinition[]?> fields)
    {
        (_indices, GroupBy, _fields) = (indices, groupBy, fields);
        var last = correlations[^1].Rule;
        Name = last.Id ?? last.Title;
        var hash = new PlainHash();
        foreach (var digest in correlations.Select(correlation => correlation.Digest).Order())
        {
            hash.Add(digest);
        }

        Digest = hash.Digest;
        Horizon = correlations.Max(HorizonOf);
        ShortestTimespan = correlations.Min(correlation => correlation.Rule.Timespan);
    }

    /// <summary>The id, or else the title, of its last correlation, which no other refers to.</summary>
    public string Name { get; }

    /// <summary>A digest of what its correlations and their rules look for, the same on every machine with this version.</summary>
    public UInt128 Digest { get; }

    /// <summary>The fields whose values divide its groups among engines; none where all of its groups must be in one engine.</summary>
    public IReadOnlyList<string> GroupBy { get; }

    /// <summary>Whether its groups may be in several engines.</summary>
    public bool IsDivided => GroupBy.Count > 0;

    /// <summary>
    /// How far back an engine needs events to be in the state of one that had all of them: twice the time span, since whether the condition was true at an event of the last time
    /// span depends on the one before; of correlations that stand on one another, all together.
    /// </summary>
    public TimeSpan Horizon { get; }

    /// <summary>The shortest time span of its correlations.</summary>
    public TimeSpan ShortestTimespan { get; }

    internal bool Contains(int correlation) => Array.IndexOf(_indices, correlation) >= 0;

    /// <summary>The fields of a rule's events; null if it has not all of them, or is no rule of the part.</summary>
    internal FieldDefinition[]? FieldsOf(int rule) => _fields.GetValueOrDefault(rule);

    private static TimeSpan HorizonOf(ResolvedCorrelation correlation)
    {
        var inner = correlation.Sources.Select(source => source.Correlation is { } own ? HorizonOf(own) : TimeSpan.Zero).Max();
        var own = correlation.Rule.Timespan.Ticks;
        return TimeSpan.FromTicks(own > (TimeSpan.MaxValue.Ticks / 4) - inner.Ticks ? TimeSpan.MaxValue.Ticks / 2 : (2 * own) + inner.Ticks);
    }
}
