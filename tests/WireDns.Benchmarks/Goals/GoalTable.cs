using System.Globalization;
using System.Text;

namespace WireDns.Benchmarks.Goals;

/// <summary>The goals as Markdown.</summary>
internal static class GoalTable
{
    /// <summary>Writes the table of one build.</summary>
    public static string Write(string product, IEnumerable<Goal> goals)
    {
        var text = new StringBuilder($"| {product} | wanted | measured | |\n|---|---|---|---|\n");
        foreach (var goal in goals.OrderBy(goal => goal.Number))
        {
            var verdict = goal.IsMet switch { true => "met", false => "**not met**", null => "not measured" };
            text.Append(CultureInfo.InvariantCulture, $"| {goal.Number} | {goal.What} | {goal.Figure} | {verdict} |\n");
        }

        return text.ToString();
    }
}
