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

    // In the order in which help shows them.
    private static readonly (string Name, Func<Command> Create)[] Commands =
    [
        ("read", ReadCommand.Create),
        ("hunt", HuntCommand.Create),
        ("shard", ShardCommand.Create),
        ("correlate", CorrelateCommand.Create),
        ("log", () => new Command("log", "Make a DNS log of what many sensors send.") { LogLoadCommand.Create() }),
        ("live", LiveCommand.Create),
        ("decode", DecodeCommand.Create),
        ("inspect", InspectCommand.Create),
        ("report", ReportCommand.Create),
        ("summary", SummaryCommand.Create),
        ("stats", StatsCommand.Create),
        ("interfaces", InterfacesCommand.Create),
        ("selftest", SelftestCommand.Create),
        ("config", ConfigCommand.Create),
        ("health", HealthCommand.Create),
        ("ctl", CtlCommand.Create),
        ("rules", CreateRules),
        ("man", ManualCommand.CreateMan),
        ("completion", ManualCommand.CreateCompletion),
    ];

    /// <summary>Runs the command that the arguments name. Returns one of <see cref="ExitStatus"/>.</summary>
    public static int Run(string[] arguments)
    {
        // As git, cargo and kubectl have it.
        string[] words = arguments is ["help", .. var command] ? [.. command, "--help"] : arguments;
        var parsed = Create(words.FirstOrDefault()).Parse(words, Parsing);
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
    /// <param name="firstWord">
    /// The first word of a command line. If it names a command, the parser looks at no other: only that one is built, because all take longer than a short run.
    /// </param>
    internal static RootCommand Create(string? firstWord = null)
    {
        var root = new RootCommand("Sigma rules, on the wire: a passive network DNS sniffer.");
        var named = Commands.Where(command => command.Name == firstWord).ToArray();
        foreach (var (_, create) in named.Length > 0 ? named : Commands)
        {
            root.Add(create());
        }

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
