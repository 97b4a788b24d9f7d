using System.Text;
using System.Text.RegularExpressions;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>Finds, for a leaf that is known to be true, which value of the event passed and which part of it matched.</summary>
internal static class ReasonFinder
{
    public static void AddText<TEvent>(CompiledRules compiled, int leaf, TEvent @event, MatchState state, List<(LeafOrigin Origin, MatchReason Reason)> reasons)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var origin = compiled.Origins[leaf];
        foreach (var scan in compiled.ScansOfLeaf[leaf])
        {
            var (fieldId, matcher) = compiled.Scans[scan];
            var count = @event.CountValues(fieldId);
            for (var i = 0; i < count; i++)
            {
                var value = @event.GetValue(fieldId, i);
                if (value.Kind == FieldValueKind.Null)
                {
                    continue;
                }

                var text = state.TextOf(value);
                var hits = new FirstHit(leaf);
                matcher.Scan(state.FoldPadded(text, matcher.FoldsAsciiOnly), text, ref hits);
                if (hits.IsFound)
                {
                    reasons.Add((origin, DescribeText(compiled, leaf, matcher, hits.Pattern, Encoding.UTF8.GetString(text))));
                    return;
                }
            }
        }
    }

    public static void AddPredicate<TEvent>(CompiledRules compiled, int index, TEvent @event, MatchState state, List<(LeafOrigin Origin, MatchReason Reason)> reasons)
        where TEvent : ISigmaEvent, allows ref struct
    {
        var origin = compiled.Origins[compiled.TextLeafCount + index];
        var predicate = compiled.Predicates[index];
        foreach (var fieldId in predicate.FieldIds)
        {
            var count = @event.CountValues(fieldId);
            for (var i = 0; i < count; i++)
            {
                var value = @event.GetValue(fieldId, i);
                if (!PredicateEvaluator.IsTrue(predicate, value, @event, state))
                {
                    continue;
                }

                if (value.Kind == FieldValueKind.Null)
                {
                    break;
                }

                var text = Encoding.UTF8.GetString(state.TextOf(value));
                var match = predicate.Regex?.Regex.Match(predicate.Regex.NamesOthers ? text : ReplaceOthers(text));
                var pattern = origin.Value?.AsWritten ?? FindValue(predicate, origin, text);
                reasons.Add((origin, Describe(origin, pattern, text, match is { Success: true } ? match.Index : 0, match is { Success: true } ? match.Length : text.Length)));
                return;
            }
        }

        reasons.Add((origin, Describe(origin, origin.Value?.AsWritten ?? "null", null, 0, 0)));
    }

    /// <summary>A leaf that is not true, and is wanted so: its field, with the first value that it has.</summary>
    public static void AddNegated<TEvent>(
        LeafOrigin origin, ReadOnlySpan<int> fieldIds, TEvent @event, MatchState state, List<(LeafOrigin Origin, MatchReason Reason)> reasons)
        where TEvent : ISigmaEvent, allows ref struct
    {
        string? text = null;
        foreach (var fieldId in fieldIds)
        {
            if (text is null && @event.CountValues(fieldId) > 0 && @event.GetValue(fieldId, 0) is { Kind: not FieldValueKind.Null } value)
            {
                text = Encoding.UTF8.GetString(state.TextOf(value));
            }
        }

        reasons.Add((origin, Negate(origin, text)));
    }

    /// <summary>The leaves of a rule that is true whatever an event holds: each is about a field that is never there.</summary>
    public static void AddAbsent(SigmaRule rule, List<(LeafOrigin Origin, MatchReason Reason)> reasons)
    {
        const int Maximum = 8;
        Add(rule.Detection.Root, null, isNegated: false);

        void Add(RuleNode node, Selection? selection, bool isNegated)
        {
            switch (node)
            {
                case SelectionUse use:
                    Add(use.Selection.Node, use.Selection, isNegated);
                    break;
                case Not not:
                    Add(not.Node, selection, !isNegated);
                    break;
                case AllOf all:
                    all.Nodes.ToList().ForEach(child => Add(child, selection, isNegated));
                    break;
                case AnyOf any:
                    any.Nodes.ToList().ForEach(child => Add(child, selection, isNegated));
                    break;
                case FieldMatch match when selection is not null && reasons.Count < Maximum:
                    var origin = new LeafOrigin(selection, match, match.Values.FirstOrDefault());
                    reasons.Add((origin, isNegated ? Negate(origin, null) : Describe(origin, origin.Value?.AsWritten ?? "null", null, 0, 0)));
                    break;
            }
        }
    }

    // neq and exists: false say themselves that something is not so.
    private static MatchReason Negate(LeafOrigin origin, string? text)
    {
        const int MaximumValues = 3;
        IReadOnlyList<string> values = origin.Value is not null ? [origin.Value.AsWritten] : [.. origin.Match.Values.Take(MaximumValues + 1).Select(value => value.AsWritten)];
        var pattern = string.Join(", ", values.Take(MaximumValues)) + (values.Count > MaximumValues ? ", ..." : "");
        return Describe(origin, pattern, text, 0, 0) with { IsNegated = !origin.Match.IsNegated && origin.Value is not ExistsValue { Expected: false } };
    }

    private static string ReplaceOthers(string text) => Ascii.IsValid(text)
        ? text
        : string.Create(text.Length, text, (characters, from) =>
        {
            for (var i = 0; i < from.Length; i++)
            {
                characters[i] = char.IsAscii(from[i]) ? from[i] : MatchState.OtherCharacter;
            }
        });

    /// <summary>The value of a list of numbers or networks that the text passes.</summary>
    private static string FindValue(FieldPredicate predicate, LeafOrigin origin, string text)
    {
        foreach (var value in origin.Match.Values)
        {
            if ((value is CidrValue cidr && cidr.Network.Contains(text)) ||
                (value is NumberValue number && predicate.Kind == PredicateKind.Numbers && number.Number.ToString() == text))
            {
                return value.AsWritten;
            }
        }

        return string.Empty;
    }

    private static MatchReason DescribeText(CompiledRules compiled, int leaf, MultiPatternMatcher matcher, int found, string text)
    {
        // A rule's own values are few: the first that matches is the reason, as written. A placeholder's list may be long.
        var origin = compiled.Origins[leaf];
        if (!origin.Match.HasPlaceholders)
        {
            var isAscii = Ascii.IsValid(text);
            foreach (var probe in compiled.ProbesOf(leaf))
            {
                if (probe.TryFind(text, isAscii, out var start, out var length))
                {
                    return Describe(origin, probe.AsWritten, text, start, length);
                }
            }
        }

        var foundPattern = matcher.Describe(found);
        if (foundPattern is not null && TryFind(TextPattern.Parse(foundPattern), isCased: false, text, out var foundStart, out var foundLength))
        {
            return Describe(origin, matcher.TakesNamesBelow(found) ? foundPattern[1..] : foundPattern, text, foundStart, foundLength);
        }

        return Describe(origin, foundPattern ?? string.Empty, text, 0, text.Length);
    }

    /// <summary>Finds what the pattern without the stars at its ends matches.</summary>
    internal static bool TryFind(TextPattern pattern, bool isCased, string text, out int start, out int length)
    {
        start = 0;
        length = 0;
        var comparison = isCased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        var isAscii = Ascii.IsValid(text);
        if (isAscii && TryGetLiteral(pattern, out var literal, out var startsAtStart, out var endsAtEnd))
        {
            // A regular expression would cost more than the rest of an alert.
            length = literal.Length;
            return TryFindLiteral(literal, startsAtStart, endsAtEnd, isCased, text, out start);
        }

        var expression = new StringBuilder();
        for (var i = 0; i < pattern.Tokens.Count; i++)
        {
            var token = pattern.Tokens[i];
            var isEnd = i == 0 || i == pattern.Tokens.Count - 1;
            switch (token.Kind)
            {
                case PatternTokenKind.Literal:
                    if (isAscii && !text.Contains(token.Text, comparison))
                    {
                        return false;
                    }

                    expression.Append(Regex.Escape(token.Text));
                    break;
                case PatternTokenKind.AnyCharacter:
                    expression.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|.)");
                    break;
                default:
                    expression.Append(isEnd ? string.Empty : ".*?");
                    break;
            }
        }

        if (pattern.Tokens.Count == 0 || pattern.Tokens[0].Kind != PatternTokenKind.AnyText)
        {
            expression.Insert(0, @"\A");
        }

        if (pattern.Tokens.Count == 0 || pattern.Tokens[^1].Kind != PatternTokenKind.AnyText)
        {
            expression.Append(@"\z");
        }

        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline;
        var match = Regex.Match(text, expression.ToString(), isCased ? options : options | RegexOptions.IgnoreCase);
        start = match.Index;
        length = match.Length;
        return match.Success;
    }

    /// <summary>Finds a literal where it has to be.</summary>
    internal static bool TryFindLiteral(string literal, bool startsAtStart, bool endsAtEnd, bool isCased, string text, out int start)
    {
        var comparison = isCased ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        start = startsAtStart ? 0 : endsAtEnd ? text.Length - literal.Length : text.IndexOf(literal, comparison);
        return start >= 0 && (!startsAtStart || !endsAtEnd || literal.Length == text.Length)
            && text.AsSpan(start).StartsWith(literal, comparison);
    }

    /// <summary>Whether a pattern is one literal, with stars at its ends or without.</summary>
    internal static bool TryGetLiteral(TextPattern pattern, out string literal, out bool startsAtStart, out bool endsAtEnd)
    {
        var tokens = pattern.Tokens;
        startsAtStart = tokens.Count > 0 && tokens[0].Kind != PatternTokenKind.AnyText;
        endsAtEnd = tokens.Count > 0 && tokens[^1].Kind != PatternTokenKind.AnyText;
        var index = startsAtStart ? 0 : 1;
        literal = index < tokens.Count ? tokens[index].Text : string.Empty;
        return tokens.Count == (startsAtStart ? 1 : 2) + (endsAtEnd ? 0 : 1) && tokens[index].Kind == PatternTokenKind.Literal;
    }

    private static MatchReason Describe(LeafOrigin origin, string pattern, string? value, int start, int length) =>
        new(origin.Selection.Name, origin.Match.Field, origin.Match.ModifierNames, pattern, value, start, length);

    /// <summary>Keeps the first pattern of one group that is hit.</summary>
    private struct FirstHit(int group) : IPatternHits
    {
        public bool IsFound { get; private set; }

        public int Pattern { get; private set; }

        public readonly bool IsKnown(int other) => other != group || IsFound;

        public void Add(int other, int pattern)
        {
            if (other == group && !IsFound)
            {
                IsFound = true;
                Pattern = pattern;
            }
        }
    }
}

/// <summary>Why a rule matched an event: one value that passed, or one that had to be otherwise and is.</summary>
/// <param name="Selection">The selection's name.</param>
/// <param name="Field">The field as the rule names it, or null for a keyword.</param>
/// <param name="Modifiers">The modifiers as written, in order.</param>
/// <param name="Pattern">The rule's value as written; for one of a large list, in folded case.</param>
/// <param name="Value">The event's value as text, or null if the field is missing or null. Hostile: escape it before a person sees it.</param>
/// <param name="Start">First character of the match in <paramref name="Value"/>, from 0.</param>
/// <param name="Length">Its length in characters; 0 if no text matched, such as for null.</param>
public sealed record MatchReason(
    string Selection, string? Field, IReadOnlyList<string> Modifiers, string Pattern, string? Value, int Start, int Length)
{
    /// <summary>Whether the pattern had to be missed: the part stands under <c>not</c>.</summary>
    public bool IsNegated { get; init; }
}
