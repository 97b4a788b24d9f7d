using System.Diagnostics;
using WireDns.Alerts;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Delivery;
using WireDns.Alerts.Formats;
using WireDns.Alerts.LookupFormats;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Logging;
using WireDns.Parquet.Records;
using WireDns.Parquet.Writing;
using WireDns.Settings;
using WireDns.Terminal;

namespace WireDns.Recording;

/// <summary>The log of all lookups: its sinks, and what they need. Thread-safe.</summary>
internal sealed class DnsLog : IDisposable
{
    private readonly AlertDelivery _delivery;
    private readonly PassiveDnsTable? _passive;
    private readonly LookupLogOptions _options;
    private readonly bool _hasLines;
    private readonly List<LookupLog> _observers = [];
    private readonly Lazy<Task> _finishing;
    private long _lookups;

    private DnsLog(IReadOnlyList<AlertSink> sinks, TimeSpan? span, ClientPrivacy? privacy)
    {
        _delivery = new AlertDelivery(sinks, OutputSettings.Say);
        _passive = sinks.Any(sink => IsPassive(sink.Format)) ? new PassiveDnsTable(_delivery.Enqueue, span) : null;
        _finishing = new Lazy<Task>(() => Task.Run(() => _passive?.Finish()));
        _hasLines = sinks.Any(sink => !IsPassive(sink.Format));
        _options = new LookupLogOptions
        {
            Privacy = privacy,
            HasIds = sinks.Any(sink => sink.Format is not LookupRowFormat { HasIds: false }),
            HasRemainder = sinks.Any(sink => sink.Format is LookupRowFormat or LookupRecordFormat),
            HasZeek = sinks.Any(sink => sink.Format is ZeekLookupFormat or SyslogLookupFormat { Inner: ZeekLookupFormat }),
        };
    }

    /// <summary>Its sinks.</summary>
    public AlertDelivery Delivery => _delivery;

    /// <summary>Lookups that were logged.</summary>
    public long Lookups => Interlocked.Read(ref _lookups);

    /// <summary>Responses without a line, because they came again unchanged.</summary>
    public long RepeatedResponses => _observers.Sum(observer => observer.RepeatedResponses);

    /// <summary>Queries that were logged as unanswered before their time, for want of room.</summary>
    public long GivenUpEarly => _observers.Sum(observer => observer.GivenUpEarly);

    /// <summary>Records of passive DNS that were passed on before their span was over, for want of room.</summary>
    public long PassedEarly => _passive?.PassedEarly ?? 0;

    /// <summary>Opens the log; null if none is wanted.</summary>
    /// <param name="settings">The targets.</param>
    /// <param name="mode">What happens when a buffer is full.</param>
    /// <param name="privacy">What hides the addresses of clients; null if nothing does.</param>
    /// <exception cref="CommandFailure">A target is unknown or cannot be opened.</exception>
    public static DnsLog? Open(OutputSettings settings, QueueMode mode, ClientPrivacy? privacy)
    {
        if (settings.LogTargets.Count == 0)
        {
            return null;
        }

        TimeSpan? span = null;
        var sinks = OutputSettings.Open(settings.LogTargets, target =>
        {
            var sink = LogSinks.Plan(target, settings, mode, privacy is not null, out var own).Open();
            span ??= own;
            return sink;
        });
        return new DnsLog(sinks, span, privacy);
    }

    /// <summary>What a worker shows its messages to.</summary>
    /// <param name="take">Takes the lookups, and hands them to <see cref="Take"/>.</param>
    public LookupLog Observe(Func<DnsLookup, bool> take)
    {
        var observer = new LookupLog(take, _options);
        _observers.Add(observer);
        return observer;
    }

    /// <summary>Logs a lookup.</summary>
    /// <returns>False if a sink dropped it.</returns>
    public bool Take(DnsLookup lookup)
    {
        Interlocked.Increment(ref _lookups);
        lookup = _options.Privacy?.Hide(lookup) ?? lookup;
        _passive?.Add(lookup);
        return !_hasLines || _delivery.Enqueue(lookup);
    }

    /// <summary>Passes on what is still added up, and delivers what waits (<see cref="AlertDelivery.Complete"/>).</summary>
    public bool Complete(TimeSpan deadline)
    {
        var start = Stopwatch.GetTimestamp();
        _finishing.Value.Wait(deadline); // a sink that takes nothing may hold it up
        var left = deadline == Timeout.InfiniteTimeSpan ? deadline : deadline - Stopwatch.GetElapsedTime(start);
        _delivery.Complete(left < TimeSpan.Zero && deadline != Timeout.InfiniteTimeSpan ? TimeSpan.Zero : left);

        // By now nothing holds it up: what it still has is counted as dropped.
        _finishing.Value.Wait();
        return !_delivery.Counters.Any(sink => sink.HasLosses);
    }

    /// <inheritdoc/>
    public void Dispose() => _delivery.Dispose();

    private static bool IsPassive(IMessageFormat format) => format is CofFormat or SyslogLookupFormat { Inner: CofFormat };
}
