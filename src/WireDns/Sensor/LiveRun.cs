using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Capture.Live;
using WireDns.Detection.Counters;
using WireDns.Detection.Rules;
using WireDns.Journal;
using WireDns.Output;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// Captures from interfaces, with one thread or several per interface and one pipeline for all, so that the two directions of a link that arrive on two interfaces
/// form one lookup. Once a second it checks the interfaces, reports state changes, and advances the time for lookups that wait. A signal ends it.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    // Often enough for a state that covers a minute.
    private const int TicksPerMirrorCheck = 10;

    // In nanoseconds. Times go back a little from one interface to another; further than this, and the clock was set back.
    private const long MaximumDisorder = 60_000_000_000;

    private readonly IReadOnlyList<Tap> _taps;
    private readonly RunOutputs _outputs;
    private readonly SensorState? _state;
    private readonly string? _ledgerFile;
    private readonly SensorPipeline _pipeline;
    private readonly SensorLog _log;
    private readonly StateLog _states;
    private readonly MirrorStates _mirror = new(TimeProvider.System);
    private readonly CorrelationStates _correlation = new(TimeProvider.System);
    private readonly CanaryStates? _canary;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly long _backlogAtStart = KernelBacklog.CountDropped() ?? 0;
    private readonly CancellationTokenSource _asked = new();
    private LoadedRules _rules;
    private SensorSnapshot? _snapshot;
    private long _events;
    private int _ticks;
    private long _now;
    private volatile bool _hasFailed;

    public LiveRun(
        IReadOnlyList<WatchedInterface> interfaces, SensorPipeline pipeline, LoadedRules rules, RunOutputs outputs, SensorState? state, SensorSettings settings,
        SensorLog log)
    {
        _taps = [.. interfaces.Select(watched => new Tap(watched, new InterfaceStates(settings.Capture.BlindAfter, TimeProvider.System)))];
        _log = log;
        _states = new StateLog(TimeProvider.System, log, Raise);
        _canary = CanaryStates.Open(settings.Canary, outputs.Canary);
        _pipeline = pipeline;
        _rules = rules;
        _outputs = outputs;
        _state = state;
        _ledgerFile = settings.Output.LedgerFile;
    }

    /// <summary>What was known at the last tick; null before the first one. May be read from any thread.</summary>
    public SensorSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>The rules that run. May be read from any thread.</summary>
    public LoadedRules Rules => Volatile.Read(ref _rules);

    /// <summary>Exchanges the rules between two packets. Any thread may call it, one at a time.</summary>
    /// <param name="rules">The new rules, loaded with the current ones as predecessor.</param>
    public void Swap(LoadedRules rules)
    {
        _pipeline.Swap(rules);
        Volatile.Write(ref _rules, rules);
    }

    /// <summary>Hands an event of the sensor to every target. Any thread may call it.</summary>
    public void Raise(SensorEvent sensorEvent)
    {
        Interlocked.Increment(ref _events);
        _outputs.Take(sensorEvent);
    }

    /// <summary>Ends the run as a signal does. Any thread may call it.</summary>
    /// <param name="isFailure">Whether something failed, which the exit status then says.</param>
    public void Stop(bool isFailure = false)
    {
        _hasFailed |= isFailure;
        try
        {
            _asked.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _asked.Dispose();

    /// <summary>Runs until a signal arrives, and returns the exit status.</summary>
    /// <param name="drainTime">How long sinks may take at the end.</param>
    /// <param name="manager">Who started the sensor.</param>
    public int Run(TimeSpan drainTime, ServiceManager manager)
    {
        using var signals = new StopSignals();
        using var report = RunSignal.Report(ReportNow);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, _asked.Token, _outputs.NoReaderLeft);
        Announce();
        Volatile.Write(ref _snapshot, Look(_pipeline.Snapshot()));
        var threads = _taps.Select(tap => new Thread(() => Capture(tap, stop.Token)) { Name = tap.Interface.Name }).ToList();
        threads.ForEach(thread => thread.Start());
        manager.Ready();
        while (!stop.Token.WaitHandle.WaitOne(TickInterval))
        {
            OrEndForWantOfMemory(Tick);
            manager.Tick(_snapshot!);
        }

        manager.Stopping();
        threads.ForEach(thread => thread.Join());
        End();
        _log.Look(isEnd: true);

        var areDelivered = _outputs.Complete(drainTime);
        var isLedgerWritten = Report(Look(_pipeline.Snapshot()));
        return !_hasFailed && isLedgerWritten && _taps.All(tap => tap.Interface.Loss is null) && areDelivered ? ExitStatus.Done : ExitStatus.Failed;
    }

    private void End()
    {
        if (_state is not null)
        {
            // The next run judges the lookups and correlations that go on, and sends the summaries of what is held back.
            _pipeline.Suspend();
            if (_state.Save())
            {
                return;
            }
        }

        _pipeline.Finish();
        _outputs.Noise.Complete();
    }

    private void Capture(Tap tap, CancellationToken stop) => OrEndForWantOfMemory(() => RunCapture(tap, stop));

    /// <summary>Does a thread's work. If memory, or files that may be open, are exhausted, that is said and the process ends.</summary>
    internal static void OrEndForWantOfMemory(Action work)
    {
        try
        {
            work();
        }
        catch (Exception) when (OpenFiles.AreExhausted())
        {
            OpenFiles.Report();
            Environment.Exit(ExitStatus.Failed);
        }
        catch (OutOfMemoryException)
        {
            // There may be too little memory left to drain anything.
            StandardError.Write(ExitStatus.OutOfMemoryMessage, LogLevel.Error);
            Environment.Exit(ExitStatus.OutOfMemory);
        }
    }

    private void RunCapture(Tap tap, CancellationToken stop)
    {
        var captured = tap.Interface;
        if (captured.Threads == 1)
        {
            var burst = new PacketBurst(_pipeline, captured.Name);
            captured.Run((in Packet packet) => tap.DnsPackets += burst.Process(in packet), burst.End, stop);
        }
        else
        {
            captured.Run(new PacketMerge(_pipeline, captured.Name, captured.Threads, count => Interlocked.Add(ref tap.DnsPackets, count), TimeProvider.System), stop);
        }
    }

    private void Tick()
    {
        foreach (var tap in _taps)
        {
            var isUp = tap.Interface.CheckIsUp();
            var statistics = tap.Interface.Statistics;
            var view = new InterfaceView(
                tap.Interface.Loss, isUp, tap.Interface.Packets, Volatile.Read(ref tap.DnsPackets), statistics.DroppedByKernel + statistics.DroppedByInterface,
                tap.Interface.Interruptions);
            if (tap.States.Take(view) is { } previous)
            {
                _states.ChangeInterface(tap.Interface.Name, previous, tap.States.Current);
            }
        }

        var counters = _pipeline.Snapshot();
        if (_ticks++ % TicksPerMirrorCheck == 0 && _mirror.Take(counters) is { } before)
        {
            _states.Change(StateLog.Mirror, before, _mirror.Current);
        }

        if (_correlation.Take(counters) is { } then)
        {
            _states.Change(StateLog.Correlation, then, _correlation.Current);
        }

        _outputs.Canary?.Look(_outputs.Alerts.Counters);
        if (_canary?.Take() is { } last)
        {
            _states.Change(StateLog.Canary, last, _canary.Current);
        }

        _states.Look();
        _log.Look();
        Volatile.Write(ref _snapshot, Look(counters));

        // Never later than any packet that may still be unread on some interface.
        var readUpTo = _taps.Select(tap => tap.Interface.ReadUpTo).Where(time => time is not null).DefaultIfEmpty().Min();
        if (readUpTo > _now || readUpTo < _now - MaximumDisorder)
        {
            _now = readUpTo.Value;
            _pipeline.Tick(PacketTime.FromNanoseconds(_now));
            _outputs.Noise.Tick(_now);
        }
    }

    private SensorSnapshot Look(RunCounters counters) => new(
        TimeProvider.System.GetUtcNow(), Stopwatch.GetElapsedTime(_start),
        [.. _taps.Select(tap => new InterfaceSnapshot(tap.Interface.Name, tap.States.Current, tap.Interface.Statistics, Volatile.Read(ref tap.DnsPackets))
        {
            LatePackets = tap.Interface.OutOfOrder,
            Octets = tap.Interface.Octets,
            Interruptions = tap.Interface.Interruptions,
        })],
        _mirror.Current, counters, _outputs.Counters, Interlocked.Read(ref _events))
    {
        Correlation = _correlation.Current,
        BacklogDropped = Math.Max(0, (KernelBacklog.CountDropped() ?? 0) - _backlogAtStart),
        Noise = _outputs.Noise.Counters,
        Canary = _outputs.Canary is { } watch ? new CanarySnapshot(watch.Zone, watch.Matched, _canary is null ? CanaryProgress.Of(watch.FindLast()) : _canary.Last, _canary?.Sending) : null,
    };

    private void Announce()
    {
        foreach (var tap in _taps)
        {
            if (tap.Interface.Capture is not { } capture)
            {
                continue;
            }

            var threads = tap.Interface.Threads > 1 ? $" with {tap.Interface.Threads} threads" : "";
            _log.CaptureStarted(capture.Name, capture.LinkType.ToString(), threads, FilterOf(capture));
            if (capture is { KernelFilterLength: 0 } and ({ Filter: not null } or { DefaultFilter.Length: > 0 }))
            {
                _log.FilterNotInKernel(capture.Name);
            }

            foreach (var line in capture.DefaultFilter?.Describe() ?? [])
            {
                StandardError.Write(LineForm.Sender + line, LogLevel.Debug);
            }
        }

        _log.RulesRun(_rules.Compiled.Count + _rules.Correlations.Count);
    }

    private static string FilterOf(LiveCapture capture) => capture switch
    {
        { Filter: { } filter } => $"kernel filter: {filter}",
        { DefaultFilter: { Length: > 0, Misses.Count: 0 } } => "kernel filter: built in, with all of UDP and TCP, as DNS is looked for on any port (-v describes it)",
        { DefaultFilter: { Length: > 0 } filter } => $"kernel filter: built in, without {string.Join(" and ", filter.Misses)} (-v describes it)",
        { DefaultFilter: not null } => "without a kernel filter: there is no built-in one for this link type",
        _ => "without a kernel filter",
    };

    // A pipeline that hangs is just what a user may want to see; then the last tick's figures are shown, with their time.
    private void ReportNow()
    {
        if (_pipeline.TrySnapshot(TickInterval) is { } counters)
        {
            Report(Look(counters));
        }
        else if (Snapshot is { } last)
        {
            _log.FiguresStale(last.Time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
            Report(last);
        }
    }

    private bool Report(SensorSnapshot snapshot)
    {
        var text = new StringBuilder();
        foreach (var one in snapshot.Interfaces)
        {
            var (name, state, statistics, _) = one;
            Summary.Line(text, name, statistics.Delivered, string.Create(
                CultureInfo.InvariantCulture,
                $"captured; dropped by kernel {statistics.DroppedByKernel:N0}, by interface {statistics.DroppedByInterface:N0}, left unread {statistics.LeftUnread:N0}"));
            if (one.LatePackets > 0)
            {
                text.Append(string.Create(
                    CultureInfo.InvariantCulture, $"  ! {one.LatePackets:N0} packets came to the rules before older ones that another thread captured, because that one did not keep up\n"));
            }

            if (one.Interruptions > 0)
            {
                text.Append(string.Create(CultureInfo.InvariantCulture, $"  ! gone or without a link {(one.Interruptions == 1 ? "once" : $"{one.Interruptions:N0} times")}: what passed then was not seen\n"));
            }

            if (state.Sight != Sight.Ok)
            {
                text.Append(string.Create(CultureInfo.InvariantCulture, $"  ! {state.Word} since {state.Since:yyyy-MM-ddTHH:mm:ssZ}: {state.Reason}\n"));
            }
        }

        if (snapshot.BacklogDropped > 0)
        {
            text.Append(string.Create(
                CultureInfo.InvariantCulture, $"! the kernel dropped {snapshot.BacklogDropped:N0} packets of this machine's interfaces, of these or others, before any capture saw them: net.core.netdev_max_backlog is too small\n"));
        }

        text.Append(Summary.Of(snapshot.Counters, snapshot.Uptime, _outputs.Privacy)).Append(Summary.Of(snapshot.Counters, _rules, _outputs.Noise, snapshot.Sinks)).Append(LogSummary.Of(_outputs));
        if (snapshot.Events > 0)
        {
            Summary.Line(text, "events of the sensor", snapshot.Events, "each in a line above, and to every target that takes them");
        }

        StandardError.WriteTable(text.ToString());
        return LedgerFile.Write(_ledgerFile, snapshot.Counters, _outputs, snapshot.WriteInterfaces);
    }

    /// <summary>An interface, its state, and the DNS packets found on it.</summary>
    private sealed class Tap(WatchedInterface watched, InterfaceStates states)
    {
        public long DnsPackets;

        public WatchedInterface Interface => watched;

        public InterfaceStates States => states;
    }
}
