using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using WireDns.Commands;

namespace WireDns.Tests.Documentation;

/// <summary>What the documents tell a reader to type is a command line that this program accepts, and names files that exist.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string[] Commands = ["wiredns", "./wiredns", "./run.sh"];

    // What run.sh handles itself; it passes on everything else.
    private static readonly HashSet<string> OfTheScript =
        [.. CaseOfScript().Matches(File.ReadAllText(Path.Combine(TestPaths.Root, "run.sh"))).SelectMany(match => match.Groups[1].Value.Split('|').Select(word => word.Trim()))
            .Where(word => CommandLine.Create().Subcommands.All(command => command.Name != word))];

    private static IEnumerable<(string Document, string Line)> CommandLines => Documents()
        .SelectMany(document => Lines(File.ReadAllText(Path.Combine(TestPaths.Root, document))).Select(line => (document, line)));

    [Fact]
    public void Every_command_line_of_the_documents_parses() => Assert.All(CommandLines, command =>
    {
        var parsed = CommandLine.Create().Parse(Words(command.Line), CommandLine.Parsing);

        Assert.True(
            parsed.Errors.Count == 0,
            $"{command.Document}: {command.Line}: {string.Join(' ', parsed.Errors.Select(error => error.Message))}");
    });

    [Fact]
    public void Every_shipped_file_that_a_command_line_names_is_there() => Assert.All(CommandLines, command =>
    {
        var shipped = Words(command.Line).Where(word =>
            word.StartsWith("captures/", StringComparison.Ordinal) || word.StartsWith("rules/", StringComparison.Ordinal));

        // A packet of a file is FILE#N.
        Assert.All(shipped.Select(path => path.Split('#')[0]), path => Assert.True(Path.Exists(Path.Combine(TestPaths.Root, path)), $"{command.Document}: there is no {path}"));
    });

    [Fact]
    public void The_script_s_own_commands_are_known() => Assert.Superset(new HashSet<string> { "build", "test", "publish", "bench" }, OfTheScript);

    [Fact]
    public void Every_link_of_the_documents_leads_to_a_file_and_to_a_heading_in_it() => Assert.All(Documents(), document =>
    {
        var folder = Path.GetDirectoryName(Path.Combine(TestPaths.Root, document))!;
        foreach (Match link in Link().Matches(Fence().Replace(File.ReadAllText(Path.Combine(TestPaths.Root, document)), "")))
        {
            var (path, heading) = (link.Groups[1].Value, link.Groups[2].Value);
            var target = path.Length == 0 ? Path.Combine(TestPaths.Root, document) : Path.Combine(folder, path);
            Assert.True(Path.Exists(target), $"{document}: there is no {path}");
            if (heading.Length > 0)
            {
                Assert.True(Headings(File.ReadAllText(target)).Contains(heading), $"{document}: {path} has no heading for #{heading}");
            }
        }
    });

    [Fact]
    public void The_command_lines_are_found_in_blocks_with_their_prompts_and_continuations_and_pipes()
    {
        const string Text = """
            Not `wiredns this`.

            ```sh
            $ ./run.sh read a.pcap \
                -r rules/    # a comment
            sudo wiredns live -i "my if" -r rules/ | tee log
            zcat x | wiredns read - -r r && ./run.sh test
            W="$(./run.sh build | tail -1)"
            wiredns-other x
            ```
            wiredns neither

                wiredns read b.pcap   # what it does
            """;

        Assert.Equal(
            ["read a.pcap -r rules/", "live -i my if -r rules/", "read - -r r", "read b.pcap"],
            Lines(Text).Select(line => string.Join(' ', Words(line))));
    }

    private static IEnumerable<string> Documents() =>
        new[] { (".", SearchOption.TopDirectoryOnly), ("docs", SearchOption.AllDirectories), ("rules", SearchOption.AllDirectories) }
        .SelectMany(place => Directory.GetFiles(Path.Combine(TestPaths.Root, place.Item1), "*.md", place.Item2))
        .Select(path => Path.GetRelativePath(TestPaths.Root, path))
        .Order(StringComparer.Ordinal);

    // As a reader's browser makes them of headings.
    private static HashSet<string> Headings(string text) => [.. text.Split('\n').Where(line => line.StartsWith('#')).Select(line =>
        NotInHeading().Replace(line.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))];

    // The commands of the fenced and indented blocks that start this program, starting at the program's name.
    private static IEnumerable<string> Lines(string text)
    {
        foreach (var block in Fence().Matches(text).Select(match => match.Groups[1].Value).Concat(Indented().Matches(Fence().Replace(text, "")).Select(match => match.Value)))
        {
            foreach (var line in block.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n'))
            {
                foreach (var command in Separator().Split(line))
                {
                    var words = command.Trim().TrimStart('$').TrimStart();
                    words = Prefix().Replace(words, "");
                    var name = words.Split(' ')[0];
                    if (Commands.Contains(name) && words.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var first, ..]
                        && !(name == "./run.sh" && OfTheScript.Contains(first)) && !words.Contains('…') && !words.Contains("..."))
                    {
                        yield return words;
                    }
                }
            }
        }
    }

    private static string[] Words(string line)
    {
        var withoutRest = Rest().Replace(line, "");
        return [.. CommandLineParser.SplitCommandLine(withoutRest).Skip(1).SkipWhile(word => word == "--")];
    }

    [GeneratedRegex("^ *```[a-z]*\n(.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"(?<=\n\n)(    .*(\n|\z))+")]
    private static partial Regex Indented();

    [GeneratedRegex(@"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^ +([a-z|\- ]+)\)", RegexOptions.Multiline)]
    private static partial Regex CaseOfScript();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInHeading();

    [GeneratedRegex(@"\|\||&&|\||;")]
    private static partial Regex Separator();

    [GeneratedRegex(@"^(sudo |time |exec |[A-Z_]+=\S+ )+")]
    private static partial Regex Prefix();

    // A comment, or a redirection.
    [GeneratedRegex(@"\s(#|\d?>|<|&).*$")]
    private static partial Regex Rest();
}
