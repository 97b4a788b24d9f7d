using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using WireDns.Alerts;
using WireDns.Alerts.Signals;
using WireDns.Alerts.Transports;
using WireDns.Detection.Rules;
using WireDns.Detection.Signals;
using WireDns.Output;
using WireDns.Recording;
using WireDns.Sigma.Correlation;
using WireDns.Terminal;

namespace WireDns.Correlating;

/// <summary>
/// Correlates the signals of a topic as a member of a consumer group. A partition that it gets is read from as far back as correlations look, in silence up to where the group
/// has come; then alerts are raised. Positions are committed once the alerts of what is before them are delivered.
/// </summary>
internal sealed class CorrelateRun
{
    private const int PollMilliseconds = 50;

    // What is committed beside an offset: the version, and the offset to read from again.
    private const string NotePrefix = "wiredns1 ";

    private static readonly TimeSpan CommitInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly KafkaConsumer _consumer;
    private readonly KafkaOptions _topic;
    private readonly LoadedRules _rules;
    private readonly RunOutputs _outputs;
    private readonly SignalOrder _order;
    private readonly CorrelationLimits _limits;
    private readonly bool _tellsEnds;
    private readonly AsideFile _aside;
    private readonly SignalCounters _counters = new(line => StandardError.Write($"wiredns: {Printable.Text(line)}"));
    private readonly SortedDictionary<int, SignalPartition> _partitions = [];
    private readonly Dictionary<int, KafkaPosition> _committed = [];
    private long _untoldBefore; // of partitions that were given up
    private long _untold; // other threads read it
    private (IReadOnlyList<KafkaPosition> Positions, IReadOnlyList<long> HandedOver)? _pending;
    private long _lastLook;
    private long _lastCommit;
    private string? _trouble;

    public CorrelateRun(KafkaConsumer consumer, KafkaOptions topic, LoadedRules rules, RunOutputs outputs, SignalOrder order, CorrelationLimits limits, bool tellsEnds, AsideFile aside)
    {
        (_consumer, _topic, _rules, _outputs, _order, _limits, _tellsEnds, _aside) = (consumer, topic, rules, outputs, order, limits, tellsEnds, aside);
    }

    /// <summary>Runs until it is stopped.</summary>
    /// <returns>Why it ended before that; null if it did not.</returns>
    public string? Run(CancellationToken stop)
    {
        _consumer.Join();
        while (!stop.IsCancellationRequested)
        {
            // While records are there, they are taken one after the other; what is due is looked for now and then.
            var @event = _consumer.Next(PollMilliseconds);
            if (@event is not null && Take(@event) is { } failure)
            {
                return failure;
            }

            if (@event is null || Environment.TickCount64 - _lastLook >= PollMilliseconds)
            {
                _lastLook = Environment.TickCount64;
                foreach (var partition in _partitions.Values)
                {
                    partition.Release(Environment.TickCount64);
                }

                Volatile.Write(ref _untold, _untoldBefore + _partitions.Values.Sum(partition => partition.UntoldEnds));
                if (!Commit())
                {
                    return "alerts could not be delivered: what they come from is not committed, and the next run raises them again";
                }
            }
        }

        // What still waits for earlier signals is not committed: another member, or the next run, takes it.
        return CommitAll() ? null : "the last alerts could not be delivered in time: what they come from is not committed, and the next run raises them again";
    }

    /// <summary>The summary for people.</summary>
    public string Report(TimeSpan duration)
    {
        var text = new StringBuilder();
        Summary.Line(text, "signals", Volatile.Read(ref _counters.Taken), string.Create(CultureInfo.InvariantCulture, $"in {duration.TotalSeconds:0.00} s"));
        foreach (var line in Lines())
        {
            Summary.LineIfAny(text, line.Label, line.Count, note: line.Note);
        }

        Summary.Line(text, "alerts", Volatile.Read(ref _counters.Alerts), string.Create(CultureInfo.InvariantCulture, $"by {_rules.Correlations.Count:N0} correlations"));
        Summary.LineIfAny(text, "ends of correlations", Volatile.Read(ref _counters.Ends));
        Summary.LineIfAny(text, "ends of correlations not told", Volatile.Read(ref _untold), note: "a correlation was true before the first signal that was read, or too many were");
        NoiseSummary.Write(text, _outputs.Noise);
        DeliverySummary.Write(text, _outputs.Counters);
        return text.ToString();
    }

    /// <summary>Writes the same counters as a JSON object: <c>{"ledger": {…}}</c>. Thread-safe.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("ledger"u8);
        json.WriteNumber("signals"u8, Volatile.Read(ref _counters.Taken));
        foreach (var line in Lines())
        {
            json.WriteNumber(line.Name, line.Count);
        }

        json.WriteNumber("correlation_alerts"u8, Volatile.Read(ref _counters.Alerts));
        json.WriteNumber("correlation_ends"u8, Volatile.Read(ref _counters.Ends));
        json.WriteNumber("correlation_ends_untold"u8, Volatile.Read(ref _untold));
        DeliveryJson.Write(json, _outputs.Noise.Counters, _outputs.Alerts.Counters, _outputs.Others);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private IEnumerable<(string Name, string Label, long Count, string Note)> Lines() =>
    [
        ("read_again", "  read again", Volatile.Read(ref _counters.Replayed), "for the state of correlations: they raise nothing"),
        ("of_counted_lookups", "  of lookups that were counted", Volatile.Read(ref _counters.Repeated), "they came twice, or another sensor saw the lookup too"),
        ("late", "  late", Volatile.Read(ref _counters.Late), "a later one had been correlated: see --delay, --idle"),
        ("too_late", "  too late", Volatile.Read(ref _counters.TooLate), "the time span of their correlation was over: they were left out"),
        ("from_the_future", "  from the future", Volatile.Read(ref _counters.Ahead), "a sensor's clock is ahead of this machine's: they were left out"),
        ("did_not_wait", "  that did not wait", Volatile.Read(ref _counters.Hurried), "there were too many at once: they may be out of order"),
        ("unknown", "  of unknown correlations or rules", Volatile.Read(ref _counters.Unknown), "they were left out"),
        ("of_other_rules", "  of correlations that differ", Volatile.Read(ref _counters.OtherRules), "the rules of the sensor are not those here"),
        ("bad_records", "bad records", Volatile.Read(ref _counters.Bad), "they are no signals"),
        ("bad_records_not_kept", "  not kept", Volatile.Read(ref _counters.BadNotKept), "see --aside"),
        ("commits_refused", "commits refused", Volatile.Read(ref _counters.CommitsRefused), "another member may have raised the same alerts"),
    ];

    private string? Take(KafkaEvent @event)
    {
        switch (@event)
        {
            case KafkaRecord record:
                Say(null);
                Take(record);
                break;
            case PartitionsAssigned { Committed: null }:
                return "the brokers do not say how far the group has come";
            case PartitionsAssigned assigned:
                Assign(assigned.Committed!);
                break;
            case PartitionsRevoked revoked:
                // The others read again from the last commit.
                CommitAll();
                foreach (var partition in revoked.Partitions)
                {
                    _untoldBefore += _partitions.Remove(partition, out var gone) ? gone.UntoldEnds : 0;
                    _committed.Remove(partition);
                }

                _pending = null;
                _consumer.Unassign();
                StandardError.Write($"wiredns: partitions given up: {string.Join(", ", revoked.Partitions)}");
                break;
            case ConsumerTrouble trouble:
                Say(trouble.Outcome.Detail ?? "librdkafka reports a fault");
                break;
        }

        return null;
    }

    private void Take(KafkaRecord record)
    {
        if (!_partitions.TryGetValue(record.Partition, out var partition))
        {
            return;
        }

        if (SignalFormat.TryRead(record.Key, record.Value, out var reason) is { } signal)
        {
            partition.Add(signal, record.Offset, Environment.TickCount64, (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
            return;
        }

        partition.Skip(record.Offset);
        _counters.Bad++;
        _counters.BadNotKept += _aside.Keep(_topic.Topic, record, reason) ? 0 : 1;
    }

    private void Assign(IReadOnlyList<KafkaPosition> positions)
    {
        var starts = new Dictionary<int, long?>();
        foreach (var position in positions)
        {
            var firstNew = Math.Max(position.Offset, 0);

            // Without a note, somebody else has moved the group: all that is there is read again.
            long? start = position.Offset >= 0 && position.Note.StartsWith(NotePrefix, StringComparison.Ordinal)
                && long.TryParse(position.Note.AsSpan(NotePrefix.Length).TrimEnd('\0'), NumberStyles.None, CultureInfo.InvariantCulture, out var noted) ? Math.Min(noted, firstNew) : null;
            starts.Add(position.Partition, start);
            var correlator = new SignalCorrelator(_rules, Raise, _limits, tellsEnds: _tellsEnds);
            _partitions[position.Partition] = new SignalPartition(correlator, _order, _counters, start ?? 0, firstNew);
            if (position.Offset >= 0)
            {
                _committed[position.Partition] = position;
            }
        }

        _consumer.Assign(starts);
        if (positions.Count > 0)
        {
            StandardError.Write($"wiredns: partitions taken: {string.Join(", ", positions.Select(position => string.Create(CultureInfo.InvariantCulture, $"{position.Partition} from offset {Math.Max(position.Offset, 0)}")))}");
        }
    }

    private bool Raise(Alert alert)
    {
        Interlocked.Increment(ref alert.Correlation?.Extent is null ? ref _counters.Alerts : ref _counters.Ends);
        return _outputs.Take(alert);
    }

    /// <summary>Commits what was to be committed, once its alerts are delivered, and begins anew every second.</summary>
    /// <returns>False if alerts were lost.</returns>
    private bool Commit()
    {
        var sinks = _outputs.Alerts.Counters;
        if (sinks.Any(sink => sink.HasLosses))
        {
            return false;
        }

        if (_pending is { } pending)
        {
            if (sinks.Zip(pending.HandedOver).All(pair => pair.First.HandedOver - pair.First.InMemory >= pair.Second))
            {
                Commit(pending.Positions);
                _pending = null;
            }
        }
        else if (Stopwatch.GetElapsedTime(_lastCommit) >= CommitInterval)
        {
            _lastCommit = Stopwatch.GetTimestamp();
            var positions = Positions();
            _pending = positions.Count > 0 ? (positions, [.. sinks.Select(sink => sink.HandedOver)]) : null;
        }

        return true;
    }

    /// <summary>Waits until all alerts are delivered, and commits.</summary>
    private bool CommitAll()
    {
        var positions = Positions();
        var start = Stopwatch.GetTimestamp();
        while (_outputs.Alerts.Counters.Any(sink => sink.InMemory > 0))
        {
            if (Stopwatch.GetElapsedTime(start) > DrainTime)
            {
                return false;
            }

            Thread.Sleep(10);
        }

        if (_outputs.Alerts.Counters.Any(sink => sink.HasLosses))
        {
            return false;
        }

        Commit(positions);
        return true;
    }

    private List<KafkaPosition> Positions() =>
    [
        .. _partitions.Where(entry => entry.Value.Done > 0)
            .Select(entry => new KafkaPosition(entry.Key, entry.Value.Done, string.Create(CultureInfo.InvariantCulture, $"{NotePrefix}{entry.Value.Needed}")))
            .Where(position => _committed.GetValueOrDefault(position.Partition) != position),
    ];

    private void Commit(IReadOnlyList<KafkaPosition> positions)
    {
        if (positions.Count == 0)
        {
            return;
        }

        if (_consumer.Commit(positions).Failure != SendFailure.None)
        {
            _counters.CommitsRefused++;
            return;
        }

        foreach (var position in positions)
        {
            _committed[position.Partition] = position;
        }
    }

    private void Say(string? trouble)
    {
        if (trouble != _trouble)
        {
            _trouble = trouble;
            StandardError.Write($"wiredns: {_consumer}: {trouble ?? "is read again"}");
        }
    }
}
