using System.Globalization;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Loads the rules of a run and reports on stderr which ones do not run.</summary>
internal static class RunRules
{
    // With more diagnostics and notes than this, one line sums them up. Errors are still shown, up to a number that a person would read.
    private const int MaximumNotes = 30;
    private const int MaximumErrors = 10;

    /// <summary>Checks that there are rules to load. A run that logs lookups needs none.</summary>
    /// <param name="command">The command.</param>
    /// <param name="settings">All settings of the run.</param>
    /// <exception cref="CommandFailure">There are none.</exception>
    public static void Require(string command, SensorSettings settings)
    {
        if (!settings.Rules.AreGiven && settings.Output.LogTargets.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{command} needs --{RuleSettings.Files.Name} {RuleSettings.Files.ValueName}.");
        }
    }

    /// <summary>Loads the rules and prints the diagnostics on stderr.</summary>
    /// <exception cref="CommandFailure">
    /// No rule is left to run of those that were given (at the start), a rule failed to load although all must load, or a file of placeholder values or mappings cannot be read.
    /// </exception>
    /// <param name="settings">Which rules.</param>
    /// <param name="predecessor">The rules that these will replace in a running sensor; null at the start.</param>
    public static LoadedRules Load(RuleSettings settings, LoadedRules? predecessor = null)
    {
        var rules = LoadedRules.Load(settings.Paths, settings.Load(takesAll: false), predecessor);
        var notes = Notes(rules);

        // A running sensor has said all of it at its start.
        var isReload = predecessor is not null;
        var isBrief = isReload || rules.Diagnostics.Count + notes.Count > MaximumNotes;
        foreach (var diagnostic in isBrief ? rules.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).Take(MaximumErrors) : rules.Diagnostics)
        {
            StandardError.Write(diagnostic.ToString(), diagnostic.Severity == DiagnosticSeverity.Error ? LogLevel.Error : LogLevel.Warning);
        }

        var aside = rules.Verdicts.Where(verdict => !verdict.Runs).ToList();
        if (rules.Compiled.All(rule => rule.Alert.Id == Alert.CanaryRuleId) && settings.AreGiven && !isReload)
        {
            throw new CommandFailure(ExitStatus.Usage, aside.Count == 0
                ? "no rule is left to run"
                : $"no rule is left to run: {aside[0].Rule.Title}: {aside[0].LeftOut ?? aside[0].Reason}");
        }

        if (rules.Errors > 0 && settings.IsStrict)
        {
            throw new CommandFailure(ExitStatus.Usage, "a rule failed to load, and --strict is given")
            {
                FirstFault = rules.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToString(),
            };
        }

        foreach (var note in !isBrief ? notes : isReload && (notes.Count == 0 || rules.Compiled.Count == 0) ? [] : [Summarize(rules)])
        {
            StandardError.Write(note);
        }

        if (!isReload)
        {
            CountLints(rules);
        }

        return rules;
    }

    private static List<string> Notes(LoadedRules rules) =>
    [
        .. rules.Verdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full || verdict.LeftOut is not null).Select(verdict =>
            $"{verdict.Rule.File}: {(verdict.Runs ? "runs with a caveat" : verdict.LeftOut is null ? "does not run" : "is left out")}: {verdict.LeftOut ?? verdict.Reason}"),
        .. rules.CorrelationVerdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full || verdict.LeftOut is not null).Select(verdict =>
            $"{verdict.Correlation.Rule.File}:{verdict.Correlation.Rule.Position.Line}: "
                + $"{(verdict.Runs ? "runs with a caveat" : verdict.LeftOut is null ? "does not run" : "is left out")}: {verdict.LeftOut ?? verdict.Reason}"),
    ];

    /// <summary>One line that says how many rules of a large collection do not run, and why.</summary>
    private static string Summarize(LoadedRules rules)
    {
        var counts = new (string Words, int Count)[]
        {
            ("are not about DNS", rules.Verdicts.Count(verdict => verdict.Coverage == RuleCoverage.NotDns)),
            ("require what no wire carries", rules.Verdicts.Count(verdict => verdict.Coverage == RuleCoverage.Inert)),
            ("are left out by --status, --level, --tag, --exclude or --no-degraded", rules.Verdicts.Count(verdict => verdict.LeftOut is not null && verdict.Coverage is RuleCoverage.Full or RuleCoverage.Degraded)),
            ("failed to load", rules.Errors),
            ("run with a caveat", rules.Verdicts.Count(verdict => verdict is { Runs: true, Coverage: RuleCoverage.Degraded })),
            ("are correlations that do not run", rules.CorrelationVerdicts.Count(verdict => !verdict.Runs)),
        };
        var parts = counts.Where(part => part.Count > 0).Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Count:N0} {part.Words}"));
        return string.Create(CultureInfo.InvariantCulture,
            $"wiredns: {rules.Compiled.Count:N0} of {rules.Verdicts.Count:N0} rules run; {string.Join(", ", parts)}: 'wiredns rules check' lists them");
    }

    // Odd values in a rule concern its author; the command for authors shows them in full.
    private static void CountLints(LoadedRules rules)
    {
        var findings = rules.Lint().ToList();
        if (findings.Count > 0)
        {
            var files = findings.Select(finding => finding.File).Distinct(StringComparer.Ordinal).Count();
            StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: {findings.Count:N0} {(findings.Count == 1 ? "value" : "values")} in {files:N0} rule {(files == 1 ? "file" : "files")} may not mean what they say: 'wiredns rules check' shows them"));
        }
    }
}
