using System.Diagnostics;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Noise;
using WireDns.Alerts.Privacy;
using WireDns.Canary;
using WireDns.Choosing;
using WireDns.Detection;
using WireDns.Detection.Evidence;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>Everything that a run writes to: the targets of alerts, the log of lookups, and the packets of alerts. Thread-safe.</summary>
internal sealed class RunOutputs : IDisposable
{
    private readonly CancellationTokenSource _noReaderLeft = new();

    private RunOutputs(AlertDelivery alerts, NoiseFilter noise, AlertGate gate, bool hasAlerts, DnsLog? log, EvidenceOutput? evidence, ClientPrivacy? privacy, CanaryWatch? canary)
    {
        Canary = canary;
        Alerts = alerts;
        Privacy = privacy;
        Noise = noise;
        Gate = gate;
        Log = log;
        Evidence = evidence;
        NoReaderLeft = _noReaderLeft.Token;

        // The run goes on as long as somebody reads one of the two.
        var waiting = (hasAlerts ? 1 : 0) + (log is null ? 0 : 1);
        alerts.NoReaderLeft.Register(End);
        log?.Delivery.NoReaderLeft.Register(End);

        void End()
        {
            if (Interlocked.Decrement(ref waiting) == 0)
            {
                _noReaderLeft.Cancel();
            }
        }
    }

    /// <summary>The targets of alerts, and of the sensor's events.</summary>
    public AlertDelivery Alerts { get; }

    /// <summary>What holds alerts back before the targets.</summary>
    public NoiseFilter Noise { get; }

    /// <summary>What lets alerts through to the targets after that.</summary>
    public AlertGate Gate { get; }

    /// <summary>Who watches the alerts and events that go to the targets.</summary>
    public required TailSubscriptions Tails { get; init; }

    /// <summary>The log of lookups; null if none is wanted.</summary>
    public DnsLog? Log { get; }

    /// <summary>Where signals go; null if correlations run here.</summary>
    public AlertDelivery? Signals { get; private init; }

    /// <summary>What follows canaries to the targets; null without a zone for them.</summary>
    public CanaryWatch? Canary { get; }

    /// <summary>The packets of alerts; null if they are not kept.</summary>
    public EvidenceOutput? Evidence { get; }

    /// <summary>What hides the addresses of clients in all that is written; null if nothing does.</summary>
    public ClientPrivacy? Privacy { get; }

    /// <summary>Cancelled when nobody is left to read any of the outputs (<see cref="AlertDelivery.NoReaderLeft"/>).</summary>
    public CancellationToken NoReaderLeft { get; }

    /// <summary>What happened to the alerts and lookups so far, for each sink.</summary>
    public IReadOnlyList<SinkCounters> Counters => [.. Alerts.Counters, .. Others];

    /// <summary>The same without those of alerts.</summary>
    public IReadOnlyList<SinkCounters> Others => [.. Log?.Delivery.Counters ?? [], .. Evidence?.Delivery.Counters ?? [], .. Signals?.Counters ?? []];

    /// <summary>Opens all outputs.</summary>
    /// <param name="settings">The targets.</param>
    /// <param name="mode">What happens when a buffer is full.</param>
    /// <param name="usualWindows">The windows of suppression unless the settings have others; null for no suppression.</param>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public static RunOutputs Open(SensorSettings settings, QueueMode mode, IReadOnlyDictionary<AlertLevel, TimeSpan>? usualWindows)
    {
        var output = Resolve(settings);
        var privacy = settings.Detection.Privacy;
        var alerts = output.Open(mode);
        var gate = new AlertGate(settings.Choice);
        var canary = settings.Rules.CanaryZone is { } zone ? new CanaryWatch(zone, TimeProvider.System) : null;
        var tails = new TailSubscriptions();
        EvidenceOutput? evidence = null;
        try
        {
            evidence = EvidenceOutput.Open(output, mode, privacy);
            bool Pass(Alert alert)
            {
                // Live capture has one keeper for all; files have one for each thread, which notes an alert when it is raised.
                evidence?.NotePassed(alert);
                if (!gate.Passes(alert))
                {
                    return true;
                }

                var shown = privacy?.Hide(alert) ?? alert;
                tails.Offer(shown);
                if (!alert.IsCanary || canary is null)
                {
                    return alerts.Enqueue(shown);
                }

                var before = alerts.Counters;
                var isQueued = alerts.Enqueue(shown);
                canary.Note(alert, before, alerts.Counters);
                return isQueued;
            }

            return new RunOutputs(
                alerts, settings.Noise.Open(Pass, usualWindows), gate, output.AlertTargets.Count > 0 || output.File is not null, DnsLog.Open(output, mode, privacy), evidence, privacy, canary)
            {
                Tails = tails,
                Signals = output.Signals is { } target ? new AlertDelivery([SignalSinks.Plan(target, output, mode).Open()], OutputSettings.Say) : null,
            };
        }
        catch (CommandFailure)
        {
            alerts.Dispose();
            evidence?.Dispose();
            throw;
        }
    }

    /// <summary>The targets of alerts as a running sensor can take them in place of others; none of them is opened.</summary>
    /// <exception cref="CommandFailure">A target is unknown, or has a setting that it does not support.</exception>
    public static IReadOnlyList<SinkOpening> Plan(SensorSettings settings) => Resolve(settings).Plan(QueueMode.Drop);

    private static OutputSettings Resolve(SensorSettings settings)
    {
        var output = settings.Output;
        if (!output.LogTargets.Any(OutputSettings.IsStandardOutput) || !output.AlertTargets.Any(OutputSettings.IsStandardOutput))
        {
            return output;
        }

        // Without rules nobody expects alerts there.
        return !settings.Rules.AreGiven && settings.Detection.AnomaliesPerSecond == 0
            ? output with { Targets = [.. output.Targets.Where(target => !OutputSettings.IsStandardOutput(target))], HasNoUsualTarget = true }
            : throw new CommandFailure(ExitStatus.Usage, $"{LogSinks.Flag} stdout: alerts go there too; send them elsewhere with -o, as in -o file:alerts.txt");
    }

    /// <summary>What a worker shows its messages to.</summary>
    /// <param name="take">Takes the lookups that are logged, and hands them to <see cref="Take"/>.</param>
    /// <param name="keeper">What collects the packets of alerts; null for nothing.</param>
    public IReadOnlyList<IMessageConsumer> Observers(Func<Notification, bool> take, EvidenceKeeper? keeper)
    {
        IMessageConsumer?[] all = [Log?.Observe(take), keeper];
        return [.. all.OfType<IMessageConsumer>()];
    }

    /// <summary>The detection of a run with these outputs: matches for correlations go to <see cref="Signals"/>, if that is asked for.</summary>
    public DetectorOptions With(DetectorOptions detection) => Signals is { } signals ? detection with { TakeSignal = signals.Enqueue } : detection;

    /// <summary>Takes an alert, an event or a lookup.</summary>
    /// <returns>False if a sink dropped it.</returns>
    public bool Take(Notification notification)
    {
        switch (notification)
        {
            case DnsLookup lookup:
                return Log!.Take(lookup);
            case Alert alert:
                return Noise.Take(alert);
            default:
                Tails.Offer(notification);
                return Alerts.Enqueue(notification);
        }
    }

    /// <summary>What is known of a canary now, as JSON (<see cref="CanaryWatch.ToJson"/>); null without a zone for canaries.</summary>
    public byte[]? LookAtCanary(string name)
    {
        Canary?.Look(Alerts.Counters);
        return Canary?.ToJson(name);
    }

    /// <summary>Puts every file aside before its next message, or opens it again if another program has moved it.</summary>
    public void RotateFiles()
    {
        Alerts.RotateFiles();
        Log?.Delivery.RotateFiles();
    }

    /// <summary>Delivers what waits (<see cref="AlertDelivery.Complete"/>), alerts first.</summary>
    /// <returns>Whether everything since the start reached every sink.</returns>
    public bool Complete(TimeSpan deadline)
    {
        var start = Stopwatch.GetTimestamp();
        var areDelivered = Alerts.Complete(deadline);
        areDelivered &= Log?.Complete(Left()) ?? true;
        areDelivered &= Signals?.Complete(Left()) ?? true;
        return (Evidence?.Delivery.Complete(Left()) ?? true) && areDelivered;

        TimeSpan Left()
        {
            var left = deadline == Timeout.InfiniteTimeSpan ? deadline : deadline - Stopwatch.GetElapsedTime(start);
            return left > TimeSpan.Zero || deadline == Timeout.InfiniteTimeSpan ? left : TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Alerts.Dispose();
        Log?.Dispose();
        Signals?.Dispose();
        Evidence?.Dispose();
        _noReaderLeft.Dispose();
    }
}
