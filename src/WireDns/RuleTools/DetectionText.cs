using System.Globalization;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.RuleTools;

/// <summary>What a rule looks for, in words: its condition, then each selection with its values.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="maximumValues">The most values of a list that are shown.</param>
internal sealed class DetectionText(ReportWriter writer, int maximumValues)
{
    // Longer than any that a person reads; a hostile one may have millions of characters.
    private const int MaximumConditionLength = 2000;

    private LogSource _source = new();

    /// <summary>Writes the rule's detection, and the filters that are applied to it.</summary>
    public void Write(SigmaRule rule)
    {
        var detection = rule.Detection;
        writer.Label("matches if", new Part(Shorten(ConditionWords.Describe(OwnRoot(rule))), Style.Value));
        foreach (var condition in detection.Conditions)
        {
            writer.Label("as written", new Part(Shorten(condition.ReplaceLineEndings(" ")), Style.Faint));
        }

        _source = rule.LogSource;
        Write(detection);
        foreach (var filter in rule.Filters)
        {
            writer.Line();
            writer.Line("  ", new Part($"and, by the filter '{filter.Title}', {Shorten(ConditionWords.Describe(filter.Detection.Root))}", Style.Value));
            writer.Line("  ", new Part($"{filter.File}:{filter.Position.Line}", Style.Faint));
            Write(filter.Detection);
        }
    }

    private void Write(Sigma.Rules.Detection detection)
    {
        foreach (var selection in detection.Selections)
        {
            writer.Line();
            writer.Line("  ", new Part(selection.Name, Style.Value));
            Write(4, "", selection.Node);
        }
    }

    // The parser bounds the depth.
    private void Write(int indent, string word, RuleNode node)
    {
        switch (node)
        {
            case AllOf all:
                WriteAll(indent, word, all.Nodes, "and ");
                break;
            case AnyOf any:
                WriteAll(indent, word, any.Nodes, "or ");
                break;
            case Not not:
                Line(indent, word + "not");
                Write(indent + 2, "", not.Node);
                break;
            case FieldMatch match:
                WriteMatch(indent, word, match);
                break;
        }
    }

    private void WriteAll(int indent, string word, IReadOnlyList<RuleNode> nodes, string joint)
    {
        if (nodes.Count == 1)
        {
            Write(indent, word, nodes[0]);
            return;
        }

        // A nested group has lines of its own, so that "and" and "or" are not read together.
        if (word.Length > 0)
        {
            Line(indent, word.TrimEnd());
            indent += 2;
        }

        for (var i = 0; i < nodes.Count; i++)
        {
            Write(indent, i == 0 ? "" : joint, nodes[i]);
        }
    }

    private void WriteMatch(int indent, string word, FieldMatch match)
    {
        var count = match.Values.LongCount();
        var words = word + MatchWords.Describe(match, count, _source);
        if (MatchWords.SaysValue(match, count))
        {
            Line(indent, words);
            return;
        }

        if (count == 1)
        {
            Line(indent, words + " ", new Part(MatchWords.Value(match.Values.First()), Style.Value));
            return;
        }

        Line(indent, words + ":");
        foreach (var value in match.Values.Take(maximumValues))
        {
            Line(indent + 4, new Part(MatchWords.Value(value), Style.Value));
        }

        if (count > maximumValues)
        {
            var rest = string.Create(CultureInfo.InvariantCulture, $"and {count - maximumValues:N0} more (-v shows all)");
            Line(indent + 4, new Part(rest, Style.Faint));
        }
    }

    // The loader combines filters with a rule's own conditions, which come first.
    private static RuleNode OwnRoot(SigmaRule rule) =>
        rule.Filters.Count > 0 && rule.Detection.Root is AllOf all ? all.Nodes[0] : rule.Detection.Root;

    private static string Shorten(string text) =>
        text.Length <= MaximumConditionLength ? text : string.Concat(text.AsSpan(0, MaximumConditionLength), "…");

    private void Line(int indent, params ReadOnlySpan<Part> parts) => writer.Line([new Part(new string(' ', indent)), .. parts]);
}
