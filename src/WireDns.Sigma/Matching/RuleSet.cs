using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// Rules compiled for one kind of event. Immutable and safe to share between threads; each thread uses its own <see cref="MatchState"/>.
/// Matching allocates nothing, apart from the states of regular expressions.
/// </summary>
public sealed class RuleSet
{
    private readonly CompiledRules _compiled;
    private readonly int[] _recurringScans;
    private readonly bool[] _isRecurring;

    // What is left to do where the verdicts on recurring rules are known: scans that trigger other rules, and other rules that always run.
    private readonly bool[] _isScanOfOthers;
    private readonly int[] _alwaysRunOthers;

    private RuleSet(IReadOnlyList<SigmaRule> rules, CompiledRules compiled, IReadOnlyCollection<int> recurringFieldIds)
    {
        Rules = rules;
        _compiled = compiled;

        // Without a rule that always runs, the scans that run on demand are not worth a look at each new value.
        _recurringScans = [.. Enumerable.Range(0, compiled.AlwaysRun.Length == 0 ? compiled.EagerScanCount : compiled.Scans.Length)
            .Where(scan => recurringFieldIds.Contains(compiled.Scans[scan].FieldId) && !compiled.Scans[scan].Matcher.HasCasedPatterns)];
        _isRecurring = [.. DecidedBy(recurringFieldIds)];
        AreAllRecurring = !_isRecurring.Contains(false);
        _alwaysRunOthers = [.. compiled.AlwaysRun.Where(rule => !_isRecurring[rule])];
        _isScanOfOthers = new bool[compiled.EagerScanCount];
        for (var leaf = 0; leaf < compiled.TextLeafCount; leaf++)
        {
            foreach (var scan in compiled.RulesOfLeaf[leaf].All(rule => _isRecurring[rule]) ? [] : compiled.ScansOfLeaf[leaf])
            {
                _isScanOfOthers[scan] = true;
            }
        }

        FieldIds = [.. compiled.FieldsOfLeaf.SelectMany(f => f)
            .Concat(compiled.Predicates.SelectMany(p => p.FieldIds))
            .Concat(compiled.Predicates.Select(p => p.ReferencedFieldId))
            .Where(f => f >= 0)
            .Distinct()
            .Order()];
    }

    /// <summary>The rules, in the order in which they were given.</summary>
    public IReadOnlyList<SigmaRule> Rules { get; }

    /// <summary>The fields that any rule reads, ascending: an event need not provide others.</summary>
    public IReadOnlyList<int> FieldIds { get; }

    /// <summary>
    /// Whether the verdict on every rule depends on the recurring fields alone (<see cref="IsRecurring"/>), so that <see cref="Match"/> never looks
    /// at an event of which they are known.
    /// </summary>
    public bool AreAllRecurring { get; }

    /// <summary>The rules that are evaluated on each event, because no text must be found for them to match: indices into <see cref="Rules"/>, ascending.</summary>
    public IReadOnlyList<int> AlwaysEvaluated => _compiled.AlwaysRun;

    /// <summary>
    /// Whether no rule matches an event unless a pattern is found in one of these fields, whatever the case of their letters: an event in
    /// which nothing was found (<see cref="MatchState.HadHits"/>) stands for all whose texts differ only in case. The fields must hold only
    /// ASCII.
    /// </summary>
    public bool IsDecidedByFoldedText(IReadOnlyCollection<int> fieldIds)
    {
        ArgumentNullException.ThrowIfNull(fieldIds);
        if (_compiled.AlwaysRun.Length > 0)
        {
            return false;
        }

        foreach (var (scannedId, matcher) in _compiled.Scans.AsSpan(0, _compiled.EagerScanCount))
        {
            if (!fieldIds.Contains(scannedId) || matcher.HasCasedPatterns)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether rules look for texts in recurring fields.</summary>
    public bool HasRecurringScans => _recurringScans.Length > 0;

    /// <summary>
    /// Whether no rule matches an event in whose recurring fields nothing is found (<see cref="MatchState.HadRecurringHits"/>), of which one field has nothing but
    /// addresses, and others nothing but certain words.
    /// </summary>
    /// <param name="addressFieldId">The field that has addresses.</param>
    /// <param name="wordFieldIds">The fields that have words.</param>
    /// <param name="words">The words: small letters of ASCII.</param>
    public bool NeedsMoreThan(int addressFieldId, IReadOnlyCollection<int> wordFieldIds, IReadOnlyCollection<string> words)
    {
        ArgumentNullException.ThrowIfNull(wordFieldIds);
        ArgumentNullException.ThrowIfNull(words);
        return _compiled.AlwaysRun.Length == 0 && Enumerable.Range(0, _compiled.EagerScanCount).All(
            scan => _recurringScans.Contains(scan) || (_compiled.Scans[scan] is var (fieldId, matcher)
                && (fieldId == addressFieldId ? !matcher.MayMatchAddresses
                    : wordFieldIds.Contains(fieldId) && !matcher.HasCasedPatterns && !words.Any(word => new TextScreen([matcher]).HasHits(Padded(word))))));

        static byte[] Padded(string word) => [.. new byte[TextScreen.Padding], .. Encoding.ASCII.GetBytes(word), .. new byte[TextScreen.Padding]];
    }

    /// <summary>
    /// What decides, without an event, whether no rule matches events of which a text is the one value of a field; null if that text does not decide.
    /// </summary>
    /// <param name="fieldId">The field.</param>
    /// <param name="absentFieldIds">Fields that such events do not have.</param>
    public TextScreen? ScreenOf(int fieldId, IReadOnlyCollection<int> absentFieldIds)
    {
        ArgumentNullException.ThrowIfNull(absentFieldIds);
        var scans = _compiled.Scans.AsSpan(0, _compiled.EagerScanCount).ToArray().Where(scan => !absentFieldIds.Contains(scan.FieldId)).ToList();
        return IsDecidedByFoldedText([fieldId, .. absentFieldIds]) ? new TextScreen([.. scans.Select(scan => scan.Matcher)]) : null;
    }

    /// <summary>
    /// Whether no verdict depends on the case of a letter: what is true of an event is true of any other whose fields differ only in case.
    /// </summary>
    public bool IgnoresCase => !_compiled.Scans.Any(scan => scan.Matcher.HasCasedPatterns)
        && !_compiled.Predicates.Any(predicate => predicate.Kind is PredicateKind.Regex or PredicateKind.FieldReference);

    /// <summary>Compiles rules. Takes time and memory in proportion to their values: about a second and 60 MB for a million.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="schema">The fields of the events.</param>
    /// <param name="recurringFieldIds">
    /// Fields whose values, apart from case, recur together in many events, so that it pays to remember which rules they decide
    /// (<see cref="IsRecurring"/>). They must hold only ASCII.
    /// </param>
    public static RuleSet Compile(IReadOnlyList<SigmaRule> rules, IFieldSchema schema, IReadOnlyCollection<int>? recurringFieldIds = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(schema);
        SigmaRule[] copy = [.. rules];
        return new RuleSet(copy, new RuleCompiler(schema).Compile(copy), recurringFieldIds ?? []);
    }

    /// <summary>A state for one worker.</summary>
    public MatchState CreateState() => new(
        this, _compiled.TextLeafCount + _compiled.Predicates.Length, _compiled.Scans.Length, Rules.Count);

    /// <summary>
    /// Whether the verdict on a rule depends on the recurring fields alone, and not on the case of their letters: it is the same for all events
    /// that agree in them.
    /// </summary>
    /// <param name="rule">Index into <see cref="Rules"/>.</param>
    public bool IsRecurring(int rule) => _isRecurring[rule];

    /// <summary>For each rule, whether the verdict on it depends on these fields alone, and not on the case of their letters.</summary>
    public IEnumerable<bool> DecidedBy(IReadOnlyCollection<int> fieldIds)
    {
        ArgumentNullException.ThrowIfNull(fieldIds);
        var rules = new DecidedRules(_compiled, fieldIds);
        return _compiled.Roots.Select(rules.Includes);
    }

    /// <summary>Matches one event against all rules; <see cref="MatchState.Matches"/> has the result.</summary>
    /// <param name="event">The event.</param>
    /// <param name="state">A state of this rule set.</param>
    /// <param name="known">What is known from an earlier event whose recurring fields differ only in case; by default nothing.</param>
    /// <returns>Whether any rule matched.</returns>
    /// <exception cref="ArgumentException">The state was made by another rule set.</exception>
    public bool Match<TEvent>(TEvent @event, MatchState state, KnownMatches known = default)
        where TEvent : ISigmaEvent, allows ref struct
    {
        if (state.Owner != this)
        {
            throw new ArgumentException("the state belongs to another rule set", nameof(state));
        }

        state.BeginEvent();
        foreach (var rule in known.Rules)
        {
            state.AddMatch(rule);
        }

        foreach (var scan in known.IsKnown && !known.HasNoHits ? [] : _recurringScans)
        {
            state.TryBeginScan(scan);
            if (!known.IsKnown)
            {
                Scan(scan, @event, state);
            }
        }

        state.HadRecurringHits = state.HadAnyLeaf;
        for (var scan = 0; scan < _compiled.EagerScanCount; scan++)
        {
            if ((!known.IsKnown || _isScanOfOthers[scan]) && state.TryBeginScan(scan))
            {
                Scan(scan, @event, state);
            }
        }

        foreach (var rule in known.IsKnown ? _alwaysRunOthers : _compiled.AlwaysRun)
        {
            if (IsTrue(_compiled.Roots[rule], @event, state))
            {
                state.AddMatch(rule);
            }
        }

        for (var i = 0; i < state.CandidateCount; i++)
        {
            var rule = state.GetCandidate(i);
            if (!(known.IsKnown && _isRecurring[rule]) && IsTrue(_compiled.Roots[rule], @event, state))
            {
                state.AddMatch(rule);
            }
        }

        return !state.Matches.IsEmpty;
    }

    /// <summary>
    /// Whether a rule still matches an event if a value that is in a placeholder's list counts only where <paramref name="counts"/> says so. Not for each
    /// event, but for those that the rule matches.
    /// </summary>
    /// <param name="rule">Index into <see cref="Rules"/>.</param>
    /// <param name="event">The event.</param>
    /// <param name="state">A state of this rule set; it loses the results of the last event.</param>
    /// <param name="counts">Is asked about the values of each field that is matched with placeholders.</param>
    public bool StillMatches<TEvent>(int rule, TEvent @event, MatchState state, ListedValueCheck counts)
        where TEvent : ISigmaEvent, allows ref struct
    {
        ArgumentNullException.ThrowIfNull(counts);
        state.BeginEvent();
        return IsTrue(_compiled.Roots[rule], @event, state, counts);
    }

    private bool IsTrue<TEvent>(int node, TEvent @event, MatchState state, ListedValueCheck counts)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var (kind, first, count) = _compiled.Nodes[node];
        switch (kind)
        {
            case ProgramNodeKind.TextLeaf when _compiled.Origins[first].Match.HasPlaceholders:
                return IsTextTrue(first, @event, state) && HasCountingValue(first, @event, state, counts);

            case ProgramNodeKind.Not:
                return !IsTrue(first, @event, state, counts);

            case ProgramNodeKind.All or ProgramNodeKind.Any:
                // All of them are asked, so that all lists are that have a part in the match.
                var isAny = kind == ProgramNodeKind.Any;
                var result = !isAny;
                for (var i = 0; i < count; i++)
                {
                    result = IsTrue(_compiled.Children[first + i], @event, state, counts) == isAny ? isAny : result;
                }

                return result;

            default:
                return IsTrue(node, @event, state);
        }
    }

    private bool HasCountingValue<TEvent>(int leaf, TEvent @event, MatchState state, ListedValueCheck counts)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var result = false;
        foreach (var field in _compiled.FieldsOfLeaf[leaf])
        {
            var values = @event.CountValues(field);
            for (var i = 0; i < values; i++)
            {
                var value = @event.GetValue(field, i);
                result |= value.Kind != FieldValueKind.Null && counts(_compiled.Origins[leaf].Match, state.TextOf(value));
            }
        }

        return result;
    }

    /// <summary>
    /// Says why a rule matches an event: the values that passed, at most 32, in the order of the rule; and after them the fields of negated parts, at
    /// most 8, with what they hold or that they are absent. Empty where the rule does not match. Allocates: for hits only.
    /// </summary>
    /// <param name="rule">Index into <see cref="Rules"/>.</param>
    /// <param name="event">The event.</param>
    /// <param name="state">A state of this rule set; it loses the results of the last event.</param>
    public IReadOnlyList<MatchReason> Explain<TEvent>(int rule, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rule);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rule, Rules.Count);
        if (state.Owner != this)
        {
            throw new ArgumentException("the state belongs to another rule set", nameof(state));
        }

        state.BeginEvent();
        var reasons = state.Reasons;
        reasons.Clear();
        if (IsTrue(_compiled.Roots[rule], @event, state))
        {
            Explain(_compiled.Roots[rule], isTrue: true, @event, state, reasons);
            if (reasons.Count == 0)
            {
                // Every part is about fields that no event has.
                ReasonFinder.AddAbsent(Rules[rule], reasons);
            }
        }

        if (reasons.Count == 1)
        {
            return [reasons[0].Reason];
        }

        // The program tests the cheapest first; a reader expects the order of the rule.
        return [.. reasons
            .OrderBy(r => r.Reason.IsNegated)
            .ThenBy(r => (r.Origin.Match.Position.Line, r.Origin.Match.Position.Column))
            .ThenBy(r => (r.Origin.Value?.Position.Line ?? 0, r.Origin.Value?.Position.Column ?? 0))
            .Select(r => r.Reason)];
    }

    private void Scan<TEvent>(int scan, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var (fieldId, matcher) = _compiled.Scans[scan];
        var hits = new StateHits(state, _compiled.RulesOfLeaf);
        var identity = matcher.HasCasedPatterns ? 0 : @event.GetIdentity(fieldId);
        if (identity != 0 && state.TryRecall(scan, identity, out var known))
        {
            foreach (var leaf in known)
            {
                hits.Add(leaf);
            }

            return;
        }

        if (!matcher.MayMatchAddresses && @event.HasOnlyAddresses(fieldId))
        {
            return;
        }

        // A matcher skips what another has found already: what it finds is all only if nothing was found before.
        var isAll = !state.HadAnyLeaf;
        var count = @event.CountValues(fieldId);
        for (var i = 0; i < count; i++)
        {
            if (!matcher.MayMatchAddresses && !@event.GetAddress(fieldId, i).IsEmpty)
            {
                continue;
            }

            var value = @event.GetValue(fieldId, i);
            if (value.Kind != FieldValueKind.Null)
            {
                var text = state.TextOf(value);
                matcher.Scan(state.FoldPadded(text, matcher.FoldsAsciiOnly), text, ref hits);
            }
        }

        if (identity != 0 && isAll)
        {
            state.Remember(scan, identity, state.Found);
        }
    }

    // The depth of a program is that of the rule's tree, which the parser bounds.
    private bool IsTrue<TEvent>(int node, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var (kind, first, count) = _compiled.Nodes[node];
        switch (kind)
        {
            case ProgramNodeKind.TextLeaf:
                return IsTextTrue(first, @event, state);

            case ProgramNodeKind.PredicateLeaf:
                var leaf = _compiled.TextLeafCount + first;
                if (!state.IsLeafKnown(leaf))
                {
                    state.SetLeaf(leaf, PredicateEvaluator.IsTrue(_compiled.Predicates[first], @event, state));
                }

                return state.IsLeafTrue(leaf);

            case ProgramNodeKind.Not:
                return !IsTrue(first, @event, state);

            case ProgramNodeKind.All or ProgramNodeKind.Any:
                var isAny = kind == ProgramNodeKind.Any;
                for (var i = 0; i < count; i++)
                {
                    if (IsTrue(_compiled.Children[first + i], @event, state) == isAny)
                    {
                        return isAny;
                    }
                }

                return !isAny;

            default:
                return kind == ProgramNodeKind.True;
        }
    }

    private bool IsTextTrue<TEvent>(int leaf, TEvent @event, MatchState state)
        where TEvent : ISigmaEvent, allows ref struct
    {
        foreach (var scan in _compiled.ScansOfLeaf[leaf])
        {
            if (state.IsLeafTrue(leaf))
            {
                return true;
            }

            if (state.TryBeginScan(scan))
            {
                Scan(scan, @event, state);
            }
        }

        return state.IsLeafTrue(leaf);
    }

    // Why a node is true, or why it is not: the leaves that make it so.
    private void Explain<TEvent>(int node, bool isTrue, TEvent @event, MatchState state, List<(LeafOrigin Origin, MatchReason Reason)> reasons)
        where TEvent : ISigmaEvent, allows ref struct
    {
        const int MaximumReasons = 32;
        const int MaximumNegated = 8;
        var (kind, first, count) = _compiled.Nodes[node];
        switch (kind)
        {
            case ProgramNodeKind.TextLeaf when !isTrue && reasons.Count(r => r.Reason.IsNegated) < MaximumNegated:
                ReasonFinder.AddNegated(_compiled.Origins[first], _compiled.FieldsOfLeaf[first], @event, state, reasons);
                break;

            case ProgramNodeKind.PredicateLeaf when !isTrue && reasons.Count(r => r.Reason.IsNegated) < MaximumNegated:
                ReasonFinder.AddNegated(_compiled.Origins[_compiled.TextLeafCount + first], _compiled.Predicates[first].FieldIds, @event, state, reasons);
                break;

            case ProgramNodeKind.TextLeaf when isTrue && reasons.Count < MaximumReasons:
                ReasonFinder.AddText(_compiled, first, @event, state, reasons);
                break;

            case ProgramNodeKind.PredicateLeaf when isTrue && reasons.Count < MaximumReasons:
                ReasonFinder.AddPredicate(_compiled, first, @event, state, reasons);
                break;

            case ProgramNodeKind.Not:
                Explain(first, !isTrue, @event, state, reasons);
                break;

            case ProgramNodeKind.All or ProgramNodeKind.Any:
                for (var i = 0; i < count; i++)
                {
                    if (IsTrue(_compiled.Children[first + i], @event, state) == isTrue)
                    {
                        Explain(_compiled.Children[first + i], isTrue, @event, state, reasons);
                    }
                }

                break;
        }
    }

    /// <summary>Turns hits into true leaves and candidates.</summary>
    private readonly struct StateHits(MatchState state, int[][] rulesOfLeaf) : IPatternHits
    {
        public bool IsKnown(int group) => state.IsLeafTrue(group);

        public void Add(int group, int pattern) => Add(group);

        public void Add(int group)
        {
            if (!state.IsLeafTrue(group))
            {
                state.SetLeaf(group, true);
                state.NoteFound(group);
                foreach (var rule in rulesOfLeaf[group])
                {
                    state.AddCandidate(rule);
                }
            }
        }
    }
}

/// <summary>Whether a value of an event counts for a match with placeholders: <see cref="RuleSet.StillMatches"/>.</summary>
/// <param name="match">The match.</param>
/// <param name="value">The value, as text.</param>
public delegate bool ListedValueCheck(FieldMatch match, ReadOnlySpan<byte> value);
