using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Health;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// Captures from interfaces, a thread each, through one worker: the two directions of a link that arrive on two interfaces are one
/// lookup. Once a second it looks at the interfaces, says how their states changed, and lets time pass for lookups that wait. Ends at a
/// signal.
/// </summary>
internal sealed class LiveRun
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    // Counting lookups takes milliseconds, for which the captures wait.
    private const int TicksPerMirrorCheck = 10;

    private readonly IReadOnlyList<Tap> _taps;
    private readonly LoadedRules _rules;
    private readonly AlertDelivery _delivery;
    private readonly bool _isVerbose;
    private readonly Worker _worker;
    private readonly StateLog _log = new(TimeProvider.System, line => StandardError.Write($"wiredns: {line}"));
    private readonly FaultLog _faults;
    private readonly Lock _turn = new();
    private InterfaceState _mirror = new(Sight.Ok, "", TimeProvider.System.GetUtcNow());
    private string? _mirrorFinding;
    private int _ticks;
    private long _now;

    public LiveRun(
        IReadOnlyList<WatchedInterface> interfaces, Worker worker, LoadedRules rules, AlertDelivery delivery, SensorSettings settings)
    {
        _faults = FaultLog.Open(settings.Capture.FaultFolder);
        _taps = [.. interfaces.Select(watched => new Tap(watched, new InterfaceStates(settings.Capture.BlindAfter, TimeProvider.System)))];
        _rules = rules;
        _delivery = delivery;
        _isVerbose = settings.Output.IsVerbose;
        _worker = worker;
    }

    /// <summary>Runs until a signal, and returns the exit status.</summary>
    public int Run(TimeSpan drainTime)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var report = RunSignal.Report(() => Report(Stopwatch.GetElapsedTime(start)));
        using var hangUp = RunSignal.IgnoreHangUp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, _delivery.NoReaderLeft);
        Announce();
        var threads = _taps.Select(tap => new Thread(() => Capture(tap, stop.Token)) { Name = tap.Interface.Name }).ToList();
        threads.ForEach(thread => thread.Start());
        while (!stop.Token.WaitHandle.WaitOne(TickInterval))
        {
            Tick();
        }

        threads.ForEach(thread => thread.Join());
        _worker.FinishSource(PacketSource.OfInterface(_taps[^1].Interface.Name));
        var areDelivered = _delivery.Complete(drainTime);
        Report(Stopwatch.GetElapsedTime(start));
        return _taps.All(tap => tap.Interface.Loss is null) && areDelivered ? ExitStatus.Done : ExitStatus.Failed;
    }

    private void Capture(Tap tap, CancellationToken stop)
    {
        var source = PacketSource.OfInterface(tap.Interface.Name);
        try
        {
            Capture(tap, source, stop);
        }
        catch (OutOfMemoryException)
        {
            // There may be too little of it to drain anything.
            StandardError.Write(ExitStatus.OutOfMemoryMessage);
            Environment.Exit(ExitStatus.OutOfMemory);
        }
    }

    private void Capture(Tap tap, PacketSource source, CancellationToken stop) =>
        tap.Interface.Run((in Packet packet) =>
        {
            lock (_turn)
            {
                var before = _worker.DnsPackets;
                try
                {
                    _worker.Process(packet, source);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // The one place where a fault of the program is met: it costs this packet, and not the sensor.
                    _worker.Abandon(source);
                    _faults.Note(packet, tap.Interface.Name, exception);
                }

                tap.DnsPackets += _worker.DnsPackets - before;
            }
        }, stop);

    private void Tick()
    {
        foreach (var tap in _taps)
        {
            var isUp = tap.Interface.CheckIsUp();
            var statistics = tap.Interface.Statistics;
            var view = new InterfaceView(
                tap.Interface.Loss, isUp, tap.Interface.Packets, Volatile.Read(ref tap.DnsPackets), statistics.DroppedByKernel + statistics.DroppedByInterface);
            if (tap.States.Take(view) is { } previous)
            {
                _log.Change(tap.Interface.Name, previous, tap.States.Current);
            }
        }

        if (_ticks++ % TicksPerMirrorCheck == 0)
        {
            CheckMirror();
        }

        // Never later than a packet that may still be unread, on any interface.
        var readUpTo = _taps.Select(tap => tap.Interface.ReadUpTo).Where(time => time is not null).DefaultIfEmpty().Min();
        if (readUpTo > _now)
        {
            _now = readUpTo.Value;
            lock (_turn)
            {
                _worker.Tick(PacketTime.FromNanoseconds(_now));
            }
        }
    }

    // What is wrong with the link as a whole shows in what is decoded, not on one interface.
    private void CheckMirror()
    {
        HealthFinding? worst;
        lock (_turn)
        {
            worst = MirrorHealth.Of(_worker.Snapshot()).Findings is [var first, ..] ? first : null;
        }

        if (worst?.Name != _mirrorFinding)
        {
            var previous = _mirror;
            _mirrorFinding = worst?.Name;
            _mirror = new InterfaceState(worst is null ? Sight.Ok : Sight.Degraded, worst?.Advice ?? "", TimeProvider.System.GetUtcNow());
            _log.Change("the mirror", previous, _mirror);
        }
    }

    private void Announce()
    {
        foreach (var tap in _taps)
        {
            if (tap.Interface.Capture is not { } capture)
            {
                continue;
            }

            StandardError.Write($"wiredns: capturing on {capture.Name} ({capture.LinkType}), {FilterOf(capture)}");
            if (capture is { KernelFilterLength: 0 } and ({ Filter: not null } or { DefaultFilter.Length: > 0 }))
            {
                StandardError.Write($"wiredns: the kernel does not take the filter on {capture.Name}; every packet is filtered in this process");
            }

            foreach (var line in _isVerbose && capture.DefaultFilter is { } filter ? filter.Describe() : [])
            {
                StandardError.Write($"wiredns: {line}");
            }
        }

        StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {_rules.Compiled.Count:N0} rules run"));
    }

    private static string FilterOf(LiveCapture capture) => capture switch
    {
        { Filter: { } filter } => $"kernel filter: {filter}",
        { DefaultFilter: { Length: > 0 } filter } => $"kernel filter: built in, without {string.Join(" and ", filter.Misses)} (-v describes it)",
        { DefaultFilter: not null } => "without a kernel filter: there is no built-in one for this link type",
        _ => "without a kernel filter",
    };

    private void Report(TimeSpan duration)
    {
        var text = new StringBuilder();
        foreach (var tap in _taps)
        {
            var statistics = tap.Interface.Statistics;
            Summary.Line(text, tap.Interface.Name, statistics.Delivered, string.Create(
                CultureInfo.InvariantCulture,
                $"captured; dropped by kernel {statistics.DroppedByKernel:N0}, by interface {statistics.DroppedByInterface:N0}, left unread {statistics.LeftUnread:N0}"));
            if (tap.States.Current is { Sight: not Sight.Ok } state)
            {
                text.Append(string.Create(
                    CultureInfo.InvariantCulture, $"  ! {state.Sight.ToString().ToLowerInvariant()} since {state.Since:yyyy-MM-ddTHH:mm:ssZ}: {state.Reason}\n"));
            }
        }

        RunCounters counters;
        lock (_turn)
        {
            counters = _worker.Snapshot();
        }

        text.Append(Summary.Of(counters, duration)).Append(Summary.Of(counters, _rules, _delivery));

        StandardError.WriteTable(text.ToString());
    }

    /// <summary>An interface, its state, and what was found on it.</summary>
    private sealed class Tap(WatchedInterface watched, InterfaceStates states)
    {
        public long DnsPackets;

        public WatchedInterface Interface => watched;

        public InterfaceStates States => states;
    }
}
