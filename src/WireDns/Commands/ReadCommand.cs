using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
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
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns read</c>: reads capture files and raises alerts.</summary>
internal static class ReadCommand
{
    // Longer than a reading thread needs to finish a batch.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var paths = PathArgument.Captures();
        var command = new Command("read", "Match the DNS messages of capture files against Sigma rules.") { paths };
        var flags = new SettingFlags(command);
        flags.Add(ReadingSettings.Files);
        flags.Add(RuleSettings.All);
        flags.Add(DetectionSettings.Network);
        flags.Add(DecodingSettings.Ports);
        flags.Add(ChoiceSettings.All);
        flags.Add(NoiseSettings.All);
        flags.Add(OutputSettings.All);
        flags.Add(ReadingSettings.Run);
        flags.Add(DetectionSettings.Bounds);
        flags.Add(DecodingSettings.Rest);
        command.SetAction(arguments => Run(arguments.GetValue(paths) ?? [], flags.Read(arguments)));
        return command;
    }

    private static int Run(string[] paths, SensorSettings settings)
    {
        RunRules.Require("read", settings);
        settings.Choice.Check();
        var files = InputFiles.Expand(paths, settings);
        var rules = RunRules.Load(settings.Rules);
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
        return Run(files, settings.Reading, rules, crew, choice, outputs);
    }

    private static int Run(InputFiles files, ReadingSettings settings, LoadedRules rules, FileCrew crew, AlertChoice choice, RunOutputs outputs)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, outputs.NoReaderLeft);
        using var report = RunSignal.Report(() => StandardError.WriteTable(Report(crew.Count())));
        // After a signal, stop waiting for a sink that accepts nothing, so that the reading threads blocked on it can finish.
        using var patience = new CancellationTokenSource();
        using var signalled = signals.Requested.Register(() => patience.CancelAfter(Patience));
        using var givingUp = patience.Token.Register(() => outputs.Complete(TimeSpan.FromSeconds(1)));
        if (settings.IsMerged)
        {
            crew.ReadMerged(files.Paths, stop.Token);
        }
        else
        {
            crew.Read(files.Paths, stop.Token);
        }

        outputs.Noise.Complete();

        // Wait for a slow consumer of the output (a person in a pager); a signal ends this wait too.
        using var impatience = signals.Requested.Register(() => outputs.Complete(TimeSpan.FromSeconds(1)));
        outputs.Complete(Timeout.InfiniteTimeSpan);
        var lost = outputs.Counters.Where(IsLossy).ToList();
        if (settings.IsQuiet)
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
            : files.Failed + crew.Failed == 0 && lost.Count == 0 && !signals.Requested.IsCancellationRequested
            ? ExitStatus.Done
            : ExitStatus.Failed;

        string Report(RunCounters counted) => Summary.Of(counted, Stopwatch.GetElapsedTime(start))
            + Summary.Of(counted, rules, outputs.Noise, outputs.Counters)
            + (files.Paths.Count > 1 && !settings.IsMerged && rules.Correlations.Count > 0 ? "  ! correlations count within each file: --merge counts across files\n" : "")
            + ChoiceSummary.Of(choice, outputs.Gate, crew.ByTime) + LogSummary.Of(outputs);
    }

    // A consumer that has seen enough (head -1) loses nothing that it wanted.
    private static bool IsLossy(SinkCounters counters) =>
        (counters.Dropped > 0 && !counters.Failed.ContainsKey(SendFailure.ReaderGone))
        || counters.Failed.Keys.Any(reason => reason != SendFailure.ReaderGone);
}
