using System.Globalization;
using System.Net;
using WireDns.Canary;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Sensor;

/// <summary>
/// Sends a canary from time to time, and derives from how far it comes whether the sensor sees, matches and delivers. Not thread-safe.
/// </summary>
internal sealed class CanaryStates
{
    // Longer than a busy machine takes, and shorter than the least interval.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    // A receiver that restarts is no fault of the sensor.
    private static readonly TimeSpan DeliveryPatience = TimeSpan.FromSeconds(60);

    private readonly CanaryWatch _watch;
    private readonly TimeSpan _interval;
    private readonly TimeProvider _time;
    private readonly Func<string, Task<(bool IsAnswered, string Words)>> _ask;
    private (string Name, DateTimeOffset Sent, Task<(bool, string Words)> Asking)? _asked;
    private CanaryStage _stage;
    private CanaryProgress? _last;

    /// <summary>Prepares to send.</summary>
    /// <param name="watch">What sees canaries.</param>
    /// <param name="interval">How often to send one.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ask">Sends the lookup of a name.</param>
    public CanaryStates(CanaryWatch watch, TimeSpan interval, TimeProvider time, Func<string, Task<(bool IsAnswered, string Words)>> ask)
    {
        _watch = watch;
        _interval = interval;
        _time = time;
        _ask = ask;
        Current = InterfaceState.Fine(time.GetUtcNow());
    }

    /// <summary>The current state. Assumed to be ok at first.</summary>
    public InterfaceState Current { get; private set; }

    /// <summary>Canaries that were sent.</summary>
    public long Sent { get; private set; }

    /// <summary>Who is asked; null for the resolvers of the system.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>What is sent, and what it says of the sensor.</summary>
    public CanarySending Sending => new(Current, Sent, _interval, Resolver);

    /// <summary>How far the last one has come, as of the last <see cref="Take"/>; null before the first one. May be read from any thread.</summary>
    public CanaryProgress? Last => Volatile.Read(ref _last);

    /// <summary>The canaries that a sensor sends; null if it sends none.</summary>
    /// <exception cref="CommandFailure">There is no zone to ask for.</exception>
    public static CanaryStates? Open(CanarySettings settings, CanaryWatch? watch)
    {
        if (settings.Interval is not { } interval)
        {
            return settings.Resolver is null ? null : throw new CommandFailure(ExitStatus.Usage, "--canary-resolver needs --canary-interval SECONDS");
        }

        return watch is null
            ? throw new CommandFailure(ExitStatus.Usage, "--canary-interval needs --canary-zone DOMAIN")
            : new CanaryStates(watch, interval, TimeProvider.System, new CanaryLookup(settings.Resolver, Patience).Ask) { Resolver = settings.Resolver };
    }

    /// <summary>Judges the last canary, and sends the next one when it is time. Call it about once a second, after <see cref="CanaryWatch.Look"/>.</summary>
    /// <returns>The previous state if the state changed; null otherwise.</returns>
    public InterfaceState? Take()
    {
        var now = _time.GetUtcNow();
        var previous = Current;
        Follow(now);
        if (_asked is null || now - _asked.Value.Sent >= _interval)
        {
            var name = CanaryLookup.NewName(_watch.Zone);
            _asked = (name, now, Task.Run(() => _ask(name)));
            _stage = CanaryStage.Waiting;
            Sent++;
            Follow(now);
        }

        return Current.Sight == previous.Sight && Current.Cause == previous.Cause ? null : previous;
    }

    private void Follow(DateTimeOffset now)
    {
        if (_asked is not var (name, sent, asking))
        {
            return;
        }

        var answer = asking.IsCompletedSuccessfully ? asking.Result.Words : null;
        var sighting = _watch.Find(name);
        if (_stage == CanaryStage.Waiting)
        {
            Judge(sighting, sent, answer, now);
        }

        Volatile.Write(ref _last, new CanaryProgress(name, _stage, sent, answer, sighting));
    }

    private void Judge(CanarySighting? sighting, DateTimeOffset sent, string? answer, DateTimeOffset now)
    {
        var age = now - sent;
        _stage = CanaryProgress.StageOf(sighting, age >= Patience, age >= (DeliveryPatience < _interval ? DeliveryPatience : _interval - TimeSpan.FromSeconds(1)));
        switch (_stage)
        {
            case CanaryStage.Delivered:
                Become(Sight.Ok, "", "", now);
                break;
            case CanaryStage.NotSeen:
                Become(Sight.Blind, "canary_not_seen", string.Create(CultureInfo.InvariantCulture, $"the canary of {sent:HH:mm:ss}Z was not seen; {answer ?? "no resolver has answered yet"}"), now);
                break;
            case CanaryStage.NotDelivered:
                var sinks = string.Join(", ", sighting!.Undelivered().Select(sink => sink.Sink));
                Become(Sight.Degraded, "canary_not_delivered", string.Create(CultureInfo.InvariantCulture, $"the canary of {sent:HH:mm:ss}Z was seen, but did not get to {sinks}"), now);
                break;
        }
    }

    private void Become(Sight sight, string cause, string reason, DateTimeOffset now) => Current = Current.Next(sight, cause, reason, now);
}
