using System.CommandLine;
using WireDns.Alerts.Sinks;
using WireDns.RuleTools;
using WireDns.Sigma.Rules;

namespace WireDns.Commands;

/// <summary><c>wiredns rules match</c>: JSON events in, what matches out; for testing rules and for hunting in logs.</summary>
internal static class RulesMatchCommand
{
    public static Command Create()
    {
        var paths = PathArgument.Create("RULES", "Rule files, or folders whose .yml and .yaml files are read, subfolders included.");
        var events = new Option<string>("--events", "-e")
        {
            Description = "Events, one JSON object a line; - for standard input. Every field is taken by the name that it has there.",
            HelpName = "FILE",
            Required = true,
        };
        var sort = new Option<bool>("--sort") { Description = "Print by rule and then by event, at the end. Otherwise lines come as events are read." };
        var command = new Command("match", "Match JSON events against rules as they stand, and print {\"rule\": ID, \"event\": LINE} for each hit.")
        {
            paths, events, sort,
        };
        command.SetAction(arguments =>
        {
            var loaded = new RuleLoader().Load(arguments.GetValue(paths) ?? []);
            foreach (var diagnostic in loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            {
                StandardError.Write(diagnostic.ToString());
            }

            if (loaded.Rules.Count == 0)
            {
                throw new CommandFailure(ExitStatus.Usage, "no rule is left to match");
            }

            var areAllEvents = Match(loaded.Rules, arguments.GetValue(events)!, arguments.GetValue(sort));
            return loaded.HasErrors ? ExitStatus.Usage : areAllEvents ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static bool Match(IReadOnlyList<SigmaRule> rules, string path, bool isSorted)
    {
        using var output = StreamSink.OpenStandardOutput();
        var lines = new HitLines(rules, output, isSorted);
        var run = new EventRun(new EventMatcher(rules), path == FileRun.StandardInput ? "standard input" : path);
        try
        {
            using var stream = path == FileRun.StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            run.Read(stream, lines.Add, lines.Flush);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lines.Finish();
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }

        lines.Finish();
        StandardOutput.Check(lines.Failure);
        return run.BadLines == 0;
    }
}
