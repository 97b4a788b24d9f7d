using WireDns.Alerts.Signals;
using WireDns.Detection.Signals;

namespace WireDns.Correlating;

/// <summary>
/// The signals of one partition: puts them into the order of packet time, and correlates them. What was raised before this member had the partition is not raised again.
/// </summary>
/// <param name="correlator">Correlates the groups of this partition.</param>
/// <param name="order">How long signals wait for earlier ones.</param>
/// <param name="counters">Counts what happens to signals.</param>
/// <param name="start">The offset of the first record that is read.</param>
/// <param name="firstNew">The offset of the first record that the group has not dealt with.</param>
internal sealed class SignalPartition(SignalCorrelator correlator, SignalOrder order, SignalCounters counters, long start, long firstNew)
{
    // Of the horizon: how exactly it is known from which record on a partition has to be read again.
    private const int Marks = 64;

    private readonly PriorityQueue<WaitingSignal, (long DecidedAt, long Offset)> _waiting = new();
    private readonly Queue<WaitingSignal> _arrivals = new();
    private readonly SortedSet<long> _offsets = [];
    private readonly Dictionary<string, SensorMark> _sensors = new(StringComparer.Ordinal);
    private readonly LinkedList<(long Offset, long Before)> _marks = new([(start, long.MinValue)]);
    private readonly long _horizon = (long)Math.Min(correlator.Horizon.TotalNanoseconds, long.MaxValue / 8);
    private readonly bool _hasEarlier = start > 0;
    private long _octets;
    private long _next = start;
    private long _newest = long.MinValue;
    private long _released = long.MinValue;

    /// <summary>The correlator.</summary>
    public SignalCorrelator Correlator => correlator;

    /// <summary>Ends of correlations that are not told: the beginning is not known, or too many others went on.</summary>
    public long UntoldEnds => correlator.EndsOfUnknownBeginning + correlator.Counters.UntoldEnds;

    /// <summary>How many signals wait for earlier ones.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>The offset of the first record that is not dealt with.</summary>
    public long Done => Math.Max(firstNew, _offsets.Count > 0 ? _offsets.Min : _next);

    /// <summary>The offset of the first record that a correlator needs to go on from <see cref="Done"/> in the state of this one.</summary>
    public long Needed
    {
        get
        {
            while (_released > long.MinValue && _marks.First!.Next is { } second && second.Value.Before < _released - _horizon)
            {
                _marks.RemoveFirst();
            }

            return Math.Min(_marks.First!.Value.Offset, Done);
        }
    }

    /// <summary>A record that is no signal was dealt with.</summary>
    public void Skip(long offset) => _next = Math.Max(_next, offset + 1);

    /// <summary>Takes a signal, which waits.</summary>
    /// <param name="signal">The signal.</param>
    /// <param name="offset">Its offset.</param>
    /// <param name="now">The time of arrival, in milliseconds of any clock that only goes on.</param>
    /// <param name="clock">The time of day, in nanoseconds since the Unix epoch.</param>
    public void Add(CorrelationSignal signal, long offset, long now, long clock)
    {
        Skip(offset);
        counters.Taken++;
        counters.Replayed += offset < firstNew ? 1 : 0;
        var waiting = new WaitingSignal(signal, offset, now);
        if (signal.DecidedAt > clock + order.IdleNanoseconds)
        {
            // It would make all others late.
            counters.Ahead++;
            return;
        }

        if (signal.DecidedAt > _newest)
        {
            if (_marks.Last!.Value.Before < signal.DecidedAt - Math.Max(_horizon / Marks, 1))
            {
                _marks.AddLast((offset, Math.Max(_newest, _marks.Last.Value.Before)));
            }

            _newest = signal.DecidedAt;
        }

        counters.Late += signal.DecidedAt < _released ? 1 : 0;
        var mark = _sensors.GetValueOrDefault(signal.Sensor, new SensorMark(long.MinValue, now));
        _sensors[signal.Sensor] = new SensorMark(Math.Max(mark.DecidedAt, signal.DecidedAt), now);
        _waiting.Enqueue(waiting, (signal.DecidedAt, offset));
        _arrivals.Enqueue(waiting);
        _offsets.Add(offset);
        _octets += signal.Message.Length;
        while (_waiting.Count > SignalOrder.MostSignals || _octets > SignalOrder.MostOctets)
        {
            counters.Hurried++;
            CorrelateOldest();
        }
    }

    /// <summary>Correlates the signals that have waited long enough.</summary>
    /// <param name="now">As in <see cref="Add"/>.</param>
    public void Release(long now)
    {
        var overdue = long.MinValue;
        while (_arrivals.TryPeek(out var oldest) && (oldest.IsDone || now - oldest.Arrived >= order.Idle.TotalMilliseconds))
        {
            overdue = oldest.IsDone ? overdue : Math.Max(overdue, oldest.Signal.DecidedAt);
            _arrivals.Dequeue();
        }

        foreach (var (sensor, mark) in _sensors)
        {
            if (now - mark.Heard >= order.Idle.TotalMilliseconds)
            {
                _sensors.Remove(sensor);
            }
        }

        var passed = _sensors.Count == 0 ? long.MaxValue : _sensors.Values.Min(mark => mark.DecidedAt);
        while (_waiting.TryPeek(out var first, out _)
            && (first.Signal.DecidedAt <= overdue || (now - first.Arrived >= order.Delay.TotalMilliseconds && first.Signal.DecidedAt <= passed)))
        {
            CorrelateOldest();
        }
    }

    private void CorrelateOldest()
    {
        var waiting = _waiting.Dequeue();
        _offsets.Remove(waiting.Offset);
        _octets -= waiting.Signal.Message.Length;
        if (_released == long.MinValue && _hasEarlier)
        {
            // What was true before the first record that is read here may have been true for long.
            correlator.BeginningsKnownFrom = waiting.Signal.DecidedAt + (_horizon / 2);
        }

        _released = Math.Max(_released, waiting.Signal.DecidedAt);
        Correlate(waiting);
    }

    private void Correlate(WaitingSignal waiting)
    {
        waiting.IsDone = true;
        switch (correlator.Take(waiting.Signal, isSilent: waiting.Offset < firstNew))
        {
            case SignalResult.UnknownRule:
                counters.NoteOther(waiting.Signal, isKnown: false);
                break;
            case SignalResult.CountedByOtherRules:
                counters.NoteOther(waiting.Signal, isKnown: true);
                break;
            case SignalResult.Repeated:
                counters.Repeated++;
                break;
            case SignalResult.TooLate:
                counters.TooLate++;
                break;
        }
    }

    private readonly record struct SensorMark(long DecidedAt, long Heard);

    private sealed class WaitingSignal(CorrelationSignal signal, long offset, long arrived)
    {
        public CorrelationSignal Signal => signal;

        public long Offset => offset;

        public long Arrived => arrived;

        public bool IsDone { get; set; }
    }
}

/// <summary>How long signals wait for earlier ones of other sensors, in the time of the machine that correlates. Immutable.</summary>
/// <param name="Delay">At least so long, as a sensor may be there of which nothing has come yet.</param>
/// <param name="Idle">At most so long; a sensor of which nothing has come for this time is not waited for.</param>
internal sealed record SignalOrder(TimeSpan Delay, TimeSpan Idle)
{
    /// <summary>The most signals that wait in a partition.</summary>
    public const int MostSignals = 100_000;

    /// <summary>The most octets that their messages have together.</summary>
    public const long MostOctets = 64L << 20;

    /// <summary><see cref="Idle"/> in nanoseconds.</summary>
    public long IdleNanoseconds { get; } = (long)Idle.TotalNanoseconds;
}

/// <summary>Counts what happens to the records of the topic. Written by one thread; the counts may be read by others.</summary>
/// <param name="say">Takes a line for the user, the first time that a sensor's rules differ.</param>
internal sealed class SignalCounters(Action<string> say)
{
    private const int MostSaid = 32;

    private readonly HashSet<(string Sensor, string Name, bool IsKnown)> _said = [];

    /// <summary>Signals that were read.</summary>
    public long Taken;

    /// <summary>Signals that were read again for the state, and raise nothing.</summary>
    public long Replayed;

    /// <summary>Signals that came after a later one had been correlated.</summary>
    public long Late;

    /// <summary>Signals that came too late to count: the time span of their correlation was over.</summary>
    public long TooLate;

    /// <summary>Signals from the future, which are left out.</summary>
    public long Ahead;

    /// <summary>Signals that did not wait long enough, for want of room.</summary>
    public long Hurried;

    /// <summary>Signals of a lookup that the same rule had matched.</summary>
    public long Repeated;

    /// <summary>Signals of a correlation or rule that is not here.</summary>
    public long Unknown;

    /// <summary>Signals of a correlation that looks for something else here.</summary>
    public long OtherRules;

    /// <summary>Records that are no signals.</summary>
    public long Bad;

    /// <summary>Of these, records that are not kept: the file for them is full, cannot be written, or is not asked for.</summary>
    public long BadNotKept;

    /// <summary>Alerts that were raised, without <see cref="Ends"/>.</summary>
    public long Alerts;

    /// <summary>Alerts about the ends of correlations.</summary>
    public long Ends;

    /// <summary>Commits that the brokers refused.</summary>
    public long CommitsRefused;

    /// <summary>Notes that a sensor's rules are not those here.</summary>
    public void NoteOther(CorrelationSignal signal, bool isKnown)
    {
        Unknown += isKnown ? 0 : 1;
        OtherRules += isKnown ? 1 : 0;
        if (_said.Count < MostSaid && _said.Add((signal.Sensor, signal.Correlation, isKnown)))
        {
            say(isKnown
                ? $"the rules of sensor {signal.Sensor} differ: correlation {signal.Correlation} or one of its rules is another there; its signals count as they come"
                : $"sensor {signal.Sensor} sends signals of correlation {signal.Correlation}, rule {signal.Rule}, which do not run here: they are left out");
        }
    }
}
