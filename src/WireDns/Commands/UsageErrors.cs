using System.CommandLine;
using System.CommandLine.Parsing;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>Reports on stderr what is wrong with a command line: one line per error, or the help if only the command is missing.</summary>
internal static class UsageErrors
{
    // If more values than this are accepted, only the closest one is shown.
    private const int MaximumValuesShown = 24;

    public static void Write(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        if (parsed.UnmatchedTokens.Count == 0 && command.Subcommands.Count > 0)
        {
            HelpPage.Write(command, Console.Error);
            return;
        }

        // The parser's other errors only follow from the word that it did not know.
        var names = command.Subcommands.Cast<Symbol>().Concat(command.Options).Select(symbol => symbol.Name).ToList();
        var errors = parsed.UnmatchedTokens.Count == 0
            ? parsed.Errors.GroupBy(error => (object?)OptionOf(error)?.Option ?? error).Select(group => Words([.. group], command))
            : parsed.UnmatchedTokens.Select(word => $"Unrecognized command or argument '{word}'.{PathArgument.Suggest(word, names)}");
        foreach (var error in errors)
        {
            StandardError.Write($"wiredns: {error}");
        }
    }

    private static OptionResult? OptionOf(ParseError error) => error.SymbolResult as OptionResult ?? error.SymbolResult?.Parent as OptionResult;

    // The parser's own messages name types and span lines, so they are reworded. Messages from our validators start with the option's name and are kept.
    private static string Words(ParseError[] errors, Command command)
    {
        var first = errors[0];
        if (OptionOf(first) is { } option)
        {
            return errors.FirstOrDefault(error => error.Message.StartsWith(option.Option.Name, StringComparison.Ordinal))?.Message
                ?? Words(option, command)
                ?? first.Message;
        }

        return first.SymbolResult is ArgumentResult { Tokens.Count: 0 } argument ? $"{command.Name} needs a {argument.Argument.Name}." : first.Message;
    }

    private static string? Words(OptionResult result, Command command)
    {
        var option = result.Option;
        var name = result.IdentifierToken?.Value ?? option.Name;
        if (result.IdentifierToken is null)
        {
            return $"{command.Name} needs {option.Name} {option.HelpName}.";
        }

        if (result.Tokens.Count == 0)
        {
            return $"{name} needs a value: {option.HelpName}.";
        }

        if (result.Tokens.Count > option.Arity.MaximumNumberOfValues)
        {
            return $"{name} takes one value, and was given {result.Tokens.Count}.";
        }

        var type = option.ValueType.IsArray ? option.ValueType.GetElementType() : option.ValueType;
        if (type == typeof(int) || type == typeof(long) || type == typeof(ushort))
        {
            return $"{name} takes a whole number, not '{result.Tokens[^1].Value}'.";
        }

        var values = option.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(item => item.Label).ToList();
        return result.Tokens.Select(token => token.Value).FirstOrDefault(value => !values.Contains(value)) switch
        {
            null => null,
            var wrong when values.Count > MaximumValuesShown => $"{name} does not take '{wrong}'.{PathArgument.Suggest(wrong, values)}",
            var wrong => $"{name} takes {string.Join(", ", values)}; not '{wrong}'.",
        };
    }
}
