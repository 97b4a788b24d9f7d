using System.Buffers;
using System.Text.RegularExpressions;
using WireDns.Detection.Rules;
using WireDns.Inspection;
using WireDns.Sigma.Rules;

namespace WireDns.RuleTools.Trials;

/// <summary>A value of an event with the name of its field.</summary>
internal readonly record struct EventValue(string Field, string Text);

/// <summary>An item of a rule that nearly matched a value of an event.</summary>
/// <param name="Item">The field and its modifiers, as the rule has them.</param>
/// <param name="Pattern">The rule's value.</param>
/// <param name="Value">The event's value.</param>
/// <param name="Advice">What is different.</param>
internal sealed record NearMiss(string Item, string Pattern, EventValue Value, string Advice);

/// <summary>
/// Finds events that a rule just misses: one item of it is false, it would match with that item true, and the item's value is in the event after all, under
/// another modifier or in another field.
/// </summary>
internal sealed class NearMissFinder
{
    /// <summary>The most values of a rule that are compared with each event.</summary>
    public const int MaximumValues = 1000;

    // The shortest text that is worth a look: a shorter one is found everywhere.
    private const int MinimumLength = 3;

    private readonly SigmaRule _rule;
    private readonly RuleParts _parts;
    private readonly List<Probe> _probes = [];
    private readonly SearchValues<string>? _quick;
    private readonly bool _hasNegation;

    /// <param name="rule">The rule.</param>
    /// <param name="parts">The rule, taken apart.</param>
    public NearMissFinder(SigmaRule rule, RuleParts parts)
    {
        (_rule, _parts) = (rule, parts);
        foreach (var selection in rule.Detection.Selections)
        {
            Add(selection, selection.Node);
        }

        _quick = _probes.All(probe => probe.Core.Length > 0) ? SearchValues.Create([.. _probes.Select(probe => probe.Core)], StringComparison.OrdinalIgnoreCase) : null;
        _hasNegation = HasNegation(rule.Detection.Root);
    }

    /// <summary>Whether the rule has more values than are compared.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The near miss of an event that does not match; null for none. The parts must have looked at the event.</summary>
    /// <param name="values">The values of the event.</param>
    public NearMiss? Find(IReadOnlyList<EventValue> values)
    {
        if (_hasNegation && FindExclusion(values) is { } excluded)
        {
            return excluded;
        }

        if (_quick is not null && !values.Any(value => value.Text.AsSpan().ContainsAny(_quick)))
        {
            return null;
        }

        foreach (var probe in _probes)
        {
            if (_parts.IsTrue(probe.Selection, probe.Match) || !_parts.IsTrue(_rule.Detection.Root, node => node == probe.Match ? true : null))
            {
                continue;
            }

            foreach (var value in values)
            {
                if (Compare(probe, value) is { } advice)
                {
                    return new NearMiss(probe.Item, probe.Pattern, value, advice);
                }
            }
        }

        return null;
    }

    // A selection under not that is true, and without which the rule would match.
    private NearMiss? FindExclusion(IReadOnlyList<EventValue> values)
    {
        foreach (var selection in RuleParts.SelectionsOf(_rule))
        {
            if (_parts.IsTrue(selection, selection.Node)
                && _parts.IsTrue(_rule.Detection.Root, node => node is SelectionUse use && use.Selection == selection ? false : null))
            {
                var reason = _parts.Explain(selection, selection.Node).FirstOrDefault(reason => reason.Value is not null);
                return new NearMiss(
                    selection.Name, reason?.Pattern ?? "", new EventValue(reason?.Field ?? "", reason?.Value ?? (values is [var first, ..] ? first.Text : "")),
                    $"everything else matches, but '{selection.Name}' excludes it");
            }
        }

        return null;
    }

    private void Add(Selection selection, RuleNode node)
    {
        switch (node)
        {
            case AllOf all:
                all.Nodes.ToList().ForEach(child => Add(selection, child));
                break;
            case AnyOf any:
                any.Nodes.ToList().ForEach(child => Add(selection, child));
                break;
            case FieldMatch { Field: not null, IsNegated: false } match:
                foreach (var value in match.Values)
                {
                    if (_probes.Count == MaximumValues)
                    {
                        IsCut = true;
                        return;
                    }

                    if (Probe.Of(selection, match, value) is { } probe)
                    {
                        _probes.Add(probe);
                    }
                }

                break;
        }
    }

    private string? Compare(Probe probe, EventValue value)
    {
        var isSameField = IsSameField(probe, value.Field);
        if (Matches(probe, value.Text))
        {
            // The item itself is false: the value is in a field that it does not name, or its case is not the rule's.
            return !isSameField ? $"the value is in the field {value.Field}, not in {probe.Match.Field}"
                : probe.IsCased ? "only the case of the letters differs" : null;
        }

        if (!isSameField || probe.Kind is not (ProbeKind.Text or ProbeKind.Pattern))
        {
            return null;
        }

        const StringComparison IgnoreCase = StringComparison.OrdinalIgnoreCase;
        var (text, found) = (probe.Text, value.Text);
        var bare = text.Trim('.');
        if (probe.Kind == ProbeKind.Text && found.Equals(bare, IgnoreCase) && bare.Length < text.Length)
        {
            return text[0] == '.'
                ? $"the domain itself is not below itself: add the value '{bare}' without {probe.Modifier}"
                : $"names have no dot at their end: write '{bare}'";
        }

        if (probe.Kind == ProbeKind.Text && found.Equals(text, IgnoreCase))
        {
            return "only the case of the letters differs";
        }

        if (found.EndsWith("." + bare, IgnoreCase) && probe.Modifier.Length == 0)
        {
            return $"a name below '{bare}': write {probe.Match.Field}|endswith: '.{bare}'";
        }

        if (found.Contains(text, IgnoreCase))
        {
            var modifier = found.StartsWith(text, IgnoreCase) ? "startswith" : found.EndsWith(text, IgnoreCase) ? "endswith" : "contains";
            return $"the value is there, but not {Place(probe.Modifier)}: {probe.Match.Field}|{modifier} finds it";
        }

        return probe.Parent is { } parent && (found.Equals(parent, IgnoreCase) || found.EndsWith("." + parent, IgnoreCase))
            ? $"the same domain '{parent}', a level above the rule's value"
            : null;
    }

    private static string Place(string modifier) => modifier switch
    {
        "|startswith" => "at the start",
        "|endswith" => "at the end",
        _ => "alone",
    };

    private bool IsSameField(Probe probe, string name)
    {
        var source = _parts.LogSourceOf(probe.Selection);
        return _parts.Schema.TryResolve(probe.Match.Field!, source, out var own) && _parts.Schema.TryResolve(name, source, out var other) && own.Id == other.Id;
    }

    private static bool Matches(Probe probe, string text) => probe.Kind switch
    {
        ProbeKind.Network => probe.Network.Contains(text),
        ProbeKind.Expression => probe.Expression!.IsMatch(text),
        ProbeKind.Pattern => false,
        _ => probe.Modifier switch
        {
            "|contains" => text.Contains(probe.Text, StringComparison.OrdinalIgnoreCase),
            "|startswith" => text.StartsWith(probe.Text, StringComparison.OrdinalIgnoreCase),
            "|endswith" => text.EndsWith(probe.Text, StringComparison.OrdinalIgnoreCase),
            _ => text.Equals(probe.Text, StringComparison.OrdinalIgnoreCase),
        },
    };

    private static bool HasNegation(RuleNode node) => node switch
    {
        Not => true,
        AllOf all => all.Nodes.Any(HasNegation),
        AnyOf any => any.Nodes.Any(HasNegation),
        _ => false,
    };

    private enum ProbeKind
    {
        Text,
        Pattern,
        Expression,
        Network,
    }

    /// <summary>One value of a rule, for comparing loosely.</summary>
    private sealed record Probe(Selection Selection, FieldMatch Match, ProbeKind Kind, string Pattern)
    {
        public string Item => string.Concat([Match.Field!, .. Match.Modifiers.Select(modifier => "|" + modifier.Name)]);

        /// <summary>The text to find; of a pattern with wildcards its longest part without one.</summary>
        public string Text { get; init; } = "";

        /// <summary>|contains, |startswith, |endswith, or nothing.</summary>
        public string Modifier { get; private init; } = "";

        public bool IsCased { get; private init; }

        /// <summary>The domain above a name of three labels or more; null if there is none.</summary>
        public string? Parent { get; private init; }

        /// <summary>A text that every value has that comes close; empty if there is none.</summary>
        public string Core { get; private init; } = "";

        public CidrNetwork Network { get; private init; }

        public Regex? Expression { get; private init; }

        public static Probe? Of(Selection selection, FieldMatch match, MatchValue value)
        {
            switch (value)
            {
                case CidrValue cidr:
                    return new Probe(selection, match, ProbeKind.Network, value.AsWritten) { Network = cidr.Network };
                case RegexValue:
                    return Loosen(value.AsWritten) is { } expression
                        ? new Probe(selection, match, ProbeKind.Expression, value.AsWritten) { Expression = expression, IsCased = true }
                        : null;
                case TextValue { Patterns: [var pattern] } text:
                    return OfText(selection, match, text, pattern);
                default:
                    return null;
            }
        }

        private static Probe? OfText(Selection selection, FieldMatch match, TextValue value, TextPattern pattern)
        {
            var longest = pattern.Tokens.Where(token => token.Kind == PatternTokenKind.Literal).MaxBy(token => token.Text.Length).Text ?? "";
            if (longest.Trim('.').Length < MinimumLength)
            {
                return null;
            }

            // A modifier adds wildcards at the ends; any other one is the author's.
            var own = TextPattern.Parse(value.AsWritten).HasWildcards;
            var bare = longest.Trim('.');
            var parent = own ? null : ParentOf(bare);
            return new Probe(selection, match, own ? ProbeKind.Pattern : ProbeKind.Text, value.AsWritten)
            {
                Text = longest,
                Modifier = match.Modifiers.Select(modifier => modifier.Kind switch
                {
                    ModifierKind.Contains => "|contains",
                    ModifierKind.StartsWith => "|startswith",
                    ModifierKind.EndsWith => "|endswith",
                    _ => "",
                }).FirstOrDefault(word => word.Length > 0) ?? "",
                IsCased = value.IsCased,
                Parent = parent,
                Core = parent ?? bare,
            };
        }

        private static string? ParentOf(string name)
        {
            var dot = name.IndexOf('.', StringComparison.Ordinal);
            return dot > 0 && DnsFields.RegisteredDomainOf(name[(dot + 1)..]) is not null ? name[(dot + 1)..] : null;
        }

        // The expression as written, without case. One that only PCRE reads has no loose form.
        private static Regex? Loosen(string expression)
        {
            try
            {
                return new Regex(expression, RegexOptions.IgnoreCase | RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            }
            catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
            {
                return null;
            }
        }
    }
}
