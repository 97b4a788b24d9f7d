using System.CommandLine;
using System.CommandLine.Invocation;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>Says on stderr what is wrong with a command line: a line for each error, or the help where only a command is missing.</summary>
internal static class UsageErrors
{
    public static void Write(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0 && parsed.Action is ParseErrorAction action)
        {
            action.ShowHelp = true;
            parsed.Invoke(new InvocationConfiguration { Output = Console.Error });
            return;
        }

        // What the parser says besides follows from the word that it did not know.
        var names = command.Subcommands.Cast<Symbol>().Concat(command.Options).Select(symbol => symbol.Name).ToList();
        var errors = parsed.UnmatchedTokens.Count == 0
            ? parsed.Errors.Select(error => error.Message)
            : parsed.UnmatchedTokens.Select(word => $"Unrecognized command or argument '{word}'.{PathArgument.Suggest(word, names)}");
        foreach (var error in errors)
        {
            StandardError.Write($"wiredns: {error}");
        }
    }
}
