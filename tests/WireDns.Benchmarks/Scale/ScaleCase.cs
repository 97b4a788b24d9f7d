using System.Globalization;
using System.Text;
using WireDns.Benchmarks.Comparison;

namespace WireDns.Benchmarks.Scale;

/// <summary>A set of rules of a certain size.</summary>
/// <param name="Name">What it is: <c>contains</c>, <c>endswith</c>, <c>exact</c> or <c>rules</c>.</param>
/// <param name="Size">How many values or rules.</param>
/// <param name="Arguments">The arguments of <c>wiredns</c> that load it.</param>
internal sealed record ScaleCase(string Name, int Size, string Arguments)
{
    /// <summary>The ways in which a value can be compared.</summary>
    public static IReadOnlyList<string> Forms { get; } = ["contains", "endswith", "exact"];

    /// <summary>The name of the cases of many rules.</summary>
    public const string ManyRules = "rules";

    /// <summary>One rule whose values come from a list.</summary>
    public static ScaleCase OfValues(string folder, string form, int size)
    {
        var list = Path.Combine(folder, $"values-{size}.txt");
        if (!File.Exists(list))
        {
            File.WriteAllLines(list, ValueList.Make(size));
        }

        var rule = Path.Combine(folder, $"{form}.yml");
        File.WriteAllText(rule, RuleText(form));
        return new ScaleCase(form, size, $"-r {ShellProgram.Quote(rule)} --placeholder {ShellProgram.Quote($"names={list}:list")}");
    }

    /// <summary>Many rules, all in one file, since opening files is not what is measured.</summary>
    public static ScaleCase OfRules(string folder, int size)
    {
        var path = Path.Combine(folder, $"rules-{size}.yml");
        File.WriteAllText(path, RulesText(size));
        return new ScaleCase(ManyRules, size, $"-r {ShellProgram.Quote(path)}");
    }

    /// <summary>A rule on the values of the placeholder <c>names</c>.</summary>
    public static string RuleText(string form) => $$"""
        title: Names of a list, {{form}}
        logsource: {category: dns}
        detection:
          selection:
            query{{(form == "exact" ? "" : "|" + form)}}|expand: '%names%'
          condition: selection
        level: high

        """;

    /// <summary>Rules of two values and a filter each; the first 22 are about the watched domains.</summary>
    public static string RulesText(int size)
    {
        var text = new StringBuilder();
        var values = ValueList.Make(Math.Max(22, size)).Take(size);
        foreach (var (domain, number) in values.Select((domain, number) => (domain, number)))
        {
            text.Append(CultureInfo.InvariantCulture, $$"""
                title: Rule {{number}}
                logsource: {category: dns}
                detection:
                  selection:
                    query|contains: ['{{domain}}', 'host-{{number}}.x{{domain}}']
                  filter:
                    query|endswith: '.x{{number}}.example'
                  condition: selection and not filter
                level: high
                ---

                """);
        }

        return text.ToString().TrimEnd('-', '\n', '\r') + "\n";
    }
}
