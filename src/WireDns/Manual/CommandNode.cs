using System.CommandLine;
using System.CommandLine.Completions;

namespace WireDns.Manual;

/// <summary>A command, as manual pages and completions see it: what is shown of the command line's own definitions.</summary>
/// <param name="Path">Its words without the program's name: "rules check"; empty for the program itself.</param>
/// <param name="Command">The definition.</param>
/// <param name="Options">Its visible options, with those that every command has.</param>
internal sealed record CommandNode(string Path, Command Command, IReadOnlyList<CommandOption> Options)
{
    /// <summary>Its visible commands.</summary>
    public IEnumerable<Command> Commands => Command.Subcommands.Where(command => !command.Hidden);

    /// <summary>Its visible arguments.</summary>
    public IEnumerable<Argument> Arguments => Command.Arguments.Where(argument => !argument.Hidden);

    /// <summary>The last word, or the program's name.</summary>
    public string Name => Path.Length == 0 ? ManualPage.Program : Command.Name;

    /// <summary>What the argument takes, for completion.</summary>
    public ValueKind ArgumentKind => Arguments.Select(argument => CommandOption.KindOf(argument.HelpName ?? argument.Name)).FirstOrDefault(ValueKind.Text);

    /// <summary>The words that its arguments take.</summary>
    public IReadOnlyList<string> ArgumentWords => [.. Arguments.SelectMany(argument => CommandOption.WordsOf(argument)).Distinct()];

    /// <summary>The program, and all its visible commands in the order of their definition.</summary>
    public static IReadOnlyList<CommandNode> All(Command program) => [.. Walk("", program, [])];

    private static IEnumerable<CommandNode> Walk(string path, Command command, IReadOnlyList<Option> inherited)
    {
        var options = command.Options.Concat(inherited).Where(option => !option.Hidden).Select(option => new CommandOption(option));
        yield return new CommandNode(path, command, [.. options]);
        IReadOnlyList<Option> handedOn = [.. inherited, .. command.Options.Where(option => option.Recursive)];
        foreach (var child in command.Subcommands.Where(child => !child.Hidden).SelectMany(child => Walk($"{path} {child.Name}".TrimStart(), child, handedOn)))
        {
            yield return child;
        }
    }
}

/// <summary>What a value is, as far as a shell can complete it.</summary>
internal enum ValueKind
{
    /// <summary>There is no value: a switch.</summary>
    None,

    /// <summary>A text of which nothing is known but perhaps some words.</summary>
    Text,

    /// <summary>The path of a file or a folder.</summary>
    File,

    /// <summary>The name of a network interface.</summary>
    Interface,
}

/// <summary>An option, as manual pages and completions see it.</summary>
/// <param name="Option">The definition.</param>
internal sealed record CommandOption(Option Option)
{
    // Spellings for the command line of Windows.
    private static readonly string[] OfWindows = ["/?", "/h"];

    /// <summary>All spellings, the short ones first: -r, --rules.</summary>
    public IReadOnlyList<string> Names { get; } =
        [.. Option.Aliases.Append(Option.Name).Except(OfWindows).OrderBy(name => name.StartsWith("--", StringComparison.Ordinal)).ThenBy(name => name, StringComparer.Ordinal)];

    /// <summary>What its value is.</summary>
    public ValueKind Kind => Option.ValueType == typeof(bool) || Option.Arity.MaximumNumberOfValues == 0 ? ValueKind.None
        : Option.Name == "--interface" ? ValueKind.Interface
        : KindOf(Option.HelpName ?? "");

    /// <summary>Whether it may be given several times.</summary>
    public bool IsMany => Option.ValueType.IsArray;

    /// <summary>The placeholder of its value; empty for a switch.</summary>
    public string ValueName => Kind == ValueKind.None ? "" : Option.HelpName ?? Option.Name.TrimStart('-').ToUpperInvariant();

    /// <summary>The words that it takes, or some of them.</summary>
    public IReadOnlyList<string> Words => Kind == ValueKind.None ? [] : WordsOf(Option);

    /// <summary>The default in words; null if there is none to show.</summary>
    public string? Default => Kind == ValueKind.None || !Option.HasDefaultValue ? null : Option.GetDefaultValue() switch
    {
        string[] texts => string.Join(", ", texts),
        null => null,
        var value => FormattableString.Invariant($"{value}"),
    };

    /// <summary>What a value with this placeholder is.</summary>
    public static ValueKind KindOf(string valueName) => valueName is "FILE" or "FOLDER" or "PATH" or "RULE" or "RULES" ? ValueKind.File : ValueKind.Text;

    /// <summary>The words to offer for an option or an argument.</summary>
    public static IReadOnlyList<string> WordsOf(Symbol symbol) =>
        [.. symbol.GetCompletions(CompletionContext.Empty).Select(item => item.Label).Where(word => !word.StartsWith('-')).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
