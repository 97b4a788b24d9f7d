using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// Correlates the hits of rules: sliding windows over the events of each group, by the events' own time and in bounded memory. A hit of a
/// rule that no correlation refers to costs one look into an array; others allocate only when a group is new or a correlation becomes true.
/// Not thread-safe.
/// </summary>
/// <remarks>
/// The window of a group ends with its latest event and includes both of its ends. The condition is evaluated at each event; it is a hit if
/// it is true and was not at the event before. A group without an event within the time span is forgotten, so its condition counts as
/// false. docs/correlations.md has the rules for events that are late and for clocks that are set back.
/// </remarks>
public sealed partial class CorrelationEngine
{
    // Times more than 292 years apart would overflow; those from 1824 to 2116 cannot.
    private const long LargestTime = (1L << 62) - 1;

    private static readonly CorrelationBinding[] None = [];

    private readonly CorrelationLimits _limits;
    private readonly CorrelationRoom _room;
    private readonly CorrelationTable[] _tables;
    private readonly CorrelationBinding[][] _ofRule;
    private readonly bool[] _countsOnce;
    private readonly Dictionary<(int Correlation, int Rule), CorrelationBinding[]> _ofCorrelation = [];
    private readonly ValueText _text = new();
    private UInt128 _seed;
    private FieldCombinations _groups;
    private FieldCombinations _values;
    private readonly List<CorrelationHit> _hits = [];
    private readonly Queue<int> _fired = new();
    private readonly DelayedEntries _delayed;
    private readonly List<DelayedHit> _delayedHits = [];
    private readonly bool[] _groupFields;
    private readonly bool[] _valueFields;
    private long? _delay;
    private WindowEntry[] _entries;

    /// <summary>An engine without events.</summary>
    /// <param name="correlations">The correlations, each after those that it refers to (<see cref="ResolvedRules.Correlations"/>).</param>
    /// <param name="rules">The rules whose hits will be observed, by their indices. Rules that are missing here have no hits.</param>
    /// <param name="schema">The fields of the events; load events only after this.</param>
    /// <param name="limits">Bounds; null for the defaults.</param>
    public CorrelationEngine(
        IReadOnlyList<ResolvedCorrelation> correlations, IReadOnlyList<SigmaRule> rules, IFieldSchema schema, CorrelationLimits? limits = null)
        : this(correlations, rules, schema, limits ?? new CorrelationLimits(), null)
    {
    }

    private CorrelationEngine(
        IReadOnlyList<ResolvedCorrelation> correlations, IReadOnlyList<SigmaRule> rules, IFieldSchema schema, CorrelationLimits limits,
        CorrelationEngine? predecessor)
    {
        ArgumentNullException.ThrowIfNull(correlations);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(schema);
        _limits = limits;

        // A Guid's bits are the operating system's; the generator of System.Security.Cryptography would load OpenSSL on Linux.
        Use(predecessor?._seed ?? BitConverter.ToUInt128(Guid.NewGuid().ToByteArray()));
        _entries = new WindowEntry[_limits.MaximumGroupsPerEvent];
        Correlations = [.. correlations];
        Counters = predecessor?.Counters ?? new CorrelationCounters();
        _room = predecessor?._room ?? new CorrelationRoom(_limits);
        _tables = TakeOver(predecessor);
        _delayed = new DelayedEntries(_tables);
        _ofRule = Bind(rules, schema);
        _countsOnce = [.. _ofRule.Select((bindings, rule) => bindings.Any(binding => CountsOnce(binding, rule)))];
        var bindings = _ofRule.Concat(_ofCorrelation.Values).SelectMany(all => all).ToArray();
        var groupFields = bindings.SelectMany(binding => binding.GroupBy ?? []).Select(field => field.Id).ToHashSet();
        var valueFields = bindings.SelectMany(binding => binding.Values ?? []).Select(field => field.Id).ToHashSet();
        var fieldCount = groupFields.Concat(valueFields).DefaultIfEmpty(-1).Max() + 1;
        _groupFields = [.. Enumerable.Range(0, fieldCount).Select(groupFields.Contains)];
        _valueFields = [.. Enumerable.Range(0, fieldCount).Select(valueFields.Contains)];
    }

    /// <summary>The correlations, in the order in which they were given.</summary>
    public IReadOnlyList<ResolvedCorrelation> Correlations { get; }

    /// <summary>What could not be taken or had to be forgotten.</summary>
    public CorrelationCounters Counters { get; }

    /// <summary>
    /// What has ended since <see cref="ForgetEnded"/>, oldest first; empty unless <see cref="CorrelationLimits.MaximumEpisodes"/> is set.
    /// </summary>
    public IReadOnlyList<CorrelationEpisode> Ended => _room.Ended;

    /// <summary>Whether <see cref="Ended"/> has any.</summary>
    public bool HasEnded => _room.Ended.Count > 0;

    /// <summary>
    /// Whether the entries of events may wait for their turn: the ends of correlations are not told, and no correlation refers to another. In both
    /// cases it matters at once what an entry does.
    /// </summary>
    public bool CanDelay => _limits.MaximumEpisodes == 0 && _ofCorrelation.Count == 0;

    /// <summary>
    /// The caller's number for the events that follow, whose entries may wait until there are 32: their reads of memory then overlap.
    /// What they make true is in <see cref="DelayedHits"/>. Default: null, nothing waits. Needs <see cref="CanDelay"/>.
    /// </summary>
    public long? Delay
    {
        get => _delay;
        set => _delay = CanDelay ? value : null;
    }

    /// <summary>The last number for which something waited; -1 before that.</summary>
    public long NewestDelayed { get; private set; } = -1;

    /// <summary>What entries that had to wait made true, in their order. Take these out, and raise them before the hits of the event at hand.</summary>
    public IList<DelayedHit> DelayedHits => _delayedHits;

    /// <summary>Whether <see cref="DelayedHits"/> has any.</summary>
    public bool HasDelayedHits => _delayedHits.Count > 0;

    /// <summary>Whether it matters which rules an event was a hit of before it is one of this rule.</summary>
    /// <param name="rule">Index of the rule.</param>
    public bool AsksForEarlierRules(int rule) => _countsOnce[rule];

    /// <summary>The number of remembered groups of all correlations.</summary>
    public int GroupCount => _tables.Sum(table => table.Count);

    /// <summary>
    /// An engine for other rules, which follows this one: correlations whose content is the same, that of the rules and correlations they refer to
    /// included (<see cref="ResolvedCorrelation.Digest"/>), go on with what they have counted. The others begin anew, and what was counted for
    /// correlations that are gone is dropped. The counters go on. Takes this engine's memory over: it may not be used any more.
    /// </summary>
    /// <inheritdoc cref="CorrelationEngine(IReadOnlyList{ResolvedCorrelation}, IReadOnlyList{SigmaRule}, IFieldSchema, CorrelationLimits?)"/>
    public CorrelationEngine Follow(IReadOnlyList<ResolvedCorrelation> correlations, IReadOnlyList<SigmaRule> rules, IFieldSchema schema) =>
        new(correlations, rules, schema, _limits, this);

    /// <summary>Whether hits of a rule matter to any correlation; others need not be observed.</summary>
    public bool Takes(int rule) => _ofRule[rule].Length > 0;

    /// <summary>Takes in a hit of a rule.</summary>
    /// <param name="rule">Index of the rule.</param>
    /// <param name="event">The event that it matched.</param>
    /// <param name="stamp">When it was, and how to recognise it.</param>
    /// <param name="earlierRules">
    /// Rules already observed for the same event: if a correlation counts events, or computes with their numbers, an event that several of
    /// its rules matched is one event.
    /// </param>
    /// <param name="isSameEvent">
    /// Whether the event is that of the previous call and has the same values, so that they need not be read again.
    /// </param>
    /// <returns>
    /// The correlations that it made true, without those that only serve others; valid until the next call. Each comes after those that it refers to.
    /// </returns>
    public IReadOnlyList<CorrelationHit> Observe<TEvent>(
        int rule, TEvent @event, in CorrelationEvent stamp, ReadOnlySpan<int> earlierRules = default, bool isSameEvent = false)
        where TEvent : ISigmaEvent, allows ref struct
    {
        _hits.Clear();
        if (!isSameEvent)
        {
            _groups.Forget();
            _values.Forget();
        }

        if (_ofRule[rule].Length == 0)
        {
            return _hits;
        }

        Counters.Observed++;
        var bounded = stamp with { Time = Math.Clamp(stamp.Time, -LargestTime, LargestTime) };
        foreach (var binding in _ofRule[rule])
        {
            if ((!_countsOnce[rule] || !IsCountedAlready(binding, earlierRules)) && (_onlyPart is null || _onlyPart.Contains(binding.Correlation)))
            {
                Observe(binding, @event, bounded);
            }
        }

        while (_fired.Count > 0 && _fired.TryDequeue(out var correlation))
        {
            foreach (var binding in _ofCorrelation.GetValueOrDefault((correlation, rule), None))
            {
                Observe(binding, @event, bounded);
            }
        }

        return _hits;
    }

    /// <summary>An event will be observed soon: tells the processor what will be read of memory. Has no other effect.</summary>
    /// <param name="identity">The number that stands for the values of some fields (<see cref="ISigmaEvent.GetIdentity"/>).</param>
    /// <param name="fieldIds">These fields.</param>
    public void Expect(ulong identity, ReadOnlySpan<int> fieldIds)
    {
        foreach (var fieldId in fieldIds)
        {
            if (fieldId < _groupFields.Length && _groupFields[fieldId])
            {
                _groups.Expect(fieldId, identity);
            }

            if (fieldId < _valueFields.Length && _valueFields[fieldId])
            {
                _values.Expect(fieldId, identity);
            }
        }
    }

    /// <summary>Lets the entries that wait have their turn.</summary>
    public void Settle()
    {
        if (!_delayed.IsEmpty)
        {
            TakeDelayed();
        }
    }

    /// <summary>The hit of a delayed entry, given its event. Allocates.</summary>
    public CorrelationHit Complete<TEvent>(DelayedHit hit, TEvent @event)
        where TEvent : ISigmaEvent, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(hit);
        _groups.Forget();
        _groups.TryRead<TEvent>(hit.Binding.GroupBy, @event);
        var described = Describe(hit.Binding, @event, 0, hit.Value, hit.Events) with { From = hit.From, Rise = hit.Rise };
        _groups.Forget();
        return described;
    }

    /// <summary>
    /// Time goes on without events: groups whose time span is over are forgotten, up to 65,536 of each correlation at a call. No event from before this
    /// is to come, but for those that come late (docs/correlations.md).
    /// </summary>
    /// <param name="now">The time, as events have it.</param>
    public void Expire(long now)
    {
        Settle();
        foreach (var table in _tables)
        {
            table.Expire(Math.Clamp(now, -LargestTime, LargestTime));
        }
    }

    /// <summary>Forgets what <see cref="Ended"/> has, once it was told. Call it after each call that can end something.</summary>
    public void ForgetEnded() => _room.Ended.Clear();

    /// <summary>Forgets all events, as at the end of a source. The counters stay.</summary>
    public void Clear()
    {
        Settle();
        foreach (var table in _tables)
        {
            table.Clear(EpisodeEnd.SourceEnd);
        }
    }

    /// <summary>The tables of the correlations: of those that did not change the predecessor's. The rest of these is forgotten.</summary>
    private CorrelationTable[] TakeOver(CorrelationEngine? predecessor)
    {
        // Several correlations may say the same.
        var old = new Dictionary<UInt128, Queue<CorrelationTable>>();
        for (var i = 0; i < predecessor?.Correlations.Count; i++)
        {
            if (!old.TryGetValue(predecessor.Correlations[i].Digest, out var tables))
            {
                old.Add(predecessor.Correlations[i].Digest, tables = []);
            }

            tables.Enqueue(predecessor._tables[i]);
        }

        CorrelationTable[] taken = [.. Correlations.Select(correlation => old.Count > 0 && old.TryGetValue(correlation.Digest, out var tables)
            && tables.TryDequeue(out var table) ? table : new CorrelationTable(correlation, _limits, _room, Counters))];
        foreach (var dropped in old.Values.SelectMany(tables => tables))
        {
            dropped.Clear(EpisodeEnd.Reload);
            _room.Remove(dropped);
        }

        return taken;
    }

    private void Observe<TEvent>(CorrelationBinding binding, TEvent @event, in CorrelationEvent stamp)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (binding.GroupBy is null || binding.Values is null || !_groups.TryRead<TEvent>(binding.GroupBy, @event))
        {
            Counters.Ungrouped++;
            return;
        }

        Counters.Overflown += _groups.IsOverflown ? 1 : 0;
        var type = binding.Type;
        if (type == CorrelationType.ValueCount)
        {
            ObserveValues(binding, @event, stamp);
        }
        else if (type is CorrelationType.EventCount or CorrelationType.Temporal or CorrelationType.TemporalOrdered)
        {
            _entries[0] = new WindowEntry(stamp, binding.Source, 0, 0);
            Enter(binding, @event, 1);
        }
        else
        {
            ObserveNumbers(binding, @event, stamp);
        }
    }

    private void ObserveValues<TEvent>(CorrelationBinding binding, TEvent @event, in CorrelationEvent stamp)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (!_values.TryRead<TEvent>(binding.Values, @event))
        {
            Counters.Ungrouped++;
            return;
        }

        Counters.Overflown += _values.IsOverflown ? 1 : 0;
        for (var i = 0; i < _values.Count; i++)
        {
            _entries[i] = new WindowEntry(stamp, binding.Source, (ulong)_values[i], 0);
        }

        Enter(binding, @event, _values.Count);
    }

    private void ObserveNumbers<TEvent>(CorrelationBinding binding, TEvent @event, in CorrelationEvent stamp)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var field = binding.Values![0].Id;
        var found = 0;
        var count = @event.CountValues(field);
        for (var i = 0; i < count; i++)
        {
            var value = @event.GetValue(field, i);
            var number = value.Number;
            if (value.Kind == FieldValueKind.Number || (value.Kind == FieldValueKind.Text && SigmaNumber.TryParse(value.Text, out number)))
            {
                if (found == _entries.Length)
                {
                    Array.Resize(ref _entries, found * 2);
                }

                _entries[found++] = new WindowEntry(stamp, binding.Source, 0, number.ToDouble());
            }
        }

        if (found == 0)
        {
            Counters.Ungrouped++;
            return;
        }

        Enter(binding, @event, found);
    }

    private void Enter<TEvent>(CorrelationBinding binding, TEvent @event, int entryCount)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (entryCount == 1 && _groups.Count == 1 && _delay is { } number && _hits.Count == 0)
        {
            if (_delayed.IsFull)
            {
                TakeDelayed();
            }

            NewestDelayed = number;
            _delayed.Add(binding, _groups[0], _entries[0], number);
            return;
        }

        Settle();
        var time = _entries[0].Event.Time;
        for (var i = 0; i < _groups.Count; i++)
        {
            if ((_onlyPart is not null && _onlyGroup is { } only && i != only) || !_tables[binding.Correlation].Observe(_groups[i], _entries.AsSpan(0, entryCount)))
            {
                continue;
            }

            _fired.Enqueue(binding.Correlation);
            var rise = _tables[binding.Correlation].Rise();
            if (!binding.IsSilent)
            {
                var table = _tables[binding.Correlation];
                var hit = Describe(binding, @event, i, table.Value, table.Report(_limits.MaximumReportedEvents));
                _hits.Add(hit with { From = table.From, Rise = rise, Episode = table.BeginEpisode(time) });
            }
        }
    }

    private void TakeDelayed()
    {
        var entries = _delayed.TakeAll();
        for (var i = 0; i < entries.Length; i++)
        {
            ref readonly var entry = ref entries[i];
            var table = _tables[entry.Correlation];
            if (table.Observe(entry.Key, new ReadOnlySpan<WindowEntry>(in entry.Entry)) && table.Rise() is var rise && _delayed.BindingOf(i) is { IsSilent: false } binding)
            {
                _delayedHits.Add(new DelayedHit(entry.Number, binding, table.Value, table.Report(_limits.MaximumReportedEvents)) { From = table.From, Rise = rise });
            }
        }
    }

    private CorrelationHit Describe<TEvent>(
        CorrelationBinding binding, TEvent @event, int combination, double value, IReadOnlyList<ReportedEvent> events)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var correlation = Correlations[binding.Correlation];
        var values = new GroupValue[binding.GroupBy!.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = new GroupValue(correlation.Rule.GroupBy[i], _groups.GetText<TEvent>(binding.GroupBy, i, combination, @event));
        }

        return new CorrelationHit
        {
            Index = binding.Correlation,
            Correlation = correlation,
            Group = values,
            Value = value,
            Events = events,
        };
    }

    private bool IsCountedAlready(CorrelationBinding counted, ReadOnlySpan<int> earlierRules)
    {
        if (counted.Type is CorrelationType.Temporal or CorrelationType.TemporalOrdered or CorrelationType.ValueCount)
        {
            return false;
        }

        foreach (var rule in earlierRules)
        {
            foreach (var binding in _ofRule[rule])
            {
                if (binding.Correlation == counted.Correlation)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
