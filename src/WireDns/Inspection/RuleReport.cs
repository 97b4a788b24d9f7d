using System.Text;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Terminal;
using WireDns.Wire.Dns;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>What each rule says about a message, and why.</summary>
/// <param name="writer">The report.</param>
/// <param name="rules">The rules.</param>
/// <param name="isVerbose">Whether rules that do not match are also shown in full, not only counted.</param>
internal sealed class RuleReport(ReportWriter writer, LoadedRules rules, bool isVerbose)
{
    private const int MaximumValues = 8;
    private const int MaximumPatterns = 6;

    // The width of the narrowest terminal in use.
    private const int LineWidth = 80;

    /// <summary>Writes the verdicts on one message.</summary>
    public void Write(InspectedMessage message, DnsMessageVerdict verdict)
    {
        writer.Title("Rules on this message");
        if (!verdict.IsDelivered)
        {
            writer.Line("  none is asked: no question of the message is sound");
            return;
        }

        var observed = ObservedMessage.Read(message.ToPayload());
        var isResponse = observed.IsResponse;
        var @event = rules.EventOf(observed);
        var matching = Match(@event, isResponse);
        var waiting = isResponse ? 0 : rules.OnResponse.Rules.Count;
        var asked = rules.Compiled.Count - waiting;
        var summary = Invariant($"{matching.Count:N0} of {asked:N0} rule{(asked == 1 ? "" : "s")} match{(matching.Count == 1 ? "es" : "")}");
        writer.Line(
            new Part("  "), new Part(summary, matching.Count > 0 ? Style.Good : Style.Plain),
            waiting == 0 ? "" : Invariant($"; {waiting:N0} more ask{(waiting == 1 ? "s" : "")} for the response alone"),
            new Part(asked > matching.Count && !isVerbose ? "  (-v shows why the others do not)" : "", Style.Faint));
        var shown = rules.Compiled.Where(rule => matching.Contains(rule.Index) || (isVerbose && IsAsked(rule, isResponse))).ToList();
        var parts = new RuleParts(shown.Select(RuleOf), @event);
        foreach (var rule in shown.OrderByDescending(rule => matching.Contains(rule.Index)))
        {
            Write(rule, matching.Contains(rule.Index), @event, parts);
        }
    }

    /// <summary>Writes which rules are not run at all, and why.</summary>
    public void WriteAside()
    {
        var aside = rules.Verdicts.Where(verdict => !verdict.Runs).ToList();
        if (aside.Count == 0)
        {
            return;
        }

        writer.Title("Rules that do not run");
        if (!isVerbose && aside.Count > MaximumValues)
        {
            foreach (var group in aside.GroupBy(verdict => verdict.Coverage))
            {
                writer.Line(Invariant($"  {group.Count():N0}: "),
                    group.Key == RuleCoverage.NotDns ? "their log source is not about DNS lookups" : "they require fields that no wire carries",
                    new Part("  (-v lists them)", Style.Faint));
            }

            return;
        }

        foreach (var verdict in aside)
        {
            writer.Line(new Part("  – ", Style.Faint), verdict.Rule.Title, new Part($": {verdict.Reason}", Style.Faint));
        }
    }

    private HashSet<int> Match(ISigmaEvent @event, bool isResponse)
    {
        var matching = new HashSet<int>();
        var state = rules.OnQuery.CreateState();
        rules.OnQuery.Match(@event, state);
        matching.UnionWith(state.Matches.ToArray());
        if (isResponse)
        {
            state = rules.OnResponse.CreateState();
            rules.OnResponse.Match(@event, state);
            matching.UnionWith(state.Matches.ToArray().Select(index => index + rules.OnQuery.Rules.Count));
        }

        return matching;
    }

    private bool IsAsked(CompiledRule rule, bool isResponse) => isResponse || rule.Index < rules.OnQuery.Rules.Count;

    private SigmaRule RuleOf(CompiledRule rule) => rule.Index < rules.OnQuery.Rules.Count
        ? rules.OnQuery.Rules[rule.Index]
        : rules.OnResponse.Rules[rule.Index - rules.OnQuery.Rules.Count];

    private void Write(CompiledRule compiled, bool isMatch, ISigmaEvent @event, RuleParts parts)
    {
        var rule = RuleOf(compiled);
        writer.Line();
        writer.Line(
            new Part("  "), isMatch ? new Part("✓ matches", Style.Good) : new Part("✗ does not match", Style.Fault),
            new Part($"  {compiled.Alert.Level.ToString().ToLowerInvariant()}  ", Style.Faint), new Part(rule.Title, Style.Title));
        Line(4, new Part(rule.File + (rule.Id is null ? "" : $"  {rule.Id}"), Style.Faint));
        if (compiled.Alert.Caveat is { } caveat)
        {
            Line(4, new Part("caveat: " + caveat, Style.Faint));
        }

        foreach (var condition in rule.Detection.Conditions)
        {
            Line(4, new Part("condition: ", Style.Faint), condition.ReplaceLineEndings(" "));
        }

        foreach (var selection in rule.Detection.Selections)
        {
            Line(4, new Part(selection.Name, Style.Value), Verdict(parts.IsTrue(selection, selection.Node)));
            Write(6, selection, selection.Node, @event, parts);
        }
    }

    private void Write(int indent, Selection selection, RuleNode node, ISigmaEvent @event, RuleParts parts)
    {
        switch (node)
        {
            case AllOf all:
                foreach (var child in all.Nodes)
                {
                    Write(indent, selection, child, @event, parts);
                }

                break;
            case AnyOf any:
                foreach (var child in any.Nodes)
                {
                    Line(indent, new Part("or", Style.Faint), Verdict(parts.IsTrue(selection, child)));
                    Write(indent + 2, selection, child, @event, parts);
                }

                break;
            case Not not:
                Line(indent, new Part("not", Style.Faint));
                Write(indent + 2, selection, not.Node, @event, parts);
                break;
            case FieldMatch match:
                WriteMatch(indent, selection, match, @event, parts);
                break;
        }
    }

    private void WriteMatch(int indent, Selection selection, FieldMatch match, ISigmaEvent @event, RuleParts parts)
    {
        var isTrue = parts.IsTrue(selection, match);
        var reasons = isTrue ? parts.Explain(selection, match) : [];
        Line(indent, string.Concat([match.Field ?? "keywords", .. match.Modifiers.Select(modifier => "|" + modifier.Name)]), Verdict(isTrue));
        if (reasons.Count == 0)
        {
            Line(indent + 2, new Part(match.RequiresAll ? "all of   " : "one of   ", Style.Faint), Patterns(match));
            Line(indent + 2, new Part("message  ", Style.Faint), Values(match, parts.LogSourceOf(selection), @event));
        }

        foreach (var reason in reasons)
        {
            WriteReason(indent + 2, reason);
        }
    }

    private void WriteReason(int indent, MatchReason reason)
    {
        if (reason.Value is not { } value)
        {
            Line(indent, new Part(reason.Pattern + ": ", Style.Faint), "the message has no such field");
            return;
        }

        Line(indent, new Part("pattern  ", Style.Faint), $"\"{reason.Pattern}\"");
        const string Label = "value    ";
        var (before, matched, after) = Fit(
            Printable.Text(value[..reason.Start]),
            Printable.Text(value.Substring(reason.Start, reason.Length)),
            Printable.Text(value[(reason.Start + reason.Length)..]),
            LineWidth - indent - Label.Length);
        Line(indent, new Part(Label, Style.Faint), before, new Part(matched, Style.Match), after);
        if (matched.Length > 0)
        {
            Line(indent, new Part(new string(' ', Label.Length + before.Length)), new Part(new string('^', matched.Length), Style.Good));
        }
    }

    // Carets are under what they mark only if the terminal does not break the line.
    private static (string Before, string Matched, string After) Fit(string before, string matched, string after, int room)
    {
        if (matched.Length + 2 > room)
        {
            return (before.Length > 0 ? "…" : "", matched[..(room - 2)], "…");
        }

        var rest = room - matched.Length;
        var left = Math.Min(before.Length, Math.Max(rest / 2, rest - after.Length));
        var right = Math.Min(after.Length, rest - left);
        return (
            left < before.Length ? "…" + before[(before.Length - Math.Max(0, left - 1))..] : before,
            matched,
            right < after.Length ? after[..Math.Max(0, right - 1)] + "…" : after);
    }

    private static string Patterns(FieldMatch match)
    {
        var first = match.Values.Take(MaximumPatterns + 1).Select(value => $"\"{value.AsWritten}\"").ToList();
        return first.Count <= MaximumPatterns
            ? string.Join(", ", first)
            : string.Join(", ", first.Take(MaximumPatterns)) + Invariant($" and {match.Values.LongCount() - MaximumPatterns:N0} more");
    }

    private static string Values(FieldMatch match, LogSource source, ISigmaEvent @event)
    {
        var schema = new DnsFields();
        if (match.Field is null)
        {
            return "names, data and codes of the message";
        }

        if (!schema.TryResolve(match.Field, source, out var field))
        {
            return "no wire carries this field";
        }

        var count = @event.CountValues(field.Id);
        var values = new List<string>();
        for (var i = 0; i < Math.Min(count, MaximumValues); i++)
        {
            var value = @event.GetValue(field.Id, i);
            values.Add(value.Kind switch
            {
                FieldValueKind.Text or FieldValueKind.Boolean => $"\"{Encoding.UTF8.GetString(value.Text)}\"",
                FieldValueKind.Number => value.Number.ToString(),
                _ => "null",
            });
        }

        return count == 0 ? "has no such field" : string.Join(", ", values)
            + (count > MaximumValues ? Invariant($" and {count - MaximumValues:N0} more") : "");
    }

    private void Line(int indent, params ReadOnlySpan<Part> parts) => writer.Line([new Part(new string(' ', indent)), .. parts]);

    private static Part Verdict(bool isTrue) => isTrue ? new Part("  true", Style.Good) : new Part("  false", Style.Fault);
}
