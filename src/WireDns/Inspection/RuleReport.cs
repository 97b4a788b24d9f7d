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
    // With more, a reader wants their number alone.
    private const int MaximumAside = 8;

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
        var parts = new RuleParts(shown.Select(RuleOf), new DnsFields());
        parts.Look(@event);
        var drawing = new RuleDrawing(writer, parts);
        foreach (var rule in shown.OrderByDescending(rule => matching.Contains(rule.Index)))
        {
            Write(rule, matching.Contains(rule.Index), drawing);
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
        if (!isVerbose && aside.Count > MaximumAside)
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

    private void Write(CompiledRule compiled, bool isMatch, RuleDrawing drawing)
    {
        var rule = RuleOf(compiled);
        writer.Line();
        writer.Line(
            new Part("  "), isMatch ? new Part("✓ matches", Style.Good) : new Part("✗ does not match", Style.Fault),
            new Part($"  {compiled.Alert.Level.ToString().ToLowerInvariant()}  ", Style.Faint), new Part(rule.Title, Style.Title));
        writer.Line("    ", new Part(rule.File + (rule.Id is null ? "" : $"  {rule.Id}"), Style.Faint));
        if (compiled.Alert.Caveat is { } caveat)
        {
            writer.Line("    ", new Part("caveat: " + caveat, Style.Faint));
        }

        drawing.Write(rule);
    }
}
