using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Evidence;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Recording;
using WireDns.Settings;
using WireDns.Terminal;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// Captures from interfaces, with one thread per interface and one worker for all, so that the two directions of a link that arrive on two interfaces
/// form one lookup. Once a second it checks the interfaces, reports state changes, and advances the time for lookups that wait. A signal ends it.
/// </summary>
internal sealed class LiveRun
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);

    // Often enough for a state that covers a minute.
    private const int TicksPerMirrorCheck = 10;

    // In nanoseconds. Times go back a little from one interface to another; further than this, and the clock was set back.
    private const long MaximumDisorder = 60_000_000_000;

    private readonly IReadOnlyList<Tap> _taps;
    private readonly LoadedRules _rules;
    private readonly RunOutputs _outputs;
    private readonly bool _isVerbose;
    private readonly string? _ledgerFile;
    private readonly Worker _worker;
    private readonly EvidenceKeeper? _keeper; // gives packets to the worker if there is one
    private readonly PacketSource _source;
    private readonly StateLog _log;
    private readonly FaultLog _faults;
    private readonly Lock _turn = new();
    private readonly MirrorStates _mirror = new(TimeProvider.System);
    private readonly CorrelationStates _correlation = new(TimeProvider.System);
    private readonly long _start = Stopwatch.GetTimestamp();
    private SensorSnapshot? _snapshot;
    private long _events;
    private int _ticks;
    private long _now;

    public LiveRun(
        IReadOnlyList<WatchedInterface> interfaces, Worker worker, EvidenceKeeper? keeper, LoadedRules rules, RunOutputs outputs, SensorSettings settings)
    {
        _faults = FaultLog.Open(settings.Capture.FaultFolder);
        _taps = [.. interfaces.Select(watched => new Tap(watched, new InterfaceStates(settings.Capture.BlindAfter, TimeProvider.System)))];
        _log = new StateLog(TimeProvider.System, line => StandardError.Write($"wiredns: {line}"), Raise);
        _rules = rules;
        _outputs = outputs;
        _isVerbose = settings.Output.IsVerbose;
        _ledgerFile = settings.Output.LedgerFile;
        _worker = worker;
        _keeper = keeper;
        _source = new PacketSource(null, [.. interfaces.Select(watched => watched.Name)]);
    }

    /// <summary>What was known at the last tick; null before the first one. May be read from any thread.</summary>
    public SensorSnapshot? Snapshot => Volatile.Read(ref _snapshot);

    /// <summary>Runs until a signal arrives, and returns the exit status.</summary>
    public int Run(TimeSpan drainTime)
    {
        using var signals = new StopSignals();
        using var report = RunSignal.Report(ReportNow);
        using var hangUp = RunSignal.IgnoreHangUp();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, _outputs.NoReaderLeft);
        Announce();
        var threads = _taps.Select(tap => new Thread(() => Capture(tap, stop.Token)) { Name = tap.Interface.Name }).ToList();
        threads.ForEach(thread => thread.Start());
        while (!stop.Token.WaitHandle.WaitOne(TickInterval))
        {
            OrEndForWantOfMemory(Tick);
        }

        threads.ForEach(thread => thread.Join());
        Finish();
        _outputs.Noise.Complete();
        var areDelivered = _outputs.Complete(drainTime);
        var isLedgerWritten = Report(Look(_worker.Snapshot()));
        return isLedgerWritten && _taps.All(tap => tap.Interface.Loss is null) && areDelivered ? ExitStatus.Done : ExitStatus.Failed;
    }

    private void Capture(Tap tap, CancellationToken stop) => OrEndForWantOfMemory(() => RunCapture(tap, stop));

    private static void OrEndForWantOfMemory(Action work)
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
            StandardError.Write(ExitStatus.OutOfMemoryMessage);
            Environment.Exit(ExitStatus.OutOfMemory);
        }
    }

    private void RunCapture(Tap tap, CancellationToken stop) =>
        tap.Interface.Run((in Packet packet) =>
        {
            lock (_turn)
            {
                var before = _worker.DnsPackets;
                try
                {
                    if (_keeper is null)
                    {
                        _worker.Process(packet, _source);
                    }
                    else
                    {
                        _keeper.Process(packet, _source);
                    }
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    // A bug in the program costs this packet, not the sensor.
                    _worker.Abandon(_source);
                    _faults.Note(packet, tap.Interface.Name, exception);
                }

                tap.DnsPackets += _worker.DnsPackets - before;
            }
        }, stop);

    // A bug in the program may end this early, but not without the alerts so far and the summary.
    private void Finish()
    {
        try
        {
            if (_keeper is null)
            {
                _worker.FinishSource(_source);
            }
            else
            {
                _keeper.FinishSource(_source);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            _faults.Note(exception);
        }
    }

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
                _log.ChangeInterface(tap.Interface.Name, previous, tap.States.Current);
            }
        }

        RunCounters counters;
        lock (_turn)
        {
            counters = _worker.Snapshot();
        }

        if (_ticks++ % TicksPerMirrorCheck == 0 && _mirror.Take(counters) is { } before)
        {
            _log.Change(StateLog.Mirror, before, _mirror.Current);
        }

        if (_correlation.Take(counters) is { } then)
        {
            _log.Change(StateLog.Correlation, then, _correlation.Current);
        }

        _log.Look();
        Volatile.Write(ref _snapshot, Look(counters));

        // Never later than any packet that may still be unread on some interface.
        var readUpTo = _taps.Select(tap => tap.Interface.ReadUpTo).Where(time => time is not null).DefaultIfEmpty().Min();
        if (readUpTo > _now || readUpTo < _now - MaximumDisorder)
        {
            _now = readUpTo.Value;
            lock (_turn)
            {
                try
                {
                    if (_keeper is null)
                    {
                        _worker.Tick(PacketTime.FromNanoseconds(_now), _source);
                    }
                    else
                    {
                        _keeper.Tick(PacketTime.FromNanoseconds(_now), _source);
                    }
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    _worker.AbandonTick();
                    _faults.Note(exception);
                }
            }

            _outputs.Noise.Tick(_now);
        }
    }

    private void Raise(SensorEvent sensorEvent)
    {
        _events++;
        _outputs.Take(sensorEvent);
    }

    private SensorSnapshot Look(RunCounters counters) => new(
        TimeProvider.System.GetUtcNow(), Stopwatch.GetElapsedTime(_start),
        [.. _taps.Select(tap => new InterfaceSnapshot(tap.Interface.Name, tap.States.Current, tap.Interface.Statistics, Volatile.Read(ref tap.DnsPackets)))],
        _mirror.Current, counters, _outputs.Counters, Interlocked.Read(ref _events));

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

        StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {_rules.Compiled.Count + _rules.Correlations.Count:N0} rules run"));
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
        if (_turn.TryEnter(TickInterval))
        {
            RunCounters counters;
            try
            {
                counters = _worker.Snapshot();
            }
            finally
            {
                _turn.Exit();
            }

            Report(Look(counters));
        }
        else if (Snapshot is { } last)
        {
            StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: a packet is at work for longer than a second; the figures of {last.Time:yyyy-MM-ddTHH:mm:ssZ} follow"));
            Report(last);
        }
    }

    private bool Report(SensorSnapshot snapshot)
    {
        var text = new StringBuilder();
        foreach (var (name, state, statistics, _) in snapshot.Interfaces)
        {
            Summary.Line(text, name, statistics.Delivered, string.Create(
                CultureInfo.InvariantCulture,
                $"captured; dropped by kernel {statistics.DroppedByKernel:N0}, by interface {statistics.DroppedByInterface:N0}, left unread {statistics.LeftUnread:N0}"));
            if (state.Sight != Sight.Ok)
            {
                text.Append(string.Create(CultureInfo.InvariantCulture, $"  ! {state.Word} since {state.Since:yyyy-MM-ddTHH:mm:ssZ}: {state.Reason}\n"));
            }
        }

        text.Append(Summary.Of(snapshot.Counters, snapshot.Uptime, _outputs.Privacy)).Append(Summary.Of(snapshot.Counters, _rules, _outputs.Noise, snapshot.Sinks)).Append(LogSummary.Of(_outputs));
        if (snapshot.Events > 0)
        {
            Summary.Line(text, "events of the sensor", snapshot.Events, "each in a line above, and to every target that takes them");
        }

        StandardError.WriteTable(text.ToString());
        return LedgerFile.Write(_ledgerFile, snapshot.Counters, _outputs);
    }

    /// <summary>An interface, its state, and the DNS packets found on it.</summary>
    private sealed class Tap(WatchedInterface watched, InterfaceStates states)
    {
        public long DnsPackets;

        public WatchedInterface Interface => watched;

        public InterfaceStates States => states;
    }
}
