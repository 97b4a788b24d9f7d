using System.Text;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Terminal;
using static System.FormattableString;

namespace WireDns.Inspection;

/// <summary>
/// A rule's verdict on one event as a tree: the condition, each selection, each item with what it looks for and what the event holds.
/// </summary>
/// <param name="writer">The report.</param>
/// <param name="parts">The rules, taken apart, after a look at the event.</param>
/// <param name="event">What the event is called: "message" or "event".</param>
internal sealed class RuleDrawing(ReportWriter writer, RuleParts parts, string @event = "message")
{
    private const int MaximumValues = 8;
    private const int MaximumPatterns = 6;

    // The width of the narrowest terminal in use.
    private const int LineWidth = 80;

    /// <summary>Writes the tree.</summary>
    public void Write(SigmaRule rule)
    {
        foreach (var condition in rule.Detection.Conditions)
        {
            Line(4, new Part("condition: ", Style.Faint), condition.ReplaceLineEndings(" "));
        }

        // A condition that is one selection has that selection's verdict.
        if (rule.Detection.Root is not SelectionUse)
        {
            WriteCondition(6, rule.Detection.Root);
        }

        foreach (var selection in RuleParts.SelectionsOf(rule))
        {
            Line(4, new Part(selection.Name, Style.Value), Verdict(parts.IsTrue(selection, selection.Node)));
            Write(6, selection, selection.Node);
        }
    }

    // The parser bounds the depth.
    private void WriteCondition(int indent, RuleNode node)
    {
        switch (node)
        {
            case SelectionUse use:
                Line(indent, new Part(use.Selection.Name, Style.Value), Verdict(parts.IsTrue(node)));
                break;
            case Not not:
                Line(indent, new Part("not", Style.Faint), Verdict(parts.IsTrue(node)));
                WriteCondition(indent + 2, not.Node);
                break;
            case AllOf all:
                WriteAll(indent, "all of", node, all.Nodes);
                break;
            case AnyOf any:
                WriteAll(indent, "one of", node, any.Nodes);
                break;
        }
    }

    private void WriteAll(int indent, string word, RuleNode node, IReadOnlyList<RuleNode> nodes)
    {
        if (nodes.Count > 1)
        {
            Line(indent, new Part(word, Style.Faint), Verdict(parts.IsTrue(node)));
            indent += 2;
        }

        foreach (var child in nodes)
        {
            WriteCondition(indent, child);
        }
    }

    private void Write(int indent, Selection selection, RuleNode node)
    {
        switch (node)
        {
            case AllOf all:
                foreach (var child in all.Nodes)
                {
                    Write(indent, selection, child);
                }

                break;
            case AnyOf any:
                foreach (var child in any.Nodes)
                {
                    Line(indent, new Part("or", Style.Faint), Verdict(parts.IsTrue(selection, child)));
                    Write(indent + 2, selection, child);
                }

                break;
            case Not not:
                Line(indent, new Part("not", Style.Faint));
                Write(indent + 2, selection, not.Node);
                break;
            case FieldMatch match:
                WriteMatch(indent, selection, match);
                break;
        }
    }

    private void WriteMatch(int indent, Selection selection, FieldMatch match)
    {
        var isTrue = parts.IsTrue(selection, match);
        var reasons = isTrue ? parts.Explain(selection, match) : [];
        Line(indent, string.Concat([match.Field ?? "keywords", .. match.Modifiers.Select(modifier => "|" + modifier.Name)]), Verdict(isTrue));
        if (reasons.Count == 0)
        {
            Line(indent + 2, new Part(match.RequiresAll ? "all of   " : "one of   ", Style.Faint), Patterns(match));
            Line(indent + 2, new Part(@event.PadRight(9), Style.Faint), Values(match, parts.LogSourceOf(selection)));
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
            Line(indent, new Part(reason.Pattern + ": ", Style.Faint), $"the {@event} has no such field");
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

    private string Values(FieldMatch match, LogSource source)
    {
        if (match.Field is null)
        {
            return parts.Schema.KeywordFields.Count > 1 ? $"names, data and codes of the {@event}" : $"all texts of the {@event}";
        }

        if (!parts.Schema.TryResolve(match.Field, source, out var field))
        {
            return "no wire carries this field";
        }

        var count = parts.Event.CountValues(field.Id);
        var values = new List<string>();
        for (var i = 0; i < Math.Min(count, MaximumValues); i++)
        {
            var value = parts.Event.GetValue(field.Id, i);
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
