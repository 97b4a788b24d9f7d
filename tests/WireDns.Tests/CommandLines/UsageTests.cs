using System.CommandLine;
using WireDns.Commands;
using WireDns.Terminal;
using WireDns.Tests.Running;

namespace WireDns.Tests.CommandLines;

/// <summary>Help, version, completions, and the answer to a mistyped command line.</summary>
public sealed class UsageTests
{
    [Theory]
    [InlineData("reed x.pcap", "Unrecognized command or argument 'reed'. Did you mean 'read'?", Label = "a command")]
    [InlineData("lvie", "Unrecognized command or argument 'lvie'. Did you mean 'live'?", Label = "a command that is swapped")]
    [InlineData("rules chek x", "Unrecognized command or argument 'chek'. Did you mean 'check'?", Label = "a command of a command")]
    [InlineData("read x.pcap -r x --verbos", "Unrecognized option '--verbos'. Did you mean '--verbose'?", Label = "an option after files")]
    [InlineData("read --rulse x x.pcap -r x", "Unrecognized option '--rulse'. Did you mean '--rules'?", Label = "an option before files")]
    [InlineData("live --interfce eth0 -i lo -r x", "Unrecognized command or argument '--interfce'. Did you mean '--interface'?", Label = "an option of a command without files")]
    public void A_mistyped_word_is_answered_with_the_one_that_was_meant(string arguments, string answer)
    {
        var run = Product.Run(arguments.Split(' '));

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith("wiredns: " + answer, run.Error.Lines[0], StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rules check")]
    public void Help_is_also_a_word_before_the_command(string command)
    {
        string[] words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var (word, option) = (Product.Run(["help", .. words]), Product.Run([.. words, "--help"]));

        Assert.Equal((0, option.Output.Text), (word.ExitStatus, word.Output.Text));
        Assert.Contains($"Usage:\n  wiredns {command}", option.Output.Text.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_that_is_named_first_is_built_alone_and_as_it_is_among_all()
    {
        foreach (var command in CommandLine.Create().Subcommands)
        {
            var alone = Assert.Single(CommandLine.Create(command.Name).Subcommands);

            Assert.Equal((command.Name, Help(command)), (alone.Name, Help(alone)));
        }

        Assert.Equal(CommandLine.Create().Subcommands.Count, CommandLine.Create("reed").Subcommands.Count);

        static string Help(Command command)
        {
            using var text = new StringWriter();
            HelpPage.Write(command, text);
            return text.ToString();
        }
    }

    // What a command holds, such as alerts that wait for a target, must be released.
    [Fact]
    public void A_fault_of_the_program_ends_it_in_order()
    {
        var isReleased = false;
        var status = CommandLine.Guard(() =>
        {
            try
            {
                throw new InvalidOperationException("as a fault would");
            }
            finally
            {
                isReleased = true;
            }
        });

        Assert.Equal(ExitStatus.Fault, status);
        Assert.True(isReleased);
    }

    [Theory]
    [InlineData("frobnicate", "wiredns: Unrecognized command or argument 'frobnicate'.", Label = "nothing near")]
    [InlineData("read x.pcap", "wiredns: read needs --rules PATH.", Label = "no rules")]
    [InlineData("read -r x", "wiredns: read needs a FILE.", Label = "no file")]
    [InlineData("read x -r", "wiredns: -r needs a value: PATH.", Label = "no value")]
    [InlineData("read x -r x --queue 1 --queue 2", "wiredns: --queue takes one value, and was given 2.", Label = "two values")]
    [InlineData("live -r x", "wiredns: live needs --interface ", Label = "no interface")]
    [InlineData("inspect x", "wiredns: which packet of x? Give its number: --frame N, or x#N", Label = "no frame")]
    [InlineData("inspect x -n y", "wiredns: --frame takes 1 to 9,223,372,036,854,775,807, not 'y'.", Label = "no number of a frame")]
    [InlineData("read x -r x --format xml", "wiredns: --format takes cef, csv, ecs, ecs9, eve, ocsf, table, text, zeek; not 'xml'.", Label = "an unknown format")]
    [InlineData("read x -r x --colour red", "wiredns: --colour takes always, auto, never; not 'red'.", Label = "an unknown word")]
    [InlineData("read x -r x --syslog-facility locale", "wiredns: --syslog-facility takes Kern, User, ", Label = "an unknown facility")]
    [InlineData("read x -r x --syslog-facility 3", "wiredns: --syslog-facility takes Kern, User, ", Label = "the number of a facility")]
    [InlineData("read x -r x --queue 0", "wiredns: --queue takes 1 to 10,000,000, not '0'.", Label = "a number out of its range")]
    [InlineData("live -i lo -r x --snaplen much", "wiredns: --snaplen takes ", Label = "no number")]
    [InlineData("live -i lo -r x --buffer-size 1025", "wiredns: --buffer-size takes 1 to 1,024, not '1025'.", Label = "a number out of another range")]
    [InlineData("read x -r x --queue many", "wiredns: --queue takes 1 to 10,000,000, not 'many'.", Label = "no number of alerts")]
    [InlineData("read x -r x --tcp-timeout 1.5", "wiredns: --tcp-timeout takes 1 to 86,400, not '1.5'.", Label = "no whole number")]
    [InlineData("decode x --port 65536", "wiredns: --port takes 1 to 65,535, not '65536'.", Label = "a port that is none")]
    [InlineData("rules convert x --to snort", "wiredns: --to takes ", Label = "an unknown language")]
    [InlineData("rules convert x --to rpz --sid x", "wiredns: --sid takes ", Label = "no number of a signature")]
    [InlineData("@x", "wiredns: Unrecognized command or argument '@x'.", Label = "a word that begins with @")]
    public void A_wrong_command_line_is_answered_with_one_line_and_exit_status_2(string arguments, string answer)
    {
        var run = Product.Run(arguments.Split(' '));

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith(answer, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", run.Error.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(@"\u{", run.Error.Text, StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    // The parser checks the values of each option with its own messages: none of them reaches the user.
    [Fact]
    public void No_option_answers_a_wrong_value_in_the_words_of_the_parser()
    {
        string[] parsers = ["Cannot parse", "Must be one of", "System.", "WireDns.", "not recognized", "Required argument"];
        foreach (var command in new[] { "read", "live", "decode", "inspect", "interfaces", "rules check", "rules list", "rules test", "rules match", "rules convert" })
        {
            var help = Product.Run([.. command.Split(' '), "--help"]).Output.Text;
            foreach (var option in System.Text.RegularExpressions.Regex.Matches(help, @"(?m)^  (?:-\w, )?(--[\w-]+)").Select(match => match.Groups[1].Value))
            {
                var lines = Product.Run([.. command.Split(' '), option, "\u00a7"]).Error.Lines;
                Assert.All(lines.Take(5), line => Assert.DoesNotContain(parsers, words => line.Contains(words, StringComparison.Ordinal)));
            }
        }
    }

    [Fact]
    public void A_terminal_that_is_dumb_gets_no_colour()
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("script"), "needs script, for a terminal");
        Assert.Contains("\e[", OnTerminal("xterm"), StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", OnTerminal("dumb"), StringComparison.Ordinal);

        static string OnTerminal(string kind)
        {
            using var program = RunningProgram.Start(
                "script", ["-qec", $"'{Product.Executable}' read '{SampleCaptures.Tagged}' -q -r '{TestPaths.Rules}'", "/dev/null"], null, ("TERM", kind), ("NO_COLOR", ""));
            Assert.Equal(0, program.WaitForEnd());
            return program.Output.Text;
        }
    }

    [Theory]
    [InlineData("x", "wiredns: unknown output 'x': ")]
    [InlineData("syslog:/no/such/socket", "wiredns: cannot open the syslog socket /no/such/socket: it does not exist: start the logger that makes it")]
    [InlineData("syslog://no-such-host.invalid", "wiredns: cannot reach the syslog receiver no-such-host.invalid port 514: no way to the host (its name is not known)")]
    [InlineData("file:/no/such/folder/file", "wiredns: cannot open /no/such/folder/file: its folder does not exist")]
    [InlineData("stdout,size=1M", "wiredns: -o stdout: no setting 'size' here; there are events, format, level, queue, retry-for, rule")]
    [InlineData("stdout,level=severe", "wiredns: -o stdout: level=severe: informational, low, medium, high or critical was expected")]
    [InlineData("stdout,format=xml", "wiredns: -o stdout: format=xml: text, table, csv, ecs, ecs9, eve, cef, ocsf or zeek was expected")]
    [InlineData("stdout,queue=0", "wiredns: -o stdout: queue=0: a number from 1 to 10000000 was expected")]
    [InlineData("stdout,retry-for=soon", "wiredns: -o stdout: retry-for=soon: a time was expected, as 30s, 10m, 12h or 7d")]
    [InlineData("syslog+tls://h,ca=/no/such.pem", "wiredns: cannot read /no/such.pem")]
    [InlineData("syslog+tcp://h,framing=x", "wiredns: -o syslog+tcp://h: framing=x: octets or newline was expected")]
    [InlineData("syslog+tcp://h/path", "wiredns: unknown output 'syslog+tcp://h/path': ")]
    [InlineData("https://user:secret@h/", "wiredns: -o https://***@h/: a password in an address is seen by every user")]
    public void An_output_that_cannot_be_opened_is_one_line_and_exit_status_2(string output, string answer)
    {
        var run = Product.Run("read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q", "-o", output);

        Assert.Equal(2, run.ExitStatus);
        Assert.StartsWith(answer, Assert.Single(run.Error.Lines), StringComparison.Ordinal);
        Assert.Empty(run.Output.Lines);
    }

    [Fact]
    public void Each_output_has_its_own_format_level_and_rules()
    {
        using var folder = new TemporaryFolder();
        var run = Product.Run(
            "read", SampleCaptures.Tagged, "-r", TestPaths.Rules, "-q", "-o", "stdout", "-o", $"file:{folder["all.json"]},format=ecs",
            "-o", $"file:{folder["critical.txt"]},level=critical", "-o", $"file:{folder["one.txt"]},rule=No Such Rule");

        Assert.Equal(0, run.ExitStatus);
        Assert.Equal(SampleCaptures.TaggedAlerts, run.Output.Lines.Count);
        Assert.Equal(SampleCaptures.TaggedAlerts, File.ReadAllLines(folder["all.json"]).Count(line => line.StartsWith("{\"@timestamp\":", StringComparison.Ordinal)));
        Assert.Empty(File.ReadAllLines(folder["critical.txt"]));
        Assert.Empty(File.ReadAllLines(folder["one.txt"]));
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
    [InlineData("rules check -h", "PATH...")]
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
