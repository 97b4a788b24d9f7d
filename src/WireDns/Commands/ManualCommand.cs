using System.CommandLine;
using WireDns.Manual;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns man</c> and <c>wiredns completion</c>: manual pages and scripts for shells, made of the command line's own definitions.</summary>
internal static class ManualCommand
{
    public static Command CreateMan()
    {
        var words = new Argument<string[]>("PAGE")
        {
            Description = "The words of a command (rules check), or wiredns.yml for the configuration; none for the program itself.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var folder = new Option<string>("--folder") { Description = "Write all pages to this folder, each to a file of its name and section.", HelpName = "FOLDER" };
        var command = new Command("man", "Print a manual page, in the format of man(1).") { words, folder };
        command.SetAction(arguments =>
        {
            var pages = ManualPage.All(CommandLine.Create(), LiveCommand.Topics, Examples.Of);
            if (arguments.GetValue(folder) is { } path)
            {
                Write(pages, path);
                return ExitStatus.Done;
            }

            string[] wanted = arguments.GetValue(words) ?? [];
            var name = wanted is [ManualPage.Configuration] ? ManualPage.Configuration : string.Join('-', [ManualPage.Program, .. wanted]);
            var page = pages.FirstOrDefault(page => page.Name == name)
                ?? throw new CommandFailure(ExitStatus.Usage, $"there is no page '{string.Join(' ', wanted)}'.{PathArgument.Suggest(name, pages.Select(page => page.Name))}");
            Print(page.Lines);
            return ExitStatus.Done;
        });
        return command;
    }

    public static Command CreateCompletion()
    {
        var shell = new Argument<string>("SHELL") { Description = "The shell: bash, fish or zsh." };
        string[] known = [.. ShellCompletion.All.Select(script => script.Shell)];
        shell.CompletionSources.Add(known);
        shell.Validators.Add(result =>
        {
            if (result.Tokens is [var word] && !known.Contains(word.Value))
            {
                result.AddError($"completion takes {string.Join(", ", known)}; not '{word.Value}'.");
            }
        });
        var command = new Command("completion", "Print a script that completes command lines of this program in a shell.") { shell };
        command.SetAction(arguments =>
        {
            var name = arguments.GetRequiredValue(shell);
            Print(ShellCompletion.All.First(script => script.Shell == name).Lines(CommandLine.Create()));
            return ExitStatus.Done;
        });
        return command;
    }

    private static void Print(IEnumerable<string> lines) => StandardOutput.Report(isColoured: false, writer =>
    {
        foreach (var line in lines)
        {
            writer.Line(line);
        }
    });

    private static void Write(IReadOnlyList<ManualPage> pages, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            foreach (var page in pages)
            {
                File.WriteAllText(Path.Combine(folder, FormattableString.Invariant($"{page.Name}.{page.Section}")), $"{string.Join('\n', page.Lines)}\n");
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(ExitStatus.Failed, $"{folder}: no pages can be written there");
        }
    }
}
