using System.CommandLine;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Manual;

/// <summary>A manual page, in the macros of man(7): made of the command line's own definitions, so that it says what the program does.</summary>
/// <param name="Name">Its name and that of its file without the section: wiredns-rules-check.</param>
/// <param name="Section">1 for commands, 5 for files.</param>
/// <param name="Lines">Its text.</param>
internal sealed record ManualPage(string Name, int Section, IReadOnlyList<string> Lines)
{
    /// <summary>The program's name.</summary>
    public const string Program = "wiredns";

    /// <summary>The name of the page about the configuration.</summary>
    public const string Configuration = "wiredns.yml";

    // In section 1, as in any manual: what man(1) shows when it is asked for the program.
    private static readonly (int Status, string Meaning)[] Statuses =
    [
        (ExitStatus.Done, "Done, with alerts or without; also a live run that SIGINT or SIGTERM ended."),
        (ExitStatus.Failed, "Something failed while running: an input damaged or unreadable (the rest was processed), a device lost, alerts not delivered."),
        (ExitStatus.Usage, "Usage, configuration or rules."),
        (ExitStatus.AlertFound, "There is an alert of the level that --fail-on names or of a higher one, whatever else happened."),
        (ExitStatus.OutOfMemory, "Memory is exhausted."),
    ];

    private static readonly (string Signal, string Meaning)[] Signals =
    [
        ("SIGTERM, SIGINT, SIGQUIT", "End: what is in the buffers is read, the summary is printed. A second one ends at once."),
        ("SIGHUP", "Read the configuration, rules, lists, silences and targets anew, beside the old ones. What cannot be used is refused, and all stays as before."),
        ("SIGUSR1", "Print the summary so far."),
        ("SIGUSR2", "Begin new files, where targets are files."),
    ];

    /// <summary>All pages: of the program, of each of its commands, of the configuration.</summary>
    /// <param name="program">The command line.</param>
    /// <param name="topics">The settings of the configuration, by topic.</param>
    /// <param name="examples">Command lines, each with its meaning, for a command's words.</param>
    public static IReadOnlyList<ManualPage> All(
        Command program, IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> topics, Func<string, IReadOnlyList<(string Line, string Meaning)>> examples)
    {
        var nodes = CommandNode.All(program);
        return [.. nodes.Select(node => Of(node, nodes, examples(node.Path))), OfConfiguration(topics)];
    }

    private static ManualPage Of(CommandNode node, IReadOnlyList<CommandNode> nodes, IReadOnlyList<(string Line, string Meaning)> examples)
    {
        var page = new Roff(NameOf(node), 1);
        page.Section("NAME");
        page.Text($@"{Roff.Escape(NameOf(node))} \- {Roff.Escape(Lower(node.Command.Description).TrimEnd('.'))}");
        page.Section("SYNOPSIS");
        page.Command($"{Program} {node.Path}".TrimEnd());
        page.Text(Synopsis(node));
        page.Section("DESCRIPTION");
        page.Text(Roff.Escape(node.Command.Description));
        foreach (var argument in node.Arguments)
        {
            page.Entry(Roff.Italic(argument.Name), argument.Description);
        }

        if (node.Path.Length == 0)
        {
            page.Text(@"It needs no rights to read capture files, and the capability CAP_NET_RAW to capture from an interface.");
        }

        if (node.Commands.Any())
        {
            page.Section("COMMANDS");
            foreach (var command in node.Commands)
            {
                page.Entry(Roff.Bold(command.Name), command.Description);
            }
        }

        page.Section("OPTIONS");
        foreach (var option in node.Options)
        {
            page.Entry(
                string.Join(", ", option.Names.Select(Roff.Bold)) + (option.ValueName.Length > 0 ? $" {Roff.Italic(option.ValueName)}" : ""),
                option.Option.Description + (option.Default is { } usual ? $" Default: {usual}." : ""));
        }

        if (node.Path.Length == 0)
        {
            WriteProgram(page);
        }

        if (examples.Count > 0)
        {
            page.Section("EXAMPLES");
            foreach (var (line, meaning) in examples)
            {
                page.Entry(Roff.Bold(line), meaning);
            }
        }

        page.Section("SEE ALSO");
        var parent = node.Path.LastIndexOf(' ') is > 0 and var end ? node.Path[..end] : "";
        var related = nodes.Where(other => other != node && (other.Path == parent || Parent(other) == node.Path || other.Path.Length == 0))
            .Select(NameOf).Distinct(StringComparer.Ordinal).Select(name => $"{Roff.Bold(name)}(1)")
            .Append($"{Roff.Bold(Configuration)}(5)");
        page.Text(string.Join(", ", related));
        return page.ToPage();
    }

    private static void WriteProgram(Roff page)
    {
        page.Section("EXIT STATUS");
        foreach (var (status, meaning) in Statuses)
        {
            page.Entry(Roff.Bold(FormattableString.Invariant($"{status}")), meaning);
        }

        page.Section("SIGNALS");
        page.Text(@"Of \fBwiredns live\fR:");
        foreach (var (signal, meaning) in Signals)
        {
            page.Entry(Roff.Bold(signal), meaning);
        }

        page.Section("ENVIRONMENT");
        page.Entry(Roff.Bold("WIREDNS_") + Roff.Italic("NAME"), "A setting of live: WIREDNS_TCP_MEMORY is --tcp-memory. A flag wins over it, it wins over the file of --config.");
        page.Entry(Roff.Bold("NO_COLOR"), "If it is set and not empty, nothing is coloured unless --color says so.");
        page.Entry(Roff.Bold("NOTIFY_SOCKET"), "Where the service manager that started live wants to hear of it: sd_notify(3).");
    }

    private static ManualPage OfConfiguration(IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> topics)
    {
        var page = new Roff(Configuration, 5);
        page.Section("NAME");
        page.Text($@"{Configuration} \- configuration of wiredns live");
        page.Section("DESCRIPTION");
        page.Text(Roff.Escape("A YAML map, which 'wiredns live --config FILE' reads. Each key is the name of a flag. An unknown key is an error. "
            + "'wiredns config check --config FILE' checks it with all that it names, 'wiredns config show --config FILE' prints what is in effect and where it comes from, "
            + "'wiredns config example' prints a file with every key."));
        page.Text(Roff.Escape("A flag wins over an environment variable, that over this file. A setting that takes several values takes a YAML list or one value."));
        foreach (var (title, settings) in topics)
        {
            page.Section(title.ToUpperInvariant());
            foreach (var setting in settings)
            {
                var usual = setting.Texts(new SensorSettings());
                page.Entry(
                    $"{Roff.Bold(setting.Name)}: {Roff.Italic(setting.Kind switch
                    {
                        SettingKind.Switch => "true|false",
                        SettingKind.Values => $"[{setting.ValueName}, …]",
                        _ => setting.ValueName ?? setting.Name.ToUpperInvariant(),
                    })}",
                    setting.Description + (usual.Count > 0 ? $" Default: {string.Join(", ", usual)}." : ""));
            }
        }

        page.Section("FILES");
        page.Entry(Roff.Bold("/etc/wiredns/wiredns.yml"), "What the service of the packages reads.");
        page.Section("SEE ALSO");
        page.Text($"{Roff.Bold(Program)}(1), {Roff.Bold($"{Program}-live")}(1), {Roff.Bold($"{Program}-config")}(1)");
        return page.ToPage();
    }

    private static string NameOf(CommandNode node) => $"{Program} {node.Path}".TrimEnd().Replace(' ', '-');

    private static string Parent(CommandNode node) => node.Path.LastIndexOf(' ') is > 0 and var end ? node.Path[..end] : node.Path.Length > 0 ? "" : "-";

    private static string Synopsis(CommandNode node)
    {
        var words = node.Commands.Any() ? [Roff.Italic("COMMAND"), @"[\fIOPTION\fR]..."] : node.Arguments.Select(Word).Append(@"[\fIOPTION\fR]...");
        return string.Join(' ', words);

        static string Word(Argument argument)
        {
            var name = Roff.Italic(argument.Name) + (argument.Arity.MaximumNumberOfValues > 1 ? "..." : "");
            return argument.Arity.MinimumNumberOfValues == 0 ? $"[{name}]" : name;
        }
    }

    private static string Lower(string? text) =>
        text is null or "" ? "" : text.Length > 1 && char.IsLower(text[1]) && !text.StartsWith("Sigma", StringComparison.Ordinal) ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    /// <summary>Lines in the macros of man(7).</summary>
    private sealed class Roff(string name, int section)
    {
        // Without a date, so that the same version is the same page.
        private readonly List<string> _lines =
        [
            FormattableString.Invariant($"""
            .TH "{name.ToUpperInvariant()}" "{section}" "" "{Program} {ProductVersion.Text}" "{(section == 1 ? "User Commands" : "File Formats")}"
            """),
            ".nh",
            ".ad l",
        ];

        public static string Bold(string text) => $@"\fB{Escape(text)}\fR";

        public static string Italic(string text) => $@"\fI{Escape(text)}\fR";

        /// <summary>A text as it stands: a hyphen that may be typed, and nothing that is a macro.</summary>
        public static string Escape(string? text) =>
            (text ?? "").Replace(@"\", @"\e", StringComparison.Ordinal).Replace("-", @"\-", StringComparison.Ordinal).Replace("'", @"\(aq", StringComparison.Ordinal)
            .Replace("…", "...", StringComparison.Ordinal).Replace("’", @"\(cq", StringComparison.Ordinal);

        public void Section(string title) => _lines.Add($".SH {Escape(title)}");

        public void Text(string text)
        {
            if (!_lines[^1].StartsWith(".SH ", StringComparison.Ordinal) && !_lines[^1].StartsWith(".B ", StringComparison.Ordinal))
            {
                _lines.Add(".PP");
            }

            _lines.Add(text.StartsWith('.') ? $@"\&{text}" : text);
        }

        public void Command(string text) => _lines.Add($".B {Escape(text)}");

        public void Entry(string term, string? description) => _lines.AddRange([".TP", term, description is ['.', ..] ? $@"\&{Escape(description)}" : Escape(description)]);

        public ManualPage ToPage() => new(name, section, _lines);
    }
}
