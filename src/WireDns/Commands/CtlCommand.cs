using System.CommandLine;
using System.Text;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Transports;
using WireDns.Control;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns ctl</c>: asks a running sensor, and tells it what to do, over its control socket (docs/control.md).</summary>
internal static class CtlCommand
{
    private static readonly Option<string> SocketPath = new("--socket")
    {
        Description = "The sensor's control socket.",
        HelpName = "PATH",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable("WIREDNS_CONTROL_SOCKET") is { Length: > 0 } path ? path : OperationSettings.UsualControlSocket,
        Recursive = true,
    };

    private static readonly Option<bool> Json = new("--json") { Description = "Print the sensor's answer as it is: a line of JSON.", Recursive = true };

    public static Command Create() => new("ctl", "Ask a running sensor, and tell it what to do, over the socket of live --control-socket.")
    {
        SocketPath,
        Json,
        Plain("status", "Whether it sees and delivers: interfaces, rules, targets, what keeps it from its work. The exit status is 1 if something does."),
        Plain("counters", "The ledger: what happened to every packet, message, alert."),
        Plain("rules", "The rules that run, and how many alerts each has raised."),
        Plain("interfaces", "Each interface with its state and its packets."),
        Plain("reload", "Read rules, lists, silences and targets anew, as SIGHUP does, and wait until that is done or refused."),
        Plain("reopen", "Begin new files of alerts and lookups, as SIGUSR2 does."),
        CreateSilence(),
        CreateTail(),
    };

    private static Command Plain(string name, string description)
    {
        var command = new Command(name, description);
        command.SetAction(arguments => Ask(arguments, name));
        return command;
    }

    private static Command CreateSilence()
    {
        var list = new Command("list", "List the silences in force, those of --silences included.");
        list.SetAction(arguments => Ask(arguments, "silence", ("action", "list")));
        var rule = new Option<string>("--rule") { Description = "Alerts of this rule: its id or title.", HelpName = "ID" };
        var client = new Option<string>("--client") { Description = "Alerts about this address or network.", HelpName = "NETWORK" };
        var name = new Option<string>("--name") { Description = "Alerts about this name, or with *. before it about all names below it.", HelpName = "NAME" };
        var time = new Option<string>("--for") { Description = "How long: 30m, 2h, 7d; 366d at most.", HelpName = "TIME", Required = true };
        var reason = new Option<string>("--reason") { Description = "Why, for those who find it later.", HelpName = "TEXT", Required = true };
        var add = new Command("add", "Send no alerts of a rule, client or name for a time. It stays over a reload, and ends with the sensor: a file of silences stays.")
        {
            rule, client, name, time, reason,
        };
        add.SetAction(arguments => Ask(
            arguments, "silence", ("action", "add"), ("rule", arguments.GetValue(rule)), ("client", arguments.GetValue(client)), ("name", arguments.GetValue(name)),
            ("for", arguments.GetValue(time)), ("reason", arguments.GetValue(reason))));
        var id = new Argument<string>("ID") { Description = "Its id, as the list shows it." };
        var remove = new Command("remove", "End a silence that was added.") { id };
        remove.SetAction(arguments => Ask(arguments, "silence", ("action", "remove"), ("id", arguments.GetValue(id))));
        return new Command("silence", "List silences, add one for a time, or end one.") { list, add, remove };
    }

    private static Command CreateTail()
    {
        var level = new Option<string>("--level") { Description = "Only alerts of this level and higher; events of the sensor in any case.", HelpName = "LEVEL" };
        level.CompletionSources.Add([.. Enum.GetValues<AlertLevel>().Select(known => known.Name())]);
        var command = new Command("tail", "Show alerts and events as they go to the targets, until it is interrupted; with --json as ECS.") { level };
        command.SetAction(arguments =>
        {
            using var client = new ControlClient(arguments.GetValue(SocketPath)!);
            using var output = StreamTransport.OpenStandardOutput();
            var isJson = arguments.GetValue(Json);
            client.Ask(("command", "tail"), ("format", isJson ? "ecs" : "text"), ("level", arguments.GetValue(level))).Dispose();
            client.WaitForEver();
            while (client.ReadLine() is { } line)
            {
                var failure = output.Write(isJson ? line.Span : Text(line));
                failure = failure == SendFailure.None ? output.Flush() : failure;
                if (failure != SendFailure.None)
                {
                    StandardOutput.Check(failure);
                    return ExitStatus.Done;
                }
            }

            StandardError.Write("wiredns: the sensor has ended, or has given up on this slow reader");
            return ExitStatus.Failed;
        });
        return command;
    }

    // The text is that of the text format, which has escaped whatever is not printable.
    private static byte[] Text(ReadOnlyMemory<byte> line)
    {
        using var read = JsonDocument.Parse(line);
        return Encoding.UTF8.GetBytes(read.RootElement.TryGetProperty("text"u8, out var text) ? Printable.Text(text.GetString()!)
            : read.RootElement.TryGetProperty("lost"u8, out var lost) ? $"({lost} lost here: this reader is too slow)"
            : "(a line that this version does not know)");
    }

    private static int Ask(ParseResult arguments, string command, params IEnumerable<(string Name, string? Value)> others)
    {
        using var client = new ControlClient(arguments.GetValue(SocketPath)!);
        using var answer = client.Ask([("command", command), .. others]);
        var root = answer.RootElement;
        if (root.TryGetProperty("version"u8, out var version) && version.GetString() is { } text && text != ProductVersion.Text)
        {
            StandardError.Write($"wiredns: the sensor has version {text}, and this is {ProductVersion.Text}: an answer may lack what this one knows");
        }

        if (arguments.GetValue(Json))
        {
            StandardOutput.Json(json => root.WriteTo(json));
        }
        else
        {
            StandardOutput.Report(Colouring.Auto.IsColoured(), writer => ControlReport.Write(writer, command, root));
        }

        return command == "status" && !root.GetProperty("result"u8).GetProperty("ready"u8).GetBoolean() ? ExitStatus.Failed : ExitStatus.Done;
    }
}
