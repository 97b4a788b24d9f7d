using System.Text.RegularExpressions;
using WireDns.Alerts;

namespace WireDns.Canary;

/// <summary>The rule that finds canaries: lookups of names under a zone that nothing else asks for.</summary>
internal static partial class CanaryRule
{
    /// <summary>What stands in place of its file.</summary>
    public const string File = "(canary)";

    /// <summary>The longest zone, so that a label can stand before it.</summary>
    public const int LongestZone = 200;

    /// <summary>Reads a zone: a domain of at least two labels, in lower case and without the dot at its end.</summary>
    /// <returns>What is wrong with it; null if nothing is.</returns>
    public static string? ReadZone(string text, out string zone)
    {
        zone = text.TrimEnd('.').ToLowerInvariant();
        return zone.Length <= LongestZone && Zone().IsMatch(zone)
            ? null
            : $"takes a domain of letters, digits and hyphens that nothing else asks for, as canary.example.net, not '{text}'.";
    }

    /// <summary>The rule's text.</summary>
    /// <param name="zone">The zone, as <see cref="ReadZone"/> returns it: nothing in it is special in YAML or Sigma.</param>
    public static (string File, string Text) Of(string zone) => (File, $"""
        title: WireDns Canary
        id: {Alert.CanaryRuleId}
        status: stable
        description: A lookup that was sent to learn whether the sensor sees, matches and delivers. It tells of no threat.
        level: informational
        logsource:
            category: dns
        detection:
            selection:
                QueryName|endswith: '.{zone}'
            condition: selection
        """);

    [GeneratedRegex(@"^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$")]
    private static partial Regex Zone();
}
