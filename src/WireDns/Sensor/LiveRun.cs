using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Capture.Live;
using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Output;
using WireDns.Terminal;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Sensor;

/// <summary>
/// Captures from interfaces, a thread each, through one pipeline: the two directions of a link that arrive on two interfaces are one
/// lookup. Ends at a signal, or when an interface is lost.
/// </summary>
internal sealed class LiveRun : IDisposable
{
    private readonly IReadOnlyList<LiveCapture> _captures;
    private readonly LoadedRules _rules;
    private readonly AlertDelivery _delivery;
    private readonly Worker _worker;
    private readonly bool _isVerbose;
    private readonly Lock _turn = new();
    private readonly CancellationTokenSource _end = new();
    private int _lost;

    public LiveRun(IReadOnlyList<LiveCapture> captures, LoadedRules rules, PacketDecoderOptions options, DetectorOptions detection, AlertDelivery delivery, bool isVerbose)
    {
        _captures = captures;
        _rules = rules;
        _delivery = delivery;
        _worker = new Worker(rules, delivery.Enqueue, options, detection);
        _isVerbose = isVerbose;
    }

    /// <summary>Runs until a signal, and returns the exit status.</summary>
    public int Run(TimeSpan drainTime)
    {
        var start = Stopwatch.GetTimestamp();
        using var signals = new StopSignals();
        using var report = new ReportSignal(() => Report(Stopwatch.GetElapsedTime(start)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(signals.Requested, _delivery.NoReaderLeft, _end.Token);
        Announce();
        var threads = _captures.Select(capture => new Thread(() => Capture(capture, stop.Token)) { Name = capture.Name }).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        _worker.FinishSource(PacketSource.OfInterface(_captures[^1].Name));
        var areDelivered = _delivery.Complete(drainTime);
        Report(Stopwatch.GetElapsedTime(start));
        return _lost == 0 && areDelivered ? ExitStatus.Done : ExitStatus.Failed;
    }

    /// <inheritdoc/>
    public void Dispose() => _end.Dispose();

    private void Capture(LiveCapture capture, CancellationToken stop)
    {
        var source = PacketSource.OfInterface(capture.Name);
        try
        {
            capture.Run((in Packet packet) =>
            {
                lock (_turn)
                {
                    _worker.Process(packet, source);
                }
            }, stop);
        }
        catch (LiveCaptureException exception)
        {
            Interlocked.Increment(ref _lost);
            StandardError.Write($"wiredns: {exception.Message}");
        }

        // With one interface gone the others go on; with the last, the run ends.
        if (Volatile.Read(ref _lost) == _captures.Count)
        {
            _end.Cancel();
        }
    }

    private void Announce()
    {
        foreach (var capture in _captures)
        {
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
        foreach (var capture in _captures)
        {
            var statistics = capture.Statistics;
            Summary.Line(text, capture.Name, statistics.Delivered, string.Create(
                CultureInfo.InvariantCulture,
                $"captured; dropped by kernel {statistics.DroppedByKernel:N0}, by interface {statistics.DroppedByInterface:N0}, left unread {statistics.LeftUnread:N0}"));
        }

        RunCounters counters;
        lock (_turn)
        {
            counters = _worker.Snapshot();
        }

        text.Append(Summary.Of(counters, duration)).Append(Summary.Of(counters, _rules, _delivery));

        StandardError.WriteTable(text.ToString());
    }
}
