using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>Writes and loads rule files with correlations and filters.</summary>
internal static class CorrelationText
{
    /// <summary>A rule that matches events whose field <c>kind</c> is its name.</summary>
    public static string Rule(string name, string logSource = "category: dns") =>
        $"title: rule {name}\nname: {name}\nlogsource: {{{logSource}}}\ndetection:\n  s: {{kind: {name}}}\n  condition: s\n---\n";

    /// <summary>A correlation, with the lines of its section.</summary>
    public static string Correlate(string name, params string[] lines) =>
        $"title: correlation {name}\nname: {name}\ncorrelation:\n{string.Concat(lines.Select(line => $"  {line}\n"))}---\n";

    public static ResolvedRules Resolve(params string[] files) => RuleResolver.Resolve(Parse(files));

    /// <summary>The same, for texts without a fault.</summary>
    public static ResolvedRules Load(params string[] files)
    {
        var resolved = Resolve(files);
        Assert.Empty(Parse(files).SelectMany(result => result.Diagnostics).Concat(resolved.Diagnostics));
        return resolved;
    }

    /// <summary>What is wrong with the texts, in each file and between them.</summary>
    public static IReadOnlyList<SigmaDiagnostic> Diagnose(params string[] files) =>
        [.. Parse(files).SelectMany(result => result.Diagnostics), .. Resolve(files).Diagnostics];

    private static List<SigmaParseResult> Parse(string[] files) =>
        [.. files.Select((text, index) => new SigmaRuleParser().Parse($"{index + 1}.yml", text))];
}
