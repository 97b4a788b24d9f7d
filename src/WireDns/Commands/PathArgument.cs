using System.CommandLine;
using System.CommandLine.Parsing;
using WireDns.Sigma;

namespace WireDns.Commands;

/// <summary>
/// An argument that takes one or more paths. A word that starts with a hyphen is refused: it is a mistyped option, or a file was named to look like
/// one. Such a file can be given as <c>./-name</c>.
/// </summary>
internal static class PathArgument
{
    public static Argument<string[]> Create(string name, string description)
    {
        var argument = new Argument<string[]>(name) { Description = description, Arity = ArgumentArity.OneOrMore };
        argument.Validators.Add(Validate);
        return argument;
    }

    /// <summary>The argument for capture files and folders of them.</summary>
    public static Argument<string[]> Captures() => Create(
        "FILE", "Capture files (pcap, pcapng or snoop, also compressed), folders, whose captures and those of the folders in them are read in "
            + "the order of their names, or - for standard input.");

    private static void Validate(ArgumentResult result)
    {
        foreach (var word in result.Tokens.Select(token => token.Value).Where(word => word.Length > 1 && word[0] == '-'))
        {
            var names = (result.Parent as CommandResult)?.Command.Options.SelectMany(option => option.Aliases.Append(option.Name)) ?? [];
            result.AddError($"Unrecognized option '{word}'.{Suggest(word, names)}"
                + (Path.Exists(word) ? $" The file of that name is ./{word}" : ""));
        }
    }

    /// <summary>A suggestion with a space before it, " Did you mean 'read'?"; empty if no word is similar.</summary>
    public static string Suggest(string found, IEnumerable<string> words) =>
        Spelling.Suggest(found, words) is { } suggestion ? $" {char.ToUpperInvariant(suggestion[0])}{suggestion[1..]}" : "";
}
