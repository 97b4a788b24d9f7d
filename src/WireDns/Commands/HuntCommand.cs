using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Choosing;
using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Detection.Screening;
using WireDns.Hunting;
using WireDns.Output;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns hunt</c>: matches the lookups of a DNS log against rules, as <c>read</c> matched their packets or would have.</summary>
internal static class HuntCommand
{
    private const long NanosecondsPerMicrosecond = 1000;

    public static Command Create()
    {
        var paths = PathArgument.Create("DIR", "Folders of a DNS log that -o parquet:DIR wrote, or files of one.");
        var query = new Option<string>("--sql")
        {
            Description = "Run a query over the view 'lookups' in place of rules, with DuckDB in the program wiredns-sql (docs/dnslog.md); @FILE for one in a file. "
                + "--since, --until, --client, --server and --name choose the rows of the view.",
            HelpName = "QUERY",
        };
        var format = new Option<string>("--sql-format")
        {
            Description = "How the rows of --sql look: table, for people; csv; json, an object on a line each.",
            HelpName = string.Join('|', SqlOutput.Formats),
            DefaultValueFactory = _ => SqlOutput.Formats[0],
        };
        format.AcceptOnlyFromAmong([.. SqlOutput.Formats]);
        var memory = new Option<int>("--sql-memory")
        {
            Description = "Memory that the query of --sql may take, in MiB: 64 to 1,048,576.",
            HelpName = "MIB",
            DefaultValueFactory = _ => 1024,
        };
        SettingFlags.RequireNumber(memory, 64, 1 << 20);
        var command = new Command("hunt", "Match the lookups of a DNS log in Parquet against Sigma rules (docs/dnslog.md).") { paths, query, format, memory };
        var flags = new SettingFlags(command);
        flags.Add(RuleSettings.All);
        flags.Add(DetectionSettings.Network);
        flags.Add(ChoiceSettings.All.Where(setting => setting.Name is not "order"));
        flags.Add(NoiseSettings.All);
        flags.Add(OutputSettings.All.Where(setting => setting.Name is not ("evidence" or "log-dns" or "ledger-file" or "signals")));
        flags.Add(OutputSettings.NewFile);
        flags.Add(ReadingSettings.Quiet);
        flags.Add(DetectionSettings.Bounds);
        command.SetAction(arguments => arguments.GetValue(query) is { } text
            ? Run(arguments.GetValue(paths) ?? [], [.. flags.Given(arguments)], flags.Read(arguments), new SqlHunt(text, arguments.GetValue(format)!, (long)arguments.GetValue(memory) << 20))
            : Run(arguments.GetValue(paths) ?? [], flags.Read(arguments)));
        return command;
    }

    private static int Run(string[] paths, IReadOnlyList<GivenSetting> given, SensorSettings settings, SqlHunt hunt)
    {
        if (given.FirstOrDefault(setting => setting.Setting.Name is not ("since" or "until" or "client" or "server" or "name")) is { Setting: { } other })
        {
            throw new CommandFailure(
                ExitStatus.Usage, $"--{other.Name} is about alerts, and --sql gives rows: --since, --until, --client, --server and --name choose them{(other.Name == "format" ? "; --sql-format says how they look" : "")}");
        }

        Check(settings.Choice);
        return hunt.Run(Find(paths, TimeOf(settings.Choice, TimeSpan.Zero)), settings.Choice);
    }

    private static int Run(string[] paths, SensorSettings settings)
    {
        if (!settings.Rules.AreGiven)
        {
            throw new CommandFailure(ExitStatus.Usage, $"hunt needs --{RuleSettings.Files.Name} {RuleSettings.Files.ValueName}, or --sql QUERY.");
        }

        Check(settings.Choice);

        if (settings.Output.LogTargets.Count > 0)
        {
            throw new CommandFailure(ExitStatus.Usage, $"-o {settings.Output.LogTargets[0]}: hunt reads a log, and writes none");
        }

        var rules = RunRules.Load(settings.Rules);

        // What alerts of the chosen time are made of may be as much older as lookups last and correlations look back.
        var back = new DetectorOptions().LookupLifetime + rules.RunningCorrelations.Select(correlation => correlation.Rule.Timespan).DefaultIfEmpty().Max();
        var files = Find(paths, TimeOf(settings.Choice, back));
        using var outputs = RunOutputs.Open(settings, QueueMode.Block, usualWindows: null);
        return Run(files, settings, rules, outputs);
    }

    private static int Run(IReadOnlyList<string> files, SensorSettings settings, LoadedRules rules, RunOutputs outputs)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, outputs.NoReaderLeft);
        using var givingUp = signals.Requested.Register(() => outputs.Complete(TimeSpan.FromSeconds(1)));
        var choice = new AlertChoice(settings.Choice);
        HiddenFields? hidden = null;
        var detection = settings.Detection with { TellsCorrelationEnds = settings.Noise.TellsCorrelationEnds ?? false, MayDelayCorrelations = true };
        var worker = new Worker(
            rules, alert => hidden?.Refuses(alert.Rule) == true || !choice.Wants(alert, null, null) || outputs.Take(alert), detection: detection);

        // What the alerts of correlations count may be of other names than the one that was asked for.
        var asked = rules.RunningCorrelations.Count == 0 ? NameEnds.Of(settings.Choice.Names) : null;
        var names = new[] { asked, NameEnds.Of(rules) }.OfType<NameEnds>().ToList();
        var run = new HuntRun(worker, names, LookupScreen.Of(rules), failure => StandardError.Write($"wiredns: {failure}"));
        run.Survey(files, stop.Token);
        if (run.HasHiddenClients)
        {
            hidden = HiddenFields.Of(rules);
            foreach (var refusal in hidden.Refusals)
            {
                StandardError.Write($"wiredns: {refusal}");
            }
        }

        run.Run(stop.Token);
        outputs.Noise.Complete();
        var areDelivered = outputs.Complete(Timeout.InfiniteTimeSpan);
        var counters = worker.Snapshot();
        if (!settings.Reading.IsQuiet)
        {
            StandardError.WriteTable(Report());
        }

        if (signals.Requested.IsCancellationRequested)
        {
            StandardError.Write("wiredns: interrupted: the rest of the log was not read");
        }

        return outputs.Gate.HasFailed ? ExitStatus.AlertFound
            : run.Failed == 0 && areDelivered && hidden is not { Refusals.Count: > 0 } && !signals.Requested.IsCancellationRequested ? ExitStatus.Done : ExitStatus.Failed;

        string Report()
        {
            var text = new StringBuilder();
            var duration = Stopwatch.GetElapsedTime(start);
            Summary.Line(text, "lookups matched", run.Lookups, string.Create(
                CultureInfo.InvariantCulture, $"in {duration.TotalSeconds:0.00} s, {run.Lookups / Math.Max(duration.TotalSeconds, 0.001):N0} a second"));
            Summary.LineIfAny(text, "  left out early", run.Lookups - run.Made, note: "no rule can match their name, flags and types");
            Summary.LineIfAny(text, "lookups passed over", run.PassedOver, note: string.Create(
                CultureInfo.InvariantCulture, $"in {run.GroupsPassedOver:N0} groups of rows that were not read: their names cannot match"));
            Summary.LineIfAny(text, "  not in full in the log", run.Incomplete, note: "unusual messages without their octets: hidden clients");
            Summary.LineIfAny(text, "  no lookups", run.Unreadable, note: "an address is none");
            Summary.LineIfAny(text, "  records left out", run.UnreadableRecords, note: "their data is not what their type says");
            Summary.Line(text, "files", run.Files);
            Summary.LineIfAny(text, "  not read to their end", run.Failed, note: "the reasons are above");
            return text + Summary.Of(counters, rules, outputs.Noise, outputs.Counters) + ChoiceSummary.Of(choice, outputs.Gate, null);
        }
    }

    private static void Check(ChoiceSettings choice)
    {
        choice.Check();
        if (new[] { choice.Since, choice.Until }.OfType<CaptureMoment>().FirstOrDefault(moment => moment.From != MomentOrigin.Epoch) is { } relative)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{relative.Text}: a log of many captures has no beginning; give a time, as 2026-11-27T08:30:00Z or 2026-11-27");
        }
    }

    private static IReadOnlyList<string> Find(string[] paths, HuntedTime time) => LogFolder.Find(paths, time) is { Count: > 0 } files ? files
        : throw new CommandFailure(ExitStatus.Failed, $"{string.Join(", ", paths)}: no file of a DNS log is there (of the time that was asked for)");

    private static HuntedTime TimeOf(ChoiceSettings choice, TimeSpan back)
    {
        var since = choice.Since is { } first ? (first.Nanoseconds / NanosecondsPerMicrosecond) - (long)Math.Min(back.TotalMicroseconds, long.MaxValue / 4) : HuntedTime.All.First;
        return new HuntedTime(since, choice.Until is { } end ? (end.Nanoseconds / NanosecondsPerMicrosecond) + 1 : HuntedTime.All.End);
    }
}
