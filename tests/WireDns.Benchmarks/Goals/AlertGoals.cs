using System.Globalization;
using WireDns.Benchmarks.Comparison;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.TestTraffic.Generation;

namespace WireDns.Benchmarks.Goals;

/// <summary>Goals 3 and 4: what alerts, all published rules and answers cost.</summary>
internal sealed class AlertGoals(BenchOptions options, BenchCapture dns, Turns turns, TextWriter progress)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(options.Folder, "rules")).FullName;

    /// <summary>Measures one build.</summary>
    public IEnumerable<Goal> Measure(Peer product)
    {
        yield return MeasureAlert(product);
        if (Directory.Exists(options.SigmaRules))
        {
            var (queries, count) = CopyRulesOnQueries();
            yield return Goal.AtMost(
                3, $"{count} SigmaHQ rules that a query decides, with their alerts, cost at most 1.5 × the 3CX rule", Ratio(product, queries, options.Rules), 1.5, " ×");
        }
        else
        {
            yield return new Goal(3, "all SigmaHQ rules that a query decides cost at most 1.5 × the 3CX rule", $"not measured: no {options.SigmaRules}", null);
        }

        var (answers, questions) = (RuleOn("answer"), RuleOn("query"));
        yield return Goal.AtMost(4, "rules on answers cost at most 2 × rules on questions", Ratio(product, answers, questions), 2, " ×");
        const string More = "… or at most 300 instructions a message more";
        if (!ShellProgram.IsInstalled("valgrind"))
        {
            yield return new Goal(4, More, "not measured: valgrind is not installed", null);
        }
        else if (!product.Name.Contains("native", StringComparison.OrdinalIgnoreCase))
        {
            yield return new Goal(4, More, "not measured: valgrind does not run code that is compiled while it runs", null);
        }
        else
        {
            var counter = new InstructionCounter(options.Folder, progress);
            yield return Goal.AtMost(4, More, counter.ForEachPacket(product, answers) - counter.ForEachPacket(product, questions), 300, "");
        }
    }

    /// <summary>Every lookup of a .com name raises an alert, beside the same pattern in a rule that is silent because a filter takes all: one on the server's port, since a name that the name alone excludes is not looked at again.</summary>
    private Goal MeasureAlert(Peer product)
    {
        var alerting = Write("alerts", "query|endswith: .com", "selection");
        var silent = Write("no-alerts", "query|endswith: .com", "selection and not 1 of filter*", "  filter:\n    id.resp_p: 53\n");
        var alerts = 0L;
        var worker = new Worker(LoadedRules.Load([alerting]), _ => ++alerts > 0);
        var (bytes, _) = AllocationMeasurement.OnSecondPass(worker, dns.Path);
        alerts /= 2;
        var runs = turns.Run(Turns.Of(product, dns.Path, alerting), Turns.Of(product, dns.Path, silent));
        var microseconds = (Median.Of(runs[0].Select(Processor)) - Median.Of(runs[1].Select(Processor))) * 1e6 / alerts;
        return Goal.AtMost(
            3,
            "an alert, with its line of text, costs at most 6 µs",
            microseconds,
            6,
            string.Create(CultureInfo.InvariantCulture, $" µs, and {bytes / alerts:N0} bytes before it is written ({alerts:N0} alerts)"));
    }

    private static double Processor(TimedRun run) => run.UserSeconds + run.SystemSeconds;

    private double Ratio(Peer product, string rules, string reference)
    {
        var runs = turns.Run(Turns.Of(product, dns.Path, rules), Turns.Of(product, dns.Path, reference));
        return Median.Ratio(runs[0], runs[1]);
    }

    // A rule that needs the response belongs to goal 4.
    private (string Folder, int Count) CopyRulesOnQueries()
    {
        var target = Path.Combine(_folder, "sigma-queries");
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

    private string RuleOn(string field) => Write(field, $"{field}|contains: [{string.Join(", ", WatchedDomains.All.ToArray())}]", "selection");

    private string Write(string name, string selection, string condition, string more = "")
    {
        var path = Path.Combine(_folder, $"{name}.yml");
        File.WriteAllText(path, $"title: Measured rule {name}\nlogsource: {{category: dns}}\ndetection:\n  selection:\n    {selection}\n{more}  condition: {condition}\nlevel: high\n");
        return path;
    }
}
