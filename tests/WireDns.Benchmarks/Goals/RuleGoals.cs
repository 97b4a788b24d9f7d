using WireDns.Benchmarks.Comparison;
using WireDns.Detection.Rules;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goals 4 and 5: what all published rules cost, and what answers cost.</summary>
internal sealed class RuleGoals(BenchOptions options, Hyperfine hyperfine, BenchCapture dns, TextWriter progress)
{
    /// <summary>Measures one build.</summary>
    public IEnumerable<Goal> Measure(Peer product)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Folder, "rules")).FullName;
        if (Directory.Exists(options.SigmaRules))
        {
            var (queries, count) = CopyRulesOnQueries(folder);
            yield return Goal.AtMost(
                4,
                $"{count} SigmaHQ rules that a query decides cost at most 1.3 × the 3CX rule",
                Ratio(product, queries, options.Rules),
                1.3,
                " ×");
        }
        else
        {
            yield return new Goal(4, "all SigmaHQ rules about DNS cost at most 1.3 × the 3CX rule", $"no {options.SigmaRules}", null);
        }

        yield return Goal.AtMost(
            5,
            "rules on answers cost at most 2 × rules on questions",
            Ratio(product, RuleOn(folder, "answer"), RuleOn(folder, "query")),
            2,
            " ×");
    }

    private double Ratio(Peer product, string rules, string reference)
    {
        var (runs, others) = (new List<TimedRun>(), new List<TimedRun>());
        for (var round = 0; round <= options.Runs; round++)
        {
            runs.Add(Run(product, rules));
            others.Add(Run(product, reference));
        }

        return Median.Ratio(runs[1..], others[1..]);
    }

    private TimedRun Run(Peer product, string rules)
    {
        var run = hyperfine.Run(ComparisonRun.Product(product, rules).CommandFor(dns.Path), null);
        progress.WriteLine($"{product.Name}, {rules}: {run.Seconds:0.000} s");
        return run;
    }

    // A rule that needs the response belongs to goal 5.
    private (string Folder, int Count) CopyRulesOnQueries(string folder)
    {
        var target = Path.Combine(folder, "sigma-queries");
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        Directory.CreateDirectory(target);
        string[] paths = [.. Directory.GetDirectories(options.SigmaRules).Where(path => Path.GetFileName(path) != "unsupported")];
        var rules = LoadedRules.Load(paths.Length == 0 ? [options.SigmaRules] : paths);
        string[] files = [.. rules.OnQuery.Rules.Select(rule => rule.File).Distinct()];
        foreach (var file in files)
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }

        return (target, files.Length);
    }

    private static string RuleOn(string folder, string field)
    {
        var path = Path.Combine(folder, $"{field}.yml");
        File.WriteAllText(path, $$"""
            title: Watched domains in {{field}}
            logsource: {category: dns}
            detection:
              selection:
                {{field}}|contains: [{{string.Join(", ", WatchedDomains.All.ToArray())}}]
              condition: selection
            level: high

            """);
        return path;
    }
}
