using System.CommandLine;
using System.CommandLine.Help;
using Microsoft.Extensions.Logging;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>The command line: all commands, and the only place where a failure becomes a line on stderr and an exit status.</summary>
internal static class CommandLine
{
    // A word that starts with @ is taken literally; arguments are never read from a file.
    internal static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs the command that the arguments name. Returns one of <see cref="ExitStatus"/>.</summary>
    public static int Run(string[] arguments)
    {
        // As git, cargo and kubectl have it.
        var parsed = Create().Parse(arguments is ["help", .. var command] ? [.. command, "--help"] : arguments, Parsing);
        if (parsed.Errors.Count > 0)
        {
            UsageErrors.Write(parsed);
            return ExitStatus.Usage;
        }

        // Long-running commands handle signals themselves, because they drain before they exit.
        return Guard(() => parsed.Invoke(new InvocationConfiguration
        {
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        }));
    }

    /// <summary>Runs a command. Whatever it throws, what it holds is released and delivered, and the user is told what happened.</summary>
    internal static int Guard(Func<int> command)
    {
        try
        {
            return command();
        }

        // First, since standard error may be a file that cannot be opened any more.
        catch (Exception) when (OpenFiles.AreExhausted())
        {
            OpenFiles.Report();
            return ExitStatus.Failed;
        }
        catch (CommandFailure failure)
        {
            StandardError.Write($"wiredns: {failure.Message}", LogLevel.Error);
            return failure.ExitStatus;
        }
        catch (OutOfMemoryException)
        {
            StandardError.Write(ExitStatus.OutOfMemoryMessage, LogLevel.Error);
            return ExitStatus.OutOfMemory;
        }
        catch (Exception fault)
        {
            StandardError.Write("wiredns: the program has a fault; please report it with the lines that follow", LogLevel.Critical);
            foreach (var line in fault.ToString().ReplaceLineEndings("\n").Split('\n'))
            {
                StandardError.Write("wiredns: " + line, LogLevel.Critical);
            }

            return ExitStatus.Fault;
        }
    }

    /// <summary>Builds the tree of commands.</summary>
    internal static RootCommand Create()
    {
        var root = new RootCommand("Sigma rules, on the wire: a passive network DNS sniffer.")
        {
            ReadCommand.Create(),
            HuntCommand.Create(),
            ShardCommand.Create(),
            CorrelateCommand.Create(),
            new Command("log", "Make a DNS log of what many sensors send.") { LogLoadCommand.Create() },
            LiveCommand.Create(),
            DecodeCommand.Create(),
            InspectCommand.Create(),
            ReportCommand.Create(),
            SummaryCommand.Create(),
            StatsCommand.Create(),
            InterfacesCommand.Create(),
            SelftestCommand.Create(),
            ConfigCommand.Create(),
            HealthCommand.Create(),
            CtlCommand.Create(),
            CreateRules(),
            ManualCommand.CreateMan(),
            ManualCommand.CreateCompletion(),
        };
        foreach (var option in root.Options)
        {
            switch (option)
            {
                case HelpOption:
                    option.Description = "Show this help.";
                    option.Action = new HelpPage();
                    break;
                case VersionOption:
                    option.Description = "Show the version, and the commit it was built from.";
                    option.Aliases.Add("-V");
                    break;
            }
        }

        return root;
    }

    // The commands that need rules but no capture.
    private static Command CreateRules() => new("rules", "Write, try, check, test, list, show, convert rules; match them against JSON events.")
    {
        RulesNewCommand.Create(),
        RulesFieldsCommand.Create(),
        RulesSchemaCommand.Create(),
        RulesTryCommand.Create(),
        RulesCheckCommand.Create(),
        RulesListCommand.Create(),
        RulesShowCommand.Create(),
        RulesCoverageCommand.Create(),
        RulesMatchCommand.Create(),
        RulesTestCommand.Create(),
        RulesConvertCommand.Create(),
    };
}
