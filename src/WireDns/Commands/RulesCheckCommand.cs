using System.CommandLine;
using System.Globalization;
using WireDns.Detection;

namespace WireDns.Commands;

/// <summary><c>wiredns rules check</c>: every diagnostic of rule files, and how many rules would run.</summary>
internal static class RulesCheckCommand
{
    public static Command Create()
    {
        var paths = PathArgument.Create("PATH", "Rule files, or folders whose .yml and .yaml files are read, subfolders included.");
        var command = new Command("check", "Load rules, print every diagnostic, and say how many would run.") { paths };
        var placeholders = new PlaceholderOptions();
        var lints = new LintOptions();
        placeholders.AddTo(command);
        lints.AddTo(command);
        command.SetAction(arguments => Run(
            LoadedRules.Load(arguments.GetValue(paths) ?? [], new RuleLoading { Placeholders = placeholders.Read(arguments) }),
            lints.DisabledIds(arguments)));
        return command;
    }

    private static int Run(LoadedRules rules, IReadOnlySet<string> disabledLints)
    {
        var findings = rules.Lint(disabledLints).ToList();
        foreach (var diagnostic in rules.Diagnostics.Concat(findings).OrderBy(d => d.File, StringComparer.Ordinal).ThenBy(d => d.Line).ThenBy(d => d.Column))
        {
            foreach (var line in diagnostic.ToStringWithCaret().Split('\n'))
            {
                Console.Out.WriteLine(Printable.Text(line.Replace('\t', ' ')));
            }
        }

        foreach (var verdict in rules.Verdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full))
        {
            var word = verdict.Runs ? "runs with a caveat" : "does not run";
            Console.Out.WriteLine(Printable.Text($"{verdict.Rule.File}: {word}: {verdict.Reason}"));
        }

        foreach (var verdict in rules.CorrelationVerdicts.Where(verdict => verdict.Coverage != RuleCoverage.Full))
        {
            var word = verdict.Runs ? "runs with a caveat" : "does not run";
            Console.Out.WriteLine(Printable.Text($"{verdict.Correlation.Rule.File}:{verdict.Correlation.Rule.Position.Line}: {word}: {verdict.Reason}"));
        }

        if (rules.CorrelationVerdicts.Count + rules.Filters.Count > 0)
        {
            Console.Out.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{rules.Correlations.Count} of {rules.CorrelationVerdicts.Count} correlations that loaded would run; {rules.Filters.Count} filters apply"));
        }

        var warnings = rules.Diagnostics.Count - rules.Errors + findings.Count;
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rules.Compiled.Count} of {rules.Verdicts.Count} rules that loaded would run; {rules.Errors} errors, {warnings} warnings"));
        return rules.Errors == 0 ? ExitStatus.Done : ExitStatus.Usage;
    }
}
