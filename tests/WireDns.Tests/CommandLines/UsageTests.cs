using WireDns.Terminal;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Help, version, completions, and what a mistyped command line is answered.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("a command", "reed x.pcap", "Unrecognized command or argument 'reed'. Did you mean 'read'?")]
    [InlineData("a command that is swapped", "lvie", "Unrecognized command or argument 'lvie'. Did you mean 'live'?")]
    [InlineData("a command of a command", "rules chek x", "Unrecognized command or argument 'chek'. Did you mean 'check'?")]
    [InlineData("an option behind files", "read x.pcap -r x --verbos", "Unrecognized option '--verbos'. Did you mean '--verbose'? A file of that name is ./--verbos")]
    [InlineData("an option before files", "read --rulse x x.pcap -r x", "Unrecognized option '--rulse'. Did you mean '--rules'?")]
    [InlineData("an option of a command without files", "live --interfce eth0 -i lo -r x", "Unrecognized command or argument '--interfce'. Did you mean '--interface'?")]
    public void A_mistyped_word_is_answered_with_the_one_that_was_meant(string description, string arguments, string answer)
    {
        var run = Product.Run(arguments.Split(' '));

        Assert.NotEmpty(description);
        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith("wiredns: " + answer, run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [InlineData("nothing near", "frobnicate", "wiredns: Unrecognized command or argument 'frobnicate'.")]
    [InlineData("no rules", "read x.pcap", "wiredns: Option '--rules' is required.")]
    [InlineData("no file", "read -r x", "wiredns: Required argument 'FILE' missing for command: 'read'.")]
    [InlineData("no interface", "live -r x", "wiredns: Option '--interface' is required.")]
    [InlineData("an unknown format", "read x -r x --format xml", "wiredns: Argument 'xml' not recognized.")]
    [InlineData("a number out of its range", "read x -r x --queue 0", "wiredns: --queue takes ")]
    [InlineData("no number", "live -i lo -r x --snaplen much", "wiredns: Cannot parse argument 'much' for option '--snaplen'")]
    [InlineData("a number out of another range", "live -i lo -r x --buffer-size 1025", "wiredns: --buffer-size takes 1 to 1,024.")]
    [InlineData("no number of alerts", "read x -r x --queue many", "wiredns: Cannot parse argument 'many' for option '--queue'")]
    [InlineData("a port that is none", "decode x --port 65536", "wiredns: Cannot parse argument '65536' for option '--port'")]
    public void A_wrong_command_line_is_answered_with_one_line_and_exit_status_2(string description, string arguments, string answer)
    {
        var run = Product.Run(arguments.Split(' '));

        Assert.NotEmpty(description);
        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith(answer, run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [InlineData("x", "wiredns: unknown output 'x': ")]
    [InlineData("syslog:/no/such/socket", "wiredns: ")]
    [InlineData("syslog://no-such-host.invalid", "wiredns: ")]
    public void An_output_that_cannot_be_opened_is_one_line_and_exit_status_2(string output, string answer)
    {
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q", "-o", output);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith(answer, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void A_file_whose_name_begins_with_a_hyphen_is_named_by_its_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("-q", File.ReadAllBytes(SampleCaptures.Tagged));
        using var program = RunningProgram.Start(Product.Executable, ["read", "./-q", "-r", TestPaths.Rules, "-q"], folder.Path);

        Assert.Equal(0, program.WaitForEnd());
        Assert.Equal(SampleCaptures.TaggedAlerts, program.Output.Lines.Count);
    }

    [Theory]
    [InlineData("-h", "read")]
    [InlineData("--help", "live")]
    [InlineData("read -h", "--rules")]
    [InlineData("live -?", "--interface")]
    [InlineData("decode --help", "--ledger")]
    [InlineData("rules check -h", "<PATH>")]
    public void Help_is_on_standard_output(string arguments, string word)
    {
        var run = Product.Run(arguments.Split(' '));

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains(word, run.Output.Text, StringComparison.Ordinal);
        Assert.Empty(run.Error.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rules")]
    public void Without_a_command_the_help_is_on_standard_error(string arguments)
    {
        var run = Product.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        Assert.Equal(2, run.ExitStatus);
        Assert.Contains("Usage:", run.Error.Text, StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void The_version_is_that_of_the_product()
    {
        var run = Product.Run("--version");

        Assert.Equal(0, run.ExitStatus);
        Assert.StartsWith(ProductVersion.Text, Assert.Single(run.Output.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Completions_are_what_a_shell_asks_for()
    {
        var run = Product.Run("[suggest:4]", "read --fo");

        Assert.Equal(0, run.ExitStatus);
        Assert.Contains("--format", Product.Run("[suggest:9]", "read --fo").Output.Lines);
        Assert.Contains("read", Product.Run("[suggest:2]", "re").Output.Lines);
    }
}
