using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Transports;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Reading;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns read</c>: capture files in, alerts out.</summary>
internal static class ReadCommand
{
    // More than a reader takes to come to the end of a batch.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var inputs = new InputArguments();
        var rules = new RuleOptions();
        var detection = new DetectionOptions(anomaliesPerSecond: int.MaxValue);
        var decoding = new DecodingOptions();
        var output = new OutputOptions();
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print no summary." };
        var jobs = JobsOption.Create();
        var command = new Command("read", "Match the DNS messages of capture files against Sigma rules.");
        inputs.AddTo(command);
        rules.AddTo(command);
        detection.AddTo(command);
        decoding.AddTo(command);
        output.AddTo(command);
        command.Add(quiet);
        command.Add(jobs);
        detection.AddBoundsTo(command);
        decoding.AddBoundsTo(command);
        command.SetAction(arguments =>
        {
            var files = inputs.Expand(arguments);
            var loaded = rules.Load(arguments);
            using var delivery = output.Open(arguments, QueueMode.Block);
            using var newFiles = RunSignal.NewFiles(delivery.RotateFiles);
            var isMerged = inputs.IsMerged(arguments);
            using var crew = new FileCrew(
                loaded, decoding.ToDecoderOptions(arguments), detection.ToDetectorOptions(arguments), delivery.Enqueue,
                isMerged ? 1 : arguments.GetValue(jobs), isMerged ? 1 : files.Paths.Count);
            return Run(files, isMerged, loaded, crew, delivery, arguments.GetValue(quiet));
        });
        return command;
    }

    private static int Run(InputFiles files, bool isMerged, LoadedRules rules, FileCrew crew, AlertDelivery delivery, bool isQuiet)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, delivery.NoReaderLeft);
        using var report = RunSignal.Report(
            () => StandardError.WriteTable(Report(crew.Count(), rules, delivery, Stopwatch.GetElapsedTime(start))));
        // A signal ends the wait for a sink that takes nothing, so that readers which wait for it come to their end.
        using var patience = new CancellationTokenSource();
        using var signalled = signals.Requested.Register(() => patience.CancelAfter(Patience));
        using var givingUp = patience.Token.Register(() => delivery.Complete(TimeSpan.FromSeconds(1)));
        if (isMerged)
        {
            crew.ReadMerged(files.Paths, stop.Token);
        }
        else
        {
            crew.Read(files.Paths, stop.Token);
        }

        // A reader that is slow (a person in a pager) is waited for; a signal ends that too.
        using var impatience = signals.Requested.Register(() => delivery.Complete(TimeSpan.FromSeconds(1)));
        delivery.Complete(Timeout.InfiniteTimeSpan);
        var lost = delivery.Counters.Where(IsLossy).ToList();
        if (isQuiet)
        {
            lost.ForEach(counters => StandardError.Write(string.Create(CultureInfo.InvariantCulture,
                $"wiredns: {counters.Lost:N0} alerts were not delivered to {counters.Name}: {counters.DescribeLosses()}")));
        }
        else
        {
            StandardError.WriteTable(Report(crew.CountAtEnd(), rules, delivery, Stopwatch.GetElapsedTime(start)));
        }

        if (signals.Requested.IsCancellationRequested)
        {
            StandardError.Write("wiredns: interrupted: the rest of the input was not read");
        }

        return files.Failed + crew.Failed == 0 && lost.Count == 0 && !signals.Requested.IsCancellationRequested
            ? ExitStatus.Done
            : ExitStatus.Failed;
    }

    private static string Report(RunCounters counted, LoadedRules rules, AlertDelivery delivery, TimeSpan duration) =>
        Summary.Of(counted, duration) + Summary.Of(counted, rules, delivery);

    // A reader that has seen enough (head -1) loses nothing that it wanted.
    private static bool IsLossy(SinkCounters counters) =>
        (counters.Dropped > 0 && !counters.Failed.ContainsKey(SendFailure.ReaderGone))
        || counters.Failed.Keys.Any(reason => reason != SendFailure.ReaderGone);
}
