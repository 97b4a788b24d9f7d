using WireDns.Terminal;
using static System.FormattableString;

namespace WireDns.RuleTools.Trials;

/// <summary>What rules made of events, for people: hits and near misses, a few lines of each.</summary>
/// <param name="writer">Where it goes.</param>
/// <param name="limit">The most hits, and the most near misses, that are shown of each rule.</param>
/// <param name="hit">What a hit is called: "alert" or "hit".</param>
internal sealed class TrialReport(ReportWriter writer, int limit, string hit)
{
    // A value from the wire can have 64 KiB.
    private const int MaximumTextLength = 200;

    /// <summary>Writes the results of one rule.</summary>
    public void Write(RuleTrial trial)
    {
        var rule = trial.Rule;
        writer.Line(new Part(rule.Title, Style.Title), new Part($"  {rule.File}", Style.Faint));
        var noun = rule.IsSilent ? "message that matches, for a correlation" : hit;
        writer.Line("  ", new Part(Count(trial.HitCount, noun), trial.HitCount > 0 ? Style.Good : Style.Plain));
        foreach (var found in trial.Hits.Take(limit))
        {
            writer.Line("    ", found.Place, new Part("  " + Cut(found.Reason), Style.Faint));
        }

        WriteRest(trial.HitCount - Math.Min(limit, trial.Hits.Count));
        writer.Line("  ", new Part(Count(trial.NearMissCount, "near miss"), trial.NearMissCount > 0 ? Style.Value : Style.Plain));
        var shown = 0L;
        foreach (var group in trial.NearMisses.Take(limit))
        {
            shown += group.Count;
            Write(group);
        }

        WriteRest(trial.NearMissCount - shown);
        if (trial.IsCut)
        {
            writer.Line("  ", new Part(Invariant($"only the first {NearMissFinder.MaximumValues:N0} values of the rule were compared for near misses"), Style.Faint));
        }
    }

    private void Write(NearMissGroup group)
    {
        var miss = group.Miss;
        writer.Line("    ", group.Place, group.Count > 1 ? Invariant($" and {group.Count - 1:N0} more like it") : "");
        writer.Line(
            new Part("      the rule has  ", Style.Faint), miss.Item, miss.Pattern.Length > 0 ? $": {Cut(miss.Pattern)}" : "");
        writer.Line(new Part("      it has        ", Style.Faint), miss.Value.Field, miss.Value.Field.Length > 0 ? ": " : "", Cut(miss.Value.Text));
        writer.Line(new Part("      ", Style.Faint), new Part(Cut(miss.Advice), Style.Value));
    }

    private void WriteRest(long count)
    {
        if (count > 0)
        {
            writer.Line(new Part(Invariant($"    and {count:N0} more (--limit shows more)"), Style.Faint));
        }
    }

    private static string Count(long count, string noun) => count == 1 ? $"1 {noun}"
        : Invariant($"{count:N0} ") + (noun == "near miss" ? "near misses" : noun.StartsWith("message", StringComparison.Ordinal) ? "messages that match, for a correlation" : noun + "s");

    private static string Cut(string text) => text.Length <= MaximumTextLength ? text : string.Concat(text.AsSpan(0, MaximumTextLength), "…");
}
