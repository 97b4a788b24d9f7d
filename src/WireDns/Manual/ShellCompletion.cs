using System.CommandLine;

namespace WireDns.Manual;

/// <summary>Scripts that complete command lines in a shell, made of the command line's own definitions.</summary>
internal static class ShellCompletion
{
    // One line of a list that is shown below the prompt.
    private const int LongestDescription = 80;

    /// <summary>The shells that there is a script for, each with what makes it.</summary>
    public static IReadOnlyList<(string Shell, Func<Command, IEnumerable<string>> Lines)> All { get; } =
        [("bash", program => Bash(CommandNode.All(program))), ("fish", program => Fish(CommandNode.All(program))), ("zsh", program => Zsh(CommandNode.All(program)))];

    private static IEnumerable<string> Bash(IReadOnlyList<CommandNode> nodes)
    {
        yield return $"# bash completion for {ManualPage.Program}, made by '{ManualPage.Program} completion bash'.";
        yield return "_wiredns() {";
        yield return "    local current=\"${COMP_WORDS[COMP_CWORD]}\" previous=\"${COMP_WORDS[COMP_CWORD-1]}\" command='' index";
        yield return "    for ((index = 1; index < COMP_CWORD; index++)); do";
        yield return "        case \"$command ${COMP_WORDS[index]}\" in";
        yield return $"            {string.Join(" | ", nodes.Where(node => node.Path.Length > 0).Select(node => Quoted(node.Path.Contains(' ') ? node.Path : $" {node.Path}")))})";
        yield return "                command=\"${command:+$command }${COMP_WORDS[index]}\" ;;";
        yield return "        esac";
        yield return "    done";
        yield return "    COMPREPLY=()";
        yield return "    case \"$command:$previous\" in";
        foreach (var node in nodes)
        {
            foreach (var option in node.Options.Where(option => option.Kind != ValueKind.None))
            {
                yield return $"        {string.Join(" | ", option.Names.Select(name => Quoted($"{node.Path}:{name}")))}) {BashValue(option.Kind, option.Words)} return ;;";
            }
        }

        yield return "    esac";
        yield return "    case \"$command\" in";
        foreach (var node in nodes)
        {
            var options = string.Join(' ', node.Options.SelectMany(option => option.Names));
            var words = string.Join(' ', node.Commands.Select(command => command.Name).Concat(node.ArgumentWords));
            var rest = node.Commands.Any() || !node.Arguments.Any() ? BashValue(ValueKind.Text, [.. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)])
                : BashValue(node.ArgumentKind, node.ArgumentWords);
            yield return $"        {Quoted(node.Path)}) if [[ $current == -* ]]; then COMPREPLY=($(compgen -W {Quoted(options)} -- \"$current\")); else {(rest.Length > 0 ? rest : ":;")} fi ;;";
        }

        yield return "    esac";
        yield return "}";
        yield return $"complete -F _wiredns {ManualPage.Program}";
    }

    private static string BashValue(ValueKind kind, IReadOnlyList<string> words) => kind switch
    {
        ValueKind.File => "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\");",
        ValueKind.Interface => "COMPREPLY=($(compgen -W \"$(ls /sys/class/net 2>/dev/null)\" -- \"$current\"));",
        _ => words.Count == 0 ? "" : $"COMPREPLY=($(compgen -W {Quoted(string.Join(' ', words))} -- \"$current\"));",
    };

    private static IEnumerable<string> Fish(IReadOnlyList<CommandNode> nodes)
    {
        yield return $"# fish completion for {ManualPage.Program}, made by '{ManualPage.Program} completion fish'.";
        yield return "function __wiredns_command";
        yield return "    set -l command";
        yield return "    for word in (commandline -opc)[2..-1]";
        yield return "        switch \"$command $word\"";
        yield return $"            case {string.Join(' ', nodes.Where(node => node.Path.Length > 0).Select(node => Quoted(node.Path.Contains(' ') ? node.Path : $" {node.Path}")))}";
        yield return "                set command (string trim \"$command $word\")";
        yield return "        end";
        yield return "    end";
        yield return "    test \"$command\" = \"$argv[1]\"";
        yield return "end";
        yield return $"complete -c {ManualPage.Program} -f";
        foreach (var node in nodes)
        {
            var begin = $"complete -c {ManualPage.Program} -n {Quoted($"__wiredns_command '{node.Path}'")}";
            foreach (var command in node.Commands)
            {
                yield return $"{begin} -a {command.Name} -d {Quoted(Short(command.Description))}";
            }

            foreach (var word in node.ArgumentWords)
            {
                yield return $"{begin} -a {Quoted(word)}";
            }

            if (node.ArgumentKind == ValueKind.File)
            {
                yield return $"{begin} -F";
            }

            foreach (var option in node.Options)
            {
                var names = string.Join(' ', option.Names.Select(name => name.StartsWith("--", StringComparison.Ordinal) ? $"-l {name[2..]}" : $"-s {Quoted(name[1..])}"));
                var value = option.Kind switch
                {
                    ValueKind.None => "",
                    ValueKind.File => " -r -F",
                    ValueKind.Interface => " -x -a '(__fish_print_interfaces)'",
                    _ => option.Words.Count == 0 ? " -x" : $" -x -a {Quoted(string.Join(' ', option.Words))}",
                };
                yield return $"{begin} {names}{value} -d {Quoted(Short(option.Option.Description))}";
            }
        }
    }

    private static IEnumerable<string> Zsh(IReadOnlyList<CommandNode> nodes)
    {
        yield return $"#compdef {ManualPage.Program}";
        yield return $"# zsh completion for {ManualPage.Program}, made by '{ManualPage.Program} completion zsh'.";
        foreach (var node in nodes)
        {
            yield return "";
            yield return $"{ZshFunction(node.Path)}() {{";
            if (node.Commands.Any())
            {
                yield return "    local curcontext=\"$curcontext\" state";
                yield return "    local -a line commands=(";
                foreach (var command in node.Commands)
                {
                    yield return $"        {Quoted($"{command.Name}:{Short(command.Description)}")}";
                }

                yield return "    )";
            }

            yield return "    _arguments -s -C \\";
            foreach (var option in node.Options)
            {
                var others = option.IsMany || option.Names.Count == 1 ? "" : $"({string.Join(' ', option.Names)})";
                foreach (var name in option.Names)
                {
                    var text = $"{(option.IsMany ? "*" : others)}{name}[{ZshText(Short(option.Option.Description))}]";
                    yield return $"        {Quoted(option.Kind == ValueKind.None ? text : $"{text}:{ZshText(option.ValueName)}:{ZshValue(option.Kind, option.Words)}")} \\";
                }
            }

            if (node.Commands.Any())
            {
                yield return "        '1: :->command' '*:: :->arguments'";
                yield return "    case $state in";
                yield return "        command) _describe -t commands command commands ;;";
                yield return "        arguments)";
                yield return "            case $words[1] in";
                foreach (var command in node.Commands)
                {
                    yield return $"                {command.Name}) {ZshFunction($"{node.Path} {command.Name}".TrimStart())} ;;";
                }

                yield return "            esac ;;";
                yield return "    esac";
            }
            else
            {
                yield return node.Arguments.Any()
                    ? $"        {Quoted($"*:{ZshText(node.Arguments.First().Name)}:{ZshValue(node.ArgumentKind, node.ArgumentWords)}")}"
                    : "        ':'";
            }

            yield return "}";
        }

        yield return "";
        yield return "_wiredns \"$@\"";
    }

    private static string ZshFunction(string path) => path.Length == 0 ? "_wiredns" : $"_wiredns_{path.Replace(' ', '_')}";

    private static string ZshValue(ValueKind kind, IReadOnlyList<string> words) => kind switch
    {
        ValueKind.File => "_files",
        ValueKind.Interface => "_net_interfaces",
        _ => words.Count == 0 ? " " : $"({string.Join(' ', words.Select(ZshText))})",
    };

    private static string ZshText(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace(":", @"\:", StringComparison.Ordinal).Replace("[", @"\[", StringComparison.Ordinal).Replace("]", @"\]", StringComparison.Ordinal);

    /// <summary>The first sentence, as far as a line has room for it.</summary>
    private static string Short(string? description)
    {
        var text = description ?? "";
        text = text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..end] : text.TrimEnd('.');
        return text.Length <= LongestDescription ? text : $"{text[..text.LastIndexOf(' ', LongestDescription - 3)]}...";
    }

    // One word in each of the three shells, if what is in it has no backslash.
    private static string Quoted(string text) => text.Contains('\'') ? $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal)}\"" : $"'{text}'";
}
