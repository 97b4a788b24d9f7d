using System.CommandLine;
using System.CommandLine.Invocation;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary>The help of a command, 80 columns wide: what it does, examples, and its options by topic, each with its meaning below it.</summary>
internal sealed class HelpPage : SynchronousCommandLineAction
{
    private const int Width = 80;

    // Of the longest name of a command.
    private const int NameWidth = 10;

    // With fewer options than this, one list is easier to read than several.
    private const int FewOptions = 12;

    private static readonly Dictionary<string, string> TopicOf = Topics();

    /// <summary>Help is shown whatever else is wrong with the command line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command, parseResult.InvocationConfiguration.Output);
        return ExitStatus.Done;
    }

    /// <summary>Writes the help of a command.</summary>
    public static void Write(Command command, TextWriter output)
    {
        Wrapped(output, "", command.Description ?? "");
        output.WriteLine();
        output.WriteLine("Usage:");
        Wrapped(output, "  ", Usage(command));
        var examples = Examples.Of(PathOf(command));
        Title(output, "Examples", examples.Count);
        foreach (var (line, meaning) in examples)
        {
            Wrapped(output, "  ", $"# {meaning}");
            output.WriteLine($"  {line}");
        }

        Title(output, "Commands", command.Subcommands.Count);
        foreach (var subcommand in command.Subcommands.Where(subcommand => !subcommand.Hidden))
        {
            var lines = WrappedText.Lines(subcommand.Description ?? "", Width - NameWidth - 4).ToList();
            output.WriteLine($"  {subcommand.Name.PadRight(NameWidth)}  {lines[0]}");
            lines.Skip(1).ToList().ForEach(line => output.WriteLine(new string(' ', NameWidth + 4) + line));
        }

        Title(output, "Arguments", command.Arguments.Count);
        foreach (var argument in command.Arguments)
        {
            Entry(output, NameOf(argument), argument.Description);
        }

        var options = command.Options.Concat(Inherited(command)).Where(option => !option.Hidden).ToList();
        foreach (var topic in options.GroupBy(option => options.Count < FewOptions ? "Options" : TopicOf.GetValueOrDefault(option.Name, "Other options")))
        {
            Title(output, topic.Key, topic.Count());
            foreach (var option in topic)
            {
                Entry(output, NameOf(option), option.Description + Default(option));
            }
        }

        output.WriteLine();
    }

    /// <summary>The words with which a command is called, without the program's name: rules check.</summary>
    public static string PathOf(Command command) =>
        string.Join(' ', Ancestors(command).TakeWhile(ancestor => ancestor is not RootCommand).Select(ancestor => ancestor.Name).Reverse());

    private static void Title(TextWriter output, string title, int count)
    {
        if (count > 0)
        {
            output.WriteLine();
            output.WriteLine($"{title}:");
        }
    }

    private static void Entry(TextWriter output, string name, string? description)
    {
        output.WriteLine($"  {name}");
        Wrapped(output, "      ", description ?? "");
    }

    private static void Wrapped(TextWriter output, string indent, string text)
    {
        foreach (var line in WrappedText.Lines(text, Width - indent.Length))
        {
            output.WriteLine(indent + line);
        }
    }

    private static string Usage(Command command)
    {
        string[] words =
        [
            "wiredns", PathOf(command), command.Subcommands.Count > 0 ? "COMMAND" : "", .. command.Arguments.Select(NameOf),
            .. command.Options.Where(option => option.Required).Select(option => $"{option.Name} {option.HelpName}"), "[options]",
        ];
        return string.Join(' ', words.Where(word => word.Length > 0));
    }

    private static string NameOf(Argument argument)
    {
        var name = argument.Arity.MaximumNumberOfValues > 1 ? $"{argument.Name}..." : argument.Name;
        return argument.Arity.MinimumNumberOfValues > 0 ? name : $"[{name}]";
    }

    private static string NameOf(Option option)
    {
        var spellings = string.Join(", ", option.Aliases.Append(option.Name).Where(spelling => spelling[0] == '-').Distinct().OrderBy(spelling => spelling.Length).ThenBy(spelling => spelling, StringComparer.Ordinal));
        return option.HelpName is { } value ? $"{spellings} {value}" : TakesValue(option) ? $"{spellings} {option.Name.TrimStart('-').ToUpperInvariant()}" : spellings;
    }

    private static bool TakesValue(Option option) => option.Arity.MinimumNumberOfValues > 0;

    private static string Default(Option option)
    {
        if (!option.HasDefaultValue || option.ValueType == typeof(bool))
        {
            return "";
        }

        var value = option.GetDefaultValue() switch
        {
            string[] values => string.Join(", ", values),
            var single => FormattableString.Invariant($"{single}"),
        };
        return value.Length > 0 ? $" [default: {value}]" : "";
    }

    private static IEnumerable<Option> Inherited(Command command) => Ancestors(command).Skip(1).SelectMany(ancestor => ancestor.Options.Where(option => option.Recursive));

    private static IEnumerable<Command> Ancestors(Command command)
    {
        for (Command? at = command; at is not null; at = at.Parents.OfType<Command>().FirstOrDefault())
        {
            yield return at;
        }
    }

    private static Dictionary<string, string> Topics()
    {
        var topics = new Dictionary<string, string>(StringComparer.Ordinal) { ["--config"] = "Configuration" };
        foreach (var (title, settings) in ReadCommand.Topics.Concat(LiveCommand.Topics))
        {
            foreach (var setting in settings)
            {
                topics.TryAdd($"--{setting.Name}", title);
            }
        }

        return topics;
    }
}
