using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;
using WireDns.Choosing;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Recording;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Sharding;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns read</c>: reads capture files and raises alerts.</summary>
internal static class ReadCommand
{
    // Longer than a reading thread needs to finish a batch.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    /// <summary>The settings, by topic, in the order in which help shows them.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> Topics { get; } =
    [
        ("Files", ReadingSettings.All),
        ("Rules", RuleSettings.All),
        ("The network", [.. DetectionSettings.Network, DecodingSettings.Ports]),
        ("Which alerts", ChoiceSettings.All),
        ("Noise", NoiseSettings.All),
        ("Output", [.. OutputSettings.All, OutputSettings.NewFile, .. PrivacySettings.All]),
        ("Bounds and rare needs", [.. DetectionSettings.Bounds, .. DecodingSettings.Rest]),
    ];

    public static Command Create()
    {
        var paths = PathArgument.Captures();
        paths.Arity = ArgumentArity.ZeroOrMore; // a manifest takes their place
        var command = new Command("read", "Match the DNS messages of capture files against Sigma rules.") { paths };
        var flags = new SettingFlags(command);
        flags.Add(Topics.SelectMany(topic => topic.Settings));
        command.SetAction(arguments => Run(arguments.GetValue(paths) ?? [], flags.Read(arguments)));
        return command;
    }

    private static int Run(string[] paths, SensorSettings settings)
    {
        RunRules.Require("read", settings);
        SignalSinks.Require(settings);
        var reading = settings.Reading;
        if (reading.Manifest is null)
        {
            var needed = paths.Length == 0 ? "read needs a FILE." : reading.Shard is not null ? "--shard needs --manifest." : reading.Results is not null ? "--results needs --manifest." : null;
            return needed is null ? Read(paths, settings) : throw new CommandFailure(ExitStatus.Usage, needed);
        }

        return paths.Length == 0 ? ShardRun.Run(settings, Topics.SelectMany(topic => topic.Settings))
            : throw new CommandFailure(ExitStatus.Usage, $"{paths[0]}: --manifest says what is read: give one of the two");
    }

    private static int Read(string[] paths, SensorSettings settings)
    {
        settings.Choice.Check();
        var files = InputFiles.Expand(paths, settings);
        if (settings.Output.Signals is not null && files.Paths.Count > 1 && !settings.Reading.IsMerged)
        {
            throw new CommandFailure(ExitStatus.Usage, "--signals of several files need --merge: the signals of a sensor come in the order of time");
        }

        var rules = RunRules.Load(settings.Rules);
        settings = settings.WithPrivacy();
        SignalSinks.Announce(settings, rules);
        using var outputs = RunOutputs.Open(settings, QueueMode.Block, usualWindows: null);
        using var newFiles = RunSignal.NewFiles(outputs.RotateFiles);
        var told = settings with { Detection = settings.Detection with { TellsCorrelationEnds = settings.Noise.TellsCorrelationEnds ?? false } };
        if (settings.Choice.NeedsEnd && files.Paths.Contains(FileRun.StandardInput))
        {
            throw new CommandFailure(
                ExitStatus.Usage, "--since and --until before the end (-5m) need the end of each file before it is read: standard input has none; save it to a file");
        }

        var choice = new AlertChoice(settings.Choice);
        var crew = new FileCrew(rules, told, files.Paths.Count, choice, outputs);
        return Run(files, settings, rules, crew, choice, outputs);
    }

    private static int Run(InputFiles files, SensorSettings settings, LoadedRules rules, FileCrew crew, AlertChoice choice, RunOutputs outputs)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, outputs.NoReaderLeft);
        using var report = RunSignal.Report(() =>
        {
            var counters = crew.Count();
            StandardError.WriteTable(Report(counters));
            LedgerFile.Write(settings.Output.LedgerFile, counters, outputs);
        });
        // After a signal, stop waiting for a sink that accepts nothing, so that the reading threads blocked on it can finish.
        using var patience = new CancellationTokenSource();
        using var signalled = signals.Requested.Register(() => patience.CancelAfter(Patience));
        using var givingUp = patience.Token.Register(() => outputs.Complete(TimeSpan.FromSeconds(1)));
        using var progress = ReadingProgress.Start(settings.Reading, files.Paths, crew, () => outputs.Alerts.Raised);
        if (settings.Reading.IsMerged)
        {
            crew.ReadMerged(files.Paths, stop.Token);
        }
        else
        {
            crew.Read(files.Paths, stop.Token);
        }

        progress?.End(isPartial: stop.IsCancellationRequested);
        outputs.Noise.Complete();

        // Wait for a slow consumer of the output (a person in a pager); a signal ends this wait too.
        using var impatience = signals.Requested.Register(() => outputs.Complete(TimeSpan.FromSeconds(1)));
        outputs.Complete(Timeout.InfiniteTimeSpan);
        crew.LetConsumersEnd();
        var lost = outputs.Counters.Where(IsLossy).ToList();
        var isLedgerWritten = LedgerFile.Write(settings.Output.LedgerFile, crew.CountAtEnd(), outputs);
        if (settings.Reading.IsQuiet)
        {
            lost.ForEach(counters => StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: {counters.Lost:N0} {counters.Items} were not delivered to {counters.Name}: {counters.DescribeLosses()}")));
        }
        else
        {
            StandardError.WriteTable(Report(crew.CountAtEnd()));
        }

        if (signals.Requested.IsCancellationRequested)
        {
            StandardError.Write("wiredns: interrupted: the rest of the input was not read");
        }

        return outputs.Gate.HasFailed ? ExitStatus.AlertFound
            : files.Failed + crew.Failed == 0 && isLedgerWritten && lost.Count == 0 && !signals.Requested.IsCancellationRequested
            ? ExitStatus.Done
            : ExitStatus.Failed;

        string Report(RunCounters counted) => Partial() + Summary.Of(counted, Stopwatch.GetElapsedTime(start), outputs.Privacy)
            + Summary.Of(counted, rules, outputs.Noise, outputs.Counters)
            + (files.Paths.Count > 1 && !settings.Reading.IsMerged && rules.Correlations.Count > 0 ? "  ! correlations count within each file: --merge counts across files\n" : "")
            + ChoiceSummary.Of(choice, outputs.Gate, crew.ByTime) + SkippedMembers() + LogSummary.Of(outputs);

        string Partial() => !signals.Requested.IsCancellationRequested ? "" : string.Create(
            CultureInfo.InvariantCulture, $"PARTIAL RESULT: interrupted; {crew.Position.Files:N0} of {files.Paths.Count:N0} files were read to their end\n");

        string SkippedMembers()
        {
            var text = new StringBuilder();
            Summary.LineIfAny(text, "members of archives skipped", crew.SkippedMembers, note: "they hold no capture");
            return text.ToString();
        }
    }

    // A consumer that has seen enough (head -1) loses nothing that it wanted.
    private static bool IsLossy(SinkCounters counters) =>
        (counters.Dropped > 0 && !counters.Failed.ContainsKey(SendFailure.ReaderGone))
        || counters.Failed.Keys.Any(reason => reason != SendFailure.ReaderGone);
}
