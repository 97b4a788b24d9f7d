using System.CommandLine;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Noise;
using WireDns.Capture.Live;
using WireDns.Configuration;
using WireDns.Detection;
using WireDns.Recording;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Commands;

/// <summary><c>wiredns live</c>: captures packets from interfaces and raises alerts until a signal ends it.</summary>
internal static class LiveCommand
{
    // Alerts that a sink has not accepted by then count as not delivered, so that the run ends within a second.
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(700);

    // A sensor's buffers are for alerts; a sender of broken packets must not crowd them out.
    private const int AnomaliesPerSecond = 100;

    // A quarter of a second's worth of a flood of 60,000 hits per second; 8 MiB.
    private const int CorrelationQueueLength = 16_384;

    /// <summary>The settings, by topic, in the order in which help and the example of a configuration show them.</summary>
    public static IReadOnlyList<(string Title, IReadOnlyList<Setting> Settings)> Topics { get; } =
    [
        ("Interfaces", CaptureSettings.All),
        ("Rules", RuleSettings.All),
        ("The network", [.. DetectionSettings.Network, DecodingSettings.Ports]),
        ("Noise", NoiseSettings.All),
        ("Output", OutputSettings.All),
        ("Bounds and rare needs", [.. DetectionSettings.Bounds, .. DecodingSettings.Rest]),
    ];

    /// <summary>All settings of the command.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. Topics.SelectMany(topic => topic.Settings)];

    public static Command Create()
    {
        var command = new Command("live", "Match the DNS messages on network interfaces against Sigma rules.");
        var sources = new SettingSources(command, Settings);
        command.SetAction(arguments => Run(sources.Read(arguments).Settings));
        return command;
    }

    /// <summary>Rejects settings with which nothing would be captured or nothing done.</summary>
    /// <exception cref="CommandFailure">There is no interface, or neither a rule nor a log of lookups.</exception>
    public static void Require(SensorSettings settings)
    {
        if (settings.Capture.Names.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, "live needs --interface NAME.");
        }

        RunRules.Require("live", settings);
    }

    private static int Run(SensorSettings settings)
    {
        Require(settings);
        var rules = RunRules.Load(settings.Rules);
        var decoder = settings.Decoding.Load();
        var interfaces = Open(settings.Capture.Interfaces(decoder));
        try
        {
            using var outputs = RunOutputs.Open(settings, QueueMode.Drop, NoiseOptions.UsualWindows);
            using var newFiles = RunSignal.NewFiles(outputs.RotateFiles);
            var detection = settings.Detection with
            {
                TellsCorrelationEnds = settings.Noise.TellsCorrelationEnds ?? true,
                AnomaliesPerSecond = Math.Min(settings.Detection.AnomaliesPerSecond, AnomaliesPerSecond),
                CorrelationQueueLength = CorrelationQueueLength,
            };
            var keeper = outputs.Evidence?.KeepForAll();
            var worker = new Worker(rules, outputs.Take, decoder, detection, outputs.Observers(outputs.Take, keeper));
            keeper?.Attach(worker);
            return new LiveRun(interfaces, worker, keeper, rules, outputs, settings).Run(DrainTime);
        }
        finally
        {
            interfaces.ForEach(opened => opened.Dispose());
        }
    }

    private static List<WatchedInterface> Open(IEnumerable<LiveCaptureOptions> options)
    {
        var interfaces = new List<WatchedInterface>();
        foreach (var option in options)
        {
            try
            {
                interfaces.Add(new WatchedInterface(option, TimeProvider.System));
            }
            catch (LiveCaptureException exception)
            {
                interfaces.ForEach(opened => opened.Dispose());
                throw new CommandFailure(LiveFailures.StatusOf(exception), exception.Message);
            }
        }

        return interfaces;
    }
}
