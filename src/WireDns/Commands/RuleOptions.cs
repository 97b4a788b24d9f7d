using System.CommandLine;
using WireDns.Detection;

namespace WireDns.Commands;

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

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_rules);
        command.Add(_strict);
    }

    /// <summary>Loads the rules and prints every diagnostic on stderr.</summary>
    /// <exception cref="CommandFailure">No rule is left that could run, or one failed under <c>--strict</c>.</exception>
    public LoadedRules Load(ParseResult arguments)
    {
        var rules = LoadedRules.Load(arguments.GetValue(_rules) ?? []);
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
            StandardError.Write($"{verdict.Rule.File}: {(verdict.Runs ? "runs with a caveat" : "does not run")}: {verdict.Reason}");
        }

        return rules;
    }
}
