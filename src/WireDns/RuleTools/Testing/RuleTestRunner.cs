using System.Diagnostics;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Sigma.Rules;
using WireDns.Wire.Net;

namespace WireDns.RuleTools.Testing;

/// <summary>Runs test cases: captures through the whole path that a live packet takes, events as they stand.</summary>
internal sealed class RuleTestRunner(RuleLoading loading)
{
    private readonly Dictionary<string, (LoadedRules Wire, RuleLoadResult Plain)> _loaded = new(StringComparer.Ordinal);

    /// <summary>The diagnostics of rules that did not load, once per file.</summary>
    public IEnumerable<SigmaDiagnostic> Errors => _loaded.Values
        .SelectMany(rules => rules.Plain.Diagnostics)
        .Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
        .Distinct();

    /// <summary>Runs one case.</summary>
    public RuleTestResult Run(RuleTestFile file, RuleTestCase test, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        var failures = new List<string>();
        var (wire, plain) = Load(test.Rules);
        var isOnTheWire = test.Captures.Count > 0;
        var hits = isOnTheWire ? ReadCaptures(test, wire, failures, cancellation) : MatchEvents(test, plain, failures);
        SigmaDocument[] documents = [.. plain.Rules, .. plain.Correlations.Select(correlation => correlation.Rule)];
        Compare(test, [.. documents.Select(RuleKey.Of).Distinct()], hits, isOnTheWire ? Idle(wire) : [], failures);
        return new RuleTestResult(file.Path, test, failures, Stopwatch.GetElapsedTime(start));
    }

    private static HashSet<RuleKey> Idle(LoadedRules rules) =>
    [
        .. rules.Verdicts.Where(verdict => !verdict.Runs).Select(verdict => RuleKey.Of(verdict.Rule)),
        .. rules.CorrelationVerdicts.Where(verdict => !verdict.Runs).Select(verdict => RuleKey.Of(verdict.Correlation.Rule)),
    ];

    private static Dictionary<RuleKey, List<long>> ReadCaptures(
        RuleTestCase test, LoadedRules rules, List<string> failures, CancellationToken cancellation)
    {
        var hits = new Dictionary<RuleKey, List<long>>();
        foreach (var capture in test.Captures)
        {
            var run = new FileRun(new Worker(rules, alert =>
            {
                Add(hits, RuleKey.Of(alert.Rule), alert.PacketNumber);
                return true;
            }));
            run.Read([capture], areMerged: false, cancellation);
            if (run.Failed > 0)
            {
                failures.Add($"{capture} was not read to its end");
            }
        }

        return hits;
    }

    private static Dictionary<RuleKey, List<long>> MatchEvents(RuleTestCase test, RuleLoadResult rules, List<string> failures)
    {
        var hits = new Dictionary<RuleKey, List<long>>();
        var matcher = new EventMatcher(rules, test.TimestampField);
        RuleKey[] keys = [.. matcher.Documents.Select(RuleKey.Of)];
        for (var i = 0; i < test.Events.Count; i++)
        {
            matcher.TryMatch(test.Events[i], i, out var matches);
            foreach (var rule in matches)
            {
                Add(hits, keys[rule], i);
            }
        }

        if (test.EventFile is not { } path)
        {
            return hits;
        }

        try
        {
            using var stream = File.OpenRead(path);
            var run = new EventRun(matcher, path, (rule, line) => Add(hits, keys[rule], line));
            run.Read(stream, () => true);
            if (run.BadLines > 0)
            {
                failures.Add($"{path}: {run.BadLines} lines are no events");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            failures.Add(FileRun.Describe(path, exception));
        }

        return hits;
    }

    private static void Compare(
        RuleTestCase test, IReadOnlyList<RuleKey> rules, Dictionary<RuleKey, List<long>> hits, HashSet<RuleKey> idle, List<string> failures)
    {
        var named = new HashSet<RuleKey>();
        foreach (var (name, expectation) in test.Expected)
        {
            var found = rules.Where(rule => rule.IsCalled(name)).ToList();
            if (found is not [var rule])
            {
                failures.Add(found.Count == 0 ? $"{name}: no rule that loaded is called so" : $"{name}: {found.Count} rules are called so");
                continue;
            }

            named.Add(rule);
            IReadOnlyList<long> numbers = hits.TryGetValue(rule, out var list) ? list : [];
            if (!expectation.IsMet(numbers))
            {
                failures.Add($"{rule.Title}: {expectation.Describe(numbers)}" + (idle.Contains(rule) ? "; the rule does not run on the wire" : ""));
            }
        }

        if (!test.AllowsOthers)
        {
            failures.AddRange(hits.Where(pair => !named.Contains(pair.Key))
                .OrderBy(pair => pair.Key.Title, StringComparer.Ordinal)
                .Select(pair => $"{pair.Key.Title}: {Expectation.Never.Describe(pair.Value)}"));
        }
    }

    private static void Add(Dictionary<RuleKey, List<long>> hits, RuleKey rule, long number)
    {
        if (!hits.TryGetValue(rule, out var numbers))
        {
            hits.Add(rule, numbers = []);
        }

        numbers.Add(number);
    }

    private (LoadedRules Wire, RuleLoadResult Plain) Load(IReadOnlyList<string> paths)
    {
        var key = string.Join('\0', paths);
        if (!_loaded.TryGetValue(key, out var rules))
        {
            rules = (LoadedRules.Load(paths, loading), loading.LoadForEvents(paths));
            _loaded.Add(key, rules);
        }

        return rules;
    }
}

/// <summary>What a rule's file and its alerts have in common to identify it.</summary>
internal sealed record RuleKey(string? Id, string Title, string File)
{
    /// <summary>The key of a rule.</summary>
    public static RuleKey Of(SigmaDocument rule) => new(rule.Id, rule.Title, rule.File);

    /// <summary>The key of the rule that raised an alert.</summary>
    public static RuleKey Of(AlertRule rule) => new(rule.Id, rule.Title, rule.File);

    /// <summary>Whether a test means the rule by this name: its id, its title, or its file's name with or without the ending.</summary>
    public bool IsCalled(string name) => name.Equals(Id, StringComparison.OrdinalIgnoreCase) || name == Title
        || name == Path.GetFileName(File) || name == Path.GetFileNameWithoutExtension(File);
}
