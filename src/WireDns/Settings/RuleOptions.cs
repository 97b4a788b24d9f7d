using System.CommandLine;
using System.Globalization;
using WireDns.Detection.Rules;
using WireDns.Terminal;

namespace WireDns.Settings;

/// <summary>Which rules a command runs.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string[]> _rules = new("--rules", "-r")
    {
        Description = "A rule file, or a folder whose .yml and .yaml files are read, subfolders included. May be given several times.",
        HelpName = "PATH",
        Required = true,
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Do not start if any rule fails to load.",
    };

    private readonly Option<bool> _noDegraded = new("--no-degraded")
    {
        Description = "Leave out rules that run with a caveat: those of which a part is about what no wire carries, and which may alert more often for it.",
    };

    private readonly PlaceholderOptions _placeholders = new();

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_rules);
        _placeholders.AddTo(command);
        command.Add(_strict);
        command.Add(_noDegraded);
    }

    /// <summary>Loads the rules and prints every diagnostic on stderr.</summary>
    /// <exception cref="CommandFailure">
    /// No rule is left that could run, one failed under <c>--strict</c>, or the values of a placeholder cannot be read.
    /// </exception>
    public LoadedRules Load(ParseResult arguments)
    {
        var rules = LoadedRules.Load(arguments.GetValue(_rules) ?? [], new RuleLoading
        {
            Placeholders = _placeholders.Read(arguments),
            DropsDegraded = arguments.GetValue(_noDegraded),
        });
        foreach (var diagnostic in rules.Diagnostics)
        {
            StandardError.Write(diagnostic.ToString());
        }

        var aside = rules.Verdicts.Where(verdict => !verdict.Runs).ToList();
        if (rules.Compiled.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, aside.Count == 0
                ? "no rule is left to run"
                : $"no rule is left to run: {aside[0].Rule.Title}: {aside[0].Reason}");
        }

        if (rules.Errors > 0 && arguments.GetValue(_strict))
        {
            throw new CommandFailure(ExitStatus.Usage, "a rule failed to load, and --strict is given");
        }

        foreach (var verdict in rules.Verdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full))
        {
            var word = verdict.Runs ? "runs with a caveat" : verdict.IsLeftOut ? "is left out, by --no-degraded" : "does not run";
            StandardError.Write($"{verdict.Rule.File}: {word}: {verdict.Reason}");
        }

        foreach (var verdict in rules.CorrelationVerdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full))
        {
            StandardError.Write($"{verdict.Correlation.Rule.File}:{verdict.Correlation.Rule.Position.Line}: {(verdict.Runs ? "runs with a caveat" : "does not run")}: {verdict.Reason}");
        }

        CountLints(rules);
        return rules;
    }

    // What is odd about a rule is its author's matter, and said in full by the command for authors.
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
