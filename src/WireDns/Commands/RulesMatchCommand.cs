using System.CommandLine;
using System.Globalization;
using WireDns.Alerts.Transports;
using WireDns.Reading;
using WireDns.RuleTools;
using WireDns.Settings;
using WireDns.Sigma.Rules;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns rules match</c>: reads JSON events and prints the matches, to test rules and to hunt in logs.</summary>
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
        var timestamp = new Option<string>("--timestamp")
        {
            Description = "The field that says when an event was (ISO 8601, or seconds since 1970). Correlations are matched with it alone.",
            HelpName = "FIELD",
        };
        var sort = new Option<bool>("--sort") { Description = "Print by rule and then by event, at the end. Otherwise lines come as events are read." };
        var command = new Command("match", "Match JSON events against rules as they stand, and print {\"rule\": ID, \"event\": LINE} for each hit.")
        {
            paths, events, timestamp,
        };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.Loading);
        command.Add(sort);
        command.SetAction(arguments =>
        {
            var settings = flags.Read(arguments);
            var loaded = settings.Rules.Load(takesAll: true).LoadForEvents(arguments.GetValue(paths) ?? []);
            foreach (var diagnostic in loaded.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))
            {
                StandardError.Write(diagnostic.ToString());
            }

            if (loaded.Rules.Count == 0)
            {
                throw new CommandFailure(ExitStatus.Usage, "no rule is left to match");
            }

            if (loaded.Correlations.Count > 0 && arguments.GetValue(timestamp) is null)
            {
                StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                    $"wiredns: {loaded.Correlations.Count} correlations are left out: --timestamp FIELD says when an event was"));
            }

            var areAllEvents = Match(new EventMatcher(loaded, arguments.GetValue(timestamp)), arguments.GetValue(events)!, arguments.GetValue(sort));
            return loaded.HasErrors ? ExitStatus.Usage : areAllEvents ? ExitStatus.Done : ExitStatus.Failed;
        });
        return command;
    }

    private static bool Match(EventMatcher matcher, string path, bool isSorted)
    {
        using var output = StreamTransport.OpenStandardOutput();
        var lines = new HitLines(matcher.Documents, output, isSorted);
        var run = new EventRun(matcher, path == FileRun.StandardInput ? "standard input" : path, lines.Add);
        try
        {
            using var stream = path == FileRun.StandardInput ? Console.OpenStandardInput() : File.OpenRead(path);
            run.Read(stream, lines.Flush);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            lines.Finish();
            throw new CommandFailure(ExitStatus.Failed, FileRun.Describe(path, exception));
        }

        lines.Finish();
        StandardOutput.Check(lines.Failure);
        if (matcher.EventsWithoutTime > 0)
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: {matcher.EventsWithoutTime:N0} events that correlations take have no time in the field of --timestamp, and were left out there"));
        }

        if (matcher.Counters is { } counters && counters.Late + counters.EvictedGroups + counters.EvictedNumbers + counters.Overflown > 0)
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: correlations left out {counters.Late:N0} late events, and forgot {counters.EvictedGroups + counters.EvictedNumbers + counters.Overflown:N0} groups and numbers for want of room"));
        }

        return run.BadLines == 0 && matcher.EventsWithoutTime == 0;
    }
}
