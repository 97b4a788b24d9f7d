using System.CommandLine;
using WireDns.Commands;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>What the help of each command must be: it fits a terminal, and its examples are command lines that the program takes.</summary>
public sealed class HelpTests
{
    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    public static TheoryData<string> Commands() => [.. All(CommandLine.Create()).Select(HelpPage.PathOf)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_fits_80_columns(string path)
    {
        using var output = new StringWriter();
        HelpPage.Write(All(CommandLine.Create()).Single(command => HelpPage.PathOf(command) == path), output);

        Assert.All(output.ToString().Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, 80));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Each_command_that_does_something_has_an_example_that_the_program_takes(string path)
    {
        var examples = Examples.Of(path);
        var command = All(CommandLine.Create()).Single(command => HelpPage.PathOf(command) == path);

        Assert.True(examples.Count > 0 || command.Subcommands.Count > 0, $"{path} has no example");
        foreach (var (line, meaning) in examples)
        {
            Assert.NotEmpty(meaning);
            var words = line.Split(" | ").Single(part => part.Contains("wiredns ", StringComparison.Ordinal)).Split(" > ")[0]
                .Split(' ', StringSplitOptions.RemoveEmptyEntries).SkipWhile(word => word != "wiredns").Skip(1).ToArray();
            var parsed = CommandLine.Create().Parse(words);

            Assert.Empty(parsed.Errors.Select(error => error.Message));
            Assert.StartsWith(path, HelpPage.PathOf(parsed.CommandResult.Command), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Help_is_shown_of_a_command_that_lacks_what_it_requires()
    {
        var run = Product.Run("report", "-h");

        Assert.Contains("Examples:", run.Output.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-V")]
    [InlineData("--version")]
    public void The_version_has_two_spellings(string option)
    {
        var run = Product.Run(option);

        Assert.Equal(0, run.ExitStatus);
        Assert.Matches(@"^\d+\.\d+\.\d+", Assert.Single(run.Output.Lines));
    }
}
