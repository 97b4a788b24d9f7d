using WireDns.Sigma.Rules;

namespace WireDns.Tests.Rules;

/// <summary>Rules as text, around the part that a test is about.</summary>
internal static class RuleText
{
    /// <summary>A rule with this detection.</summary>
    public static string Of(string detection, string title = "A rule", string more = "", string logSource = "category: dns") => $"""
        title: {title}
        {more}
        logsource:
            {logSource}
        detection:
            {detection.ReplaceLineEndings("\n    ")}
        """;

    /// <summary>The same, parsed; it must be sound.</summary>
    public static SigmaRule Parse(string detection, string more = "")
    {
        var result = new SigmaRuleParser().Parse("rule.yml", Of(detection, more: more));
        Assert.DoesNotContain(result.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return Assert.Single(result.Rules);
    }
}
