using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts;
using WireDns.Alerts.Delivery;
using WireDns.Capture;
using WireDns.Detection;
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
    private readonly Detector _detector;
    private readonly Pipeline _pipeline;
    private readonly Lock _turn = new();
    private readonly CancellationTokenSource _end = new();
    private int _lost;

    public LiveRun(IReadOnlyList<LiveCapture> captures, LoadedRules rules, PacketDecoderOptions options, DetectorOptions detection, AlertDelivery delivery)
    {
        _captures = captures;
        _rules = rules;
        _delivery = delivery;
        _detector = new Detector(rules, delivery.Enqueue, detection);
        _pipeline = new Pipeline(options, _detector);
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
        _pipeline.FinishSource();
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
                    _detector.Source = source;
                    _pipeline.Process(packet);
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
            StandardError.Write($"wiredns: capturing on {capture.Name} ({capture.LinkType}), "
                + (capture.Filter is null ? "without a kernel filter" : $"kernel filter: {capture.Filter}"));
        }

        StandardError.Write(string.Create(CultureInfo.InvariantCulture, $"wiredns: {_rules.Compiled.Count:N0} rules run"));
    }

    private void Report(TimeSpan duration)
    {
        var text = new StringBuilder();
        foreach (var capture in _captures)
        {
            var statistics = capture.Statistics;
            Summary.Line(text, capture.Name, statistics.Delivered, string.Create(
                CultureInfo.InvariantCulture,
                $"captured; dropped by kernel {statistics.DroppedByKernel:N0}, by interface {statistics.DroppedByInterface:N0}"));
        }

        lock (_turn)
        {
            text.Append(Summary.Of(_pipeline.Ledger, duration)).Append(Summary.Of(_detector, _rules, _delivery));
        }

        StandardError.WriteTable(text.ToString());
    }
}
