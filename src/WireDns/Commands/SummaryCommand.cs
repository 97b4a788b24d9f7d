using System.CommandLine;
using System.Diagnostics;
using WireDns.Alerts;
using WireDns.Detection;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Reporting;
using WireDns.Settings;
using WireDns.Statistics;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns summary</c>: says of each capture file what it is, what it holds and what is missing.</summary>
internal static class SummaryCommand
{
    public static Command Create()
    {
        var paths = PathArgument.Captures();
        var tables = StatsCommand.Tables(SummaryTables.All);
        var format = StatsCommand.Format();
        var command = new Command("summary", "Say of each capture file: format, link types, time span, packets, DNS, loss, anomalies by place, alerts by level.")
        {
            paths, tables, format,
        };
        var flags = new SettingFlags(command);
        flags.Add(ReadingSettings.Each);
        flags.Add(ReadingSettings.Quiet);
        flags.Add(RuleSettings.Files with { Description = "A rule file or folder: count the alerts of each file too. May be given several times.", IsRequired = false });
        flags.Add(RuleSettings.Loading);
        flags.Add(DetectionSettings.Network);
        flags.Add(DecodingSettings.All);
        flags.Add(OutputSettings.Verbose("List every file that is skipped."));
        flags.Add(OutputSettings.Colour("the tables"));
        command.SetAction(arguments =>
        {
            var start = Stopwatch.GetTimestamp();
            var settings = flags.Read(arguments);
            var wanted = StatsCommand.Choose(arguments.GetValue(tables) ?? [], arguments.GetValue(format)!, SummaryTables.All);
            var files = InputFiles.Expand(arguments.GetValue(paths) ?? [], settings);
            var hasRules = settings.Rules.AreGiven;
            var survey = new CaptureSurvey(hashes: false);
            var worker = hasRules
                ? new Worker(RunRules.Load(settings.Rules), Count, settings.Decoding.Load(), settings.Detection, [survey.Anomalies])
                : new Worker(survey.Anomalies, settings.Decoding.Load());
            var facts = new List<FileFacts>();
            using var signals = new StopSignals();
            using var report = RunSignal.Report(() => StandardError.WriteTable(Summary.Of(survey.Pause(worker.Snapshot), Stopwatch.GetElapsedTime(start))));
            survey.Read(worker, null, files.Paths, facts.Add, signals.Requested);
            StatsCommand.Write([.. wanted.Select(name => SummaryTables.Make(name, facts, hasRules))], arguments.GetValue(format)!, settings.Output.Colouring);
            if (!settings.Reading.IsQuiet)
            {
                StandardError.WriteTable(Summary.Of(worker.Snapshot(), Stopwatch.GetElapsedTime(start)));
            }

            if (signals.Requested.IsCancellationRequested)
            {
                StandardError.Write("wiredns: interrupted: the tables are of the input that was read");
            }

            return files.Failed + survey.Failed == 0 && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;

            bool Count(Alert alert)
            {
                survey.Note(alert);
                return true;
            }
        });
        return command;
    }
}
