using System.CommandLine;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Noise;
using WireDns.Capture.Live;
using WireDns.Configuration;
using WireDns.Control;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Journal;
using WireDns.Metrics;
using WireDns.Recording;
using WireDns.Screen;
using WireDns.Sensor;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire.Net;

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
        ("Output", [.. OutputSettings.All, OutputSettings.Screen, .. PrivacySettings.All]),
        ("Metrics and health", MetricsSettings.All),
        ("Canaries", CanarySettings.All),
        ("The sensor's own log", LogSettings.All),
        ("Commands and restarts", OperationSettings.All),
        ("Bounds and rare needs", [.. DetectionSettings.Bounds, .. DecodingSettings.Rest]),
    ];

    /// <summary>All settings of the command.</summary>
    public static IReadOnlyList<Setting> Settings { get; } = [.. Topics.SelectMany(topic => topic.Settings)];

    public static Command Create()
    {
        var command = new Command("live", "Match the DNS messages on network interfaces against Sigma rules.");
        var sources = new SettingSources(command, Settings);
        command.SetAction(arguments => Run(() =>
        {
            var settings = sources.Read(arguments).Settings;
            Require(settings);
            return settings;
        }));
        return command;
    }

    /// <summary>Rejects settings with which nothing would be captured or nothing done.</summary>
    /// <exception cref="CommandFailure">There is no interface, or neither a rule nor a log of lookups; or signals without rules.</exception>
    public static void Require(SensorSettings settings)
    {
        if (settings.Capture.Names.Count == 0)
        {
            throw new CommandFailure(ExitStatus.Usage, "live needs --interface NAME.");
        }

        if (settings.Output.HasScreen && settings.Output.TargetsGiven.Concat(settings.Output.LineTargets).Any(OutputSettings.IsStandardOutput))
        {
            throw new CommandFailure(
                ExitStatus.Usage, "--ui: a target that is stdout would write into the picture; the picture shows alerts without it, and a file keeps them (-o file:alerts.txt)");
        }

        RunRules.Require("live", settings);
        SignalSinks.Require(settings);
    }

    private static int Run(Func<SensorSettings> read)
    {
        var given = read();
        if (given.Output.HasScreen)
        {
            ScreenLook.Require();
        }

        StandardError.Use(given.Log.Form(given.Output.IsVerbose));
        var log = SensorLog.ToStandardError();
        var settings = given.WithPrivacy();
        var rules = LoadFirst(settings);
        var decoder = settings.Decoding.Load();
        var interfaces = Open(settings.Capture.Interfaces(decoder), settings.Capture.Workers);
        try
        {
            using var outputs = RunOutputs.Open(settings, QueueMode.Drop, NoiseOptions.UsualWindows);
            using var newFiles = RunSignal.NewFiles(outputs.RotateFiles);
            var sample = settings.Output.HasScreen ? new LookupSample() : null;
            using var state = Prepare(rules, settings, decoder, interfaces, outputs, sample, log, out var prepared);
            using var run = prepared;
            var operators = new OperatorLog(TimeProvider.System, line => StandardError.Write(LogLevel.Information, "operator", [], LineForm.Sender + line), run.Raise);
            var reload = new SensorReload(run, outputs, settings, Settings, read, NoiseOptions.UsualWindows, operators);
            using var manager = ServiceManager.Connect(Environment.GetEnvironmentVariable(ServiceManager.Variable));
            reload.Began += manager.Reloading;
            reload.Ended += manager.Ready;
            using var hangUp = RunSignal.HangUp(reload.Request);
            if (RunSignal.IsHangUpIgnored())
            {
                StandardError.Write(LineForm.Sender + "SIGHUP is ignored, as under nohup, so it reloads nothing; wiredns ctl reload does", LogLevel.Warning);
            }

            using var metrics = MetricsServer.Start(
                settings.Metrics, () => run.Snapshot, () => run.Rules, () => reload.Counters, TimeProvider.System, log, outputs.LookAtCanary);
            var requests = new ControlCounters();
            using var control = ControlServer.Start(settings.Operation.ControlSocket, new SensorCommands(run, outputs, reload, operators, requests).All, outputs.Tails, requests);
            using var screen = sample is null || OperatingSystem.IsWindows() ? null : new SensorScreen(run, outputs, sample, ScreenLook.OfEnvironment(settings.Output.Colouring));
            return run.Run(DrainTime, manager);
        }
        finally
        {
            interfaces.ForEach(opened => opened.Dispose());
        }
    }

    // The frame of Run lasts as long as the sensor, and the runtime may keep all that a frame ever had. So the first rules are in a box that is emptied: they go at the first reload.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrongBox<LoadedRules?> LoadFirst(SensorSettings settings)
    {
        var rules = RunRules.Load(settings.Rules);
        SignalSinks.Announce(settings, rules);
        return new StrongBox<LoadedRules?>(rules);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static SensorState? Prepare(
        StrongBox<LoadedRules?> first, SensorSettings settings, PacketDecoderOptions decoder, IReadOnlyList<WatchedInterface> interfaces, RunOutputs outputs, LookupSample? sample,
        SensorLog log, out LiveRun run)
    {
        var rules = first.Value!;
        first.Value = null;
        var detection = outputs.With(settings.Detection) with
        {
            TellsCorrelationEnds = settings.Noise.TellsCorrelationEnds ?? true,
            AnomaliesPerSecond = Math.Min(settings.Detection.AnomaliesPerSecond, AnomaliesPerSecond),
            CorrelationQueueLength = CorrelationQueueLength,
        };
        var keeper = outputs.Evidence?.KeepForAll();
        var worker = new Worker(rules, outputs.Take, decoder, detection, [.. outputs.Observers(outputs.Take, keeper), .. sample is null ? Array.Empty<LookupSample>() : [sample]]);
        keeper?.Attach(worker);
        var source = new PacketSource(null, [.. interfaces.Select(watched => watched.Name)]);
        var pipeline = new SensorPipeline(worker, keeper, source, FaultLog.Open(settings.Capture.FaultFolder, log));
        var state = SensorState.Open(settings.Operation.StateFile, outputs.Noise, pipeline, rules, outputs.Take);
        run = new LiveRun(interfaces, pipeline, rules, outputs, state, settings, log);
        return state;
    }

    private static List<WatchedInterface> Open(IEnumerable<LiveCaptureOptions> options, int workers)
    {
        var interfaces = new List<WatchedInterface>();
        foreach (var option in options)
        {
            try
            {
                interfaces.Add(new WatchedInterface(option, workers, TimeProvider.System));
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
