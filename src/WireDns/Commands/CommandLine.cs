using System.CommandLine;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>The command line: all commands, and the only place where a failure becomes a line on stderr and an exit status.</summary>
internal static class CommandLine
{
    // A word that starts with @ is taken literally; arguments are never read from a file.
    private static readonly ParserConfiguration Parsing = new() { ResponseFileTokenReplacer = null };

    /// <summary>Runs the command that the arguments name. Returns one of <see cref="ExitStatus"/>.</summary>
    public static int Run(string[] arguments)
    {
        var parsed = Create().Parse(arguments, Parsing);
        if (parsed.Errors.Count > 0)
        {
            UsageErrors.Write(parsed);
            return ExitStatus.Usage;
        }

        try
        {
            // Long-running commands handle signals themselves, because they drain before they exit.
            return parsed.Invoke(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (CommandFailure failure)
        {
            StandardError.Write($"wiredns: {failure.Message}");
            return failure.ExitStatus;
        }
        catch (Exception) when (OpenFiles.AreExhausted())
        {
            OpenFiles.Report();
            return ExitStatus.Failed;
        }
        catch (OutOfMemoryException)
        {
            StandardError.Write(ExitStatus.OutOfMemoryMessage);
            return ExitStatus.OutOfMemory;
        }
    }

    /// <summary>Builds the tree of commands.</summary>
    internal static RootCommand Create() => new("Sigma rules, on the wire: a passive network DNS sniffer.")
    {
        ReadCommand.Create(),
        LiveCommand.Create(),
        DecodeCommand.Create(),
        InspectCommand.Create(),
        ReportCommand.Create(),
        SummaryCommand.Create(),
        StatsCommand.Create(),
        InterfacesCommand.Create(),
        ConfigCommand.Create(),
        CreateRules(),
    };

    // The commands that need rules but no capture.
    private static Command CreateRules() => new("rules", "Check, list, show, test, convert rules; match them against JSON events.")
    {
        RulesCheckCommand.Create(),
        RulesListCommand.Create(),
        RulesShowCommand.Create(),
        RulesCoverageCommand.Create(),
        RulesMatchCommand.Create(),
        RulesTestCommand.Create(),
        RulesConvertCommand.Create(),
    };
}
