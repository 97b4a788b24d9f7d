using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.RuleTools.Conversion;

/// <summary>What every output says about the rule that it comes from: the licence of many rules requires the author's name.</summary>
internal static class RuleHeader
{
    /// <summary>Comment lines, printable, without line breaks in them.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="mark">The prefix that makes a line a comment.</param>
    public static IEnumerable<string> Lines(SigmaRule rule, string mark)
    {
        yield return $"{mark} {Text(rule.Title)}";
        yield return $"{mark} Sigma rule {Text(rule.Id ?? rule.File)}"
            + (rule.Author is null ? "" : $" by {Text(rule.Author)}")
            + (rule.Level is null ? "" : $", level {Text(rule.Level)}")
            + ((rule.Modified ?? rule.Date) is { } date ? $", {Text(date)}" : "");
    }

    /// <summary>A text as one printable line.</summary>
    public static string Text(string text) => Printable.Text(text.ReplaceLineEndings(" ").Trim());
}
