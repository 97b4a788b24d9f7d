using WireDns.Commands;
using WireDns.Manual;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Manual pages and completions: they know every command and option that there is, and shells complete with them.</summary>
public sealed class ManualTests
{
    private static IReadOnlyList<CommandNode> Nodes => CommandNode.All(CommandLine.Create());

    private static IReadOnlyList<ManualPage> Pages => ManualPage.All(CommandLine.Create(), LiveCommand.Topics, Examples.Of);

    [Fact]
    public void Every_command_has_a_page_with_every_option_and_the_configuration_has_one_with_every_key() =>
        Assert.Multiple(
            () => Assert.All(Nodes, node =>
            {
                var page = Assert.Single(Pages, page => page.Name == $"wiredns {node.Path}".TrimEnd().Replace(' ', '-'));
                Assert.All(node.Options.SelectMany(option => option.Names), name => Assert.Contains(page.Lines, line => line.Contains($@"\fB{name.Replace("-", @"\-", StringComparison.Ordinal)}\fR", StringComparison.Ordinal)));
            }),
            () => Assert.All(LiveCommand.Settings, setting => Assert.Contains(
                Pages[^1].Lines, line => line.StartsWith($@"\fB{setting.Name.Replace("-", @"\-", StringComparison.Ordinal)}\fR: ", StringComparison.Ordinal))));

    [Fact]
    public void Pages_are_without_fault_to_groff()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("groff"), "needs groff");
        using var folder = new TemporaryFolder();
        Assert.Equal(0, Product.Run("man", "--folder", folder.Path).ExitStatus);
        var files = Directory.GetFiles(folder.Path);
        Assert.Equal(Pages.Count, files.Length);
        using var groff = RunningProgram.Start("groff", ["-man", "-Tutf8", "-K", "utf8", "-ww", "-z", .. files]);

        Assert.True(groff.WaitForEnd() == 0, groff.Error.Text);
        Assert.Equal("", groff.Error.Text);
    }

    [Fact]
    public void A_page_is_printed_by_the_words_of_its_command()
    {
        Assert.StartsWith(".TH \"WIREDNS-RULES-TRY\" \"1\"", Product.Run("man", "rules", "try").Output.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith(".TH \"WIREDNS.YML\" \"5\"", Product.Run("man", "wiredns.yml").Output.Lines[0], StringComparison.Ordinal);
        var none = Product.Run("man", "rules", "tryy");
        Assert.Equal(2, none.ExitStatus);
        Assert.StartsWith("wiredns: there is no page 'rules tryy'.", Assert.Single(none.Error.Lines), StringComparison.Ordinal);
        Assert.StartsWith("wiredns: completion takes bash, fish, zsh; not 'tcsh'.", Product.Run("completion", "tcsh").Error.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("fish")]
    public void A_shell_completes_commands_options_words_and_files(string shell)
    {
        Assert.SkipUnless(RunningProgram.IsInstalled(shell), $"needs {shell}");
        using var folder = new TemporaryFolder();
        folder.Write("_wiredns", Product.Run("completion", shell).Output.Text);
        folder.Write("capture.pcap", "");

        Assert.Equal(["check"], Complete(shell, folder, "rules ch"));
        Assert.Equal(["--ledger-file", "--level"], Complete(shell, folder, "config show --le"));
        Assert.Equal(["ecs", "ecs9", "eve"], Complete(shell, folder, "live --format e"));
        Assert.Equal(["always", "auto"], Complete(shell, folder, "read x -r y --color a"));
        Assert.Equal(["capture.pcap"], Complete(shell, folder, "read capt"));
    }

    [Fact]
    public void The_script_for_zsh_has_no_fault()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("zsh"), "needs zsh");
        using var folder = new TemporaryFolder();
        using var zsh = RunningProgram.Start("zsh", ["-f", "-n", folder.Write("_wiredns", Product.Run("completion", "zsh").Output.Text)]);

        Assert.True(zsh.WaitForEnd() == 0, zsh.Error.Text);
        Assert.Equal("", zsh.Error.Text);
    }

    // What the shell would offer for a line with a tab after it.
    private static string[] Complete(string shell, TemporaryFolder folder, string line)
    {
        var script = shell == "bash"
            ? "source ./_wiredns; compopt() { :; }; COMP_WORDS=(wiredns $1); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _wiredns; printf '%s\\n' \"${COMPREPLY[@]}\""
            : "source ./_wiredns; complete -C \"wiredns $argv[1]\" | string replace -r '\\t.*' ''; true";
        using var program = RunningProgram.Start(
            shell, [.. shell == "bash" ? new[] { "--norc", "-c", script, "bash", line } : ["--no-config", "-c", script, line]], folder.Path);
        Assert.True(program.WaitForEnd() == 0, program.Error.Text);
        return [.. program.Output.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal)];
    }
}
