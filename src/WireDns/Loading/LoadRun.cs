using System.Diagnostics;
using System.Globalization;
using System.Text;
using WireDns.Alerts.Transports;
using WireDns.Output;
using WireDns.Parquet.Loading;
using WireDns.Recording;
using WireDns.Terminal;

namespace WireDns.Loading;

/// <summary>
/// Loads the lookups of a topic into a DNS log, all partitions from where the names of its files end. While the log cannot be written, the records stay where they are.
/// </summary>
internal sealed class LoadRun(KafkaConsumer consumer, TopicLog log, KafkaOptions topic, string folder, AsideFile aside)
{
    private const int PollMilliseconds = 50;
    private const int MetadataMilliseconds = 1000;
    private const int PauseMilliseconds = 1000;

    private static readonly TimeSpan PartitionInterval = TimeSpan.FromMinutes(1);

    private int _partitions;
    private long _lastCount;
    private long _lastLook;
    private long _badNotKept; // another thread reads it
    private volatile bool _isCloseWanted;
    private string? _trouble;
    private string? _writeTrouble;

    /// <summary>Runs until it is stopped; then what is open is written.</summary>
    /// <returns>Why it failed; null if it did not.</returns>
    public string? Run(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (_partitions == 0 || Stopwatch.GetElapsedTime(_lastCount) >= PartitionInterval)
            {
                TakePartitions();
                if (_partitions == 0)
                {
                    stop.WaitHandle.WaitOne(PauseMilliseconds);
                    continue;
                }
            }

            // While records are there, they are taken one after the other; what is due is looked for now and then.
            var @event = consumer.Next(PollMilliseconds);
            if (@event is not null && Take(@event, stop) is { } failure)
            {
                return failure;
            }

            if (@event is null || Environment.TickCount64 - _lastLook >= PollMilliseconds)
            {
                _lastLook = Environment.TickCount64;
                Write(_isCloseWanted ? log.Close : log.CloseOld, stop);
                _isCloseWanted = false;
            }
        }

        return Try(log.Close) is { } reason ? $"what was open is not written, as {reason}: the next run reads its records again" : null;
    }

    /// <summary>Closes the open files soon. Thread-safe.</summary>
    public void CloseFiles() => _isCloseWanted = true;

    /// <summary>The summary for people. Thread-safe.</summary>
    public string Report(TimeSpan duration)
    {
        var text = new StringBuilder();
        var counters = log.Counters;
        Summary.Line(text, "lookups", counters.Rows, string.Create(CultureInfo.InvariantCulture, $"in {duration.TotalSeconds:0.00} s, {counters.Rows / Math.Max(duration.TotalSeconds, 0.001):N0} a second"));
        Summary.LineIfAny(text, "  of a newer version", counters.Newer, note: "they have more than this version has columns for: that was left out");
        Summary.LineIfAny(text, "bad records", counters.Bad, note: "they are no lookups of a DNS log");
        Summary.LineIfAny(text, "  not kept", Interlocked.Read(ref _badNotKept), note: "see --aside");
        Summary.LineIfAny(text, "offsets missing", counters.Missing, note: "the topic had no record of them any more");
        Summary.Line(text, "files", counters.Files, $"in {folder}");
        Summary.LineIfAny(text, "  partitions closed early", counters.Early, note: "too many files or rows were open: their files are smaller");
        return text.ToString();
    }

    private void TakePartitions()
    {
        _lastCount = Stopwatch.GetTimestamp();
        var count = consumer.CountPartitions(MetadataMilliseconds, out var trouble);
        if (count <= _partitions)
        {
            // Later on, other events tell of trouble.
            Say(_partitions == 0 ? trouble.Detail : _trouble);
            return;
        }

        Say(null);
        var starts = Enumerable.Range(_partitions, count - _partitions).ToDictionary(partition => partition, log.Next);
        consumer.Assign(starts);
        _partitions = count;
        StandardError.Write(string.Create(
            CultureInfo.InvariantCulture, $"wiredns: {consumer}: {starts.Count} {(starts.Count == 1 ? "partition" : "partitions")} taken, {starts.Values.Count(start => start is not null)} of them after what {folder} has"));
    }

    private string? Take(KafkaEvent @event, CancellationToken stop)
    {
        switch (@event)
        {
            case KafkaRecord record:
                Say(null);
                return Take(record, stop);
            case ConsumerTrouble trouble:
                Say(trouble.Outcome.Detail ?? "librdkafka reports a fault");
                break;
        }

        return null;
    }

    private string? Take(KafkaRecord record, CancellationToken stop)
    {
        var (kind, reason) = (RecordKind.Row, default(string));
        if (!Write(() => kind = log.Take(record.Partition, record.Offset, record.Value, out reason), stop))
        {
            return null; // it is read again by the next run
        }

        switch (kind)
        {
            case RecordKind.Bad when !aside.Keep(topic.Topic, record, reason!):
                Interlocked.Increment(ref _badNotKept);
                break;
            case RecordKind.LoadedBefore:
                Try(log.Close);
                return string.Create(CultureInfo.InvariantCulture, $"partition {record.Partition} has a record of offset {record.Offset}, and {folder} has files up to {log.Next(record.Partition) - 1}: the topic was made anew; load it into another folder");
        }

        return null;
    }

    /// <summary>Does something that writes, again and again until it succeeds.</summary>
    /// <returns>False if the run was stopped before that.</returns>
    private bool Write(Action action, CancellationToken stop)
    {
        while (Try(action) is { } reason)
        {
            if (reason != _writeTrouble)
            {
                _writeTrouble = reason;
                StandardError.Write($"wiredns: parquet:{folder}: {reason}: records wait in the topic until it can be written");
            }

            if (stop.WaitHandle.WaitOne(PauseMilliseconds))
            {
                return false;
            }
        }

        if (_writeTrouble is not null)
        {
            _writeTrouble = null;
            StandardError.Write($"wiredns: parquet:{folder}: it is written again");
        }

        return true;
    }

    // Null if it succeeded; otherwise why not.
    private static string? Try(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return SystemErrors.Words(exception);
        }
    }

    private void Say(string? trouble)
    {
        if (trouble != _trouble)
        {
            _trouble = trouble;
            StandardError.Write($"wiredns: {consumer}: {trouble ?? "is read again"}");
        }
    }
}
