using System.Diagnostics;
using WireDns.Alerts.Buffers;

namespace WireDns.Alerts.Delivery;

/// <summary>
/// Delivers every alert and every event of the sensor to every sink, each over a bounded buffer and a thread of its own, so that a sink that hangs or fails stops no
/// other (unless its own mode is to block). Counts what happens to each alert. Thread-safe.
/// </summary>
/// <remarks>
/// A sink with <see cref="QueueMode.Block"/> slows the source of the alerts to its own pace: for files, and for sinks that cannot hang for long.
/// </remarks>
public sealed class AlertDelivery : IDisposable
{
    // Fewer than this many sinks that are gone are told apart in the counters.
    private const int MostGone = 64;

    private readonly CancellationTokenSource _noReaderLeft = new();
    private readonly ReaderWriterLockSlim _exchange = new(); // read while an alert is handed over, written while sinks are exchanged
    private readonly Action<SinkNotice>? _say;
    private readonly Timer? _watch;
    private volatile bool _isCompleted;
    private Sinks _sinks;
    private long _raised;

    /// <summary>Starts the threads. The sinks' transports belong to the delivery from here on.</summary>
    /// <param name="sinks">Where each alert goes; may be empty.</param>
    /// <param name="say">Called on a thread of its own when a sink accepts nothing, works again, or has lost alerts.</param>
    public AlertDelivery(IReadOnlyList<AlertSink> sinks, Action<SinkNotice>? say = null)
    {
        ArgumentNullException.ThrowIfNull(sinks);
        _say = say;
        NoReaderLeft = _noReaderLeft.Token;
        _sinks = new Sinks([.. sinks.Select(sink => new SinkSlot(sink, OnReaderGone))], [], []);
        Array.ForEach(_sinks.Running, slot => slot.Start());
        if (say is not null)
        {
            _watch = Watch(new DeliveryWatch(() => Counters, say));
        }
    }

    /// <summary>
    /// Cancelled when the last sink has lost the reader of its pipe (<c>wiredns read … | head -1</c>): there is nobody left to read files
    /// for. Callbacks run on a delivery thread.
    /// </summary>
    public CancellationToken NoReaderLeft { get; }

    /// <summary>Alerts and events since the start, each of which was offered to every sink.</summary>
    public long Raised => Interlocked.Read(ref _raised);

    /// <summary>
    /// What happened to the alerts so far, for each sink, also for those that are gone. A sink that came back goes on from what it had. Final after <see cref="Complete"/>.
    /// </summary>
    public IReadOnlyList<SinkCounters> Counters
    {
        get
        {
            var sinks = Volatile.Read(ref _sinks);
            List<SinkCounters> all = [.. sinks.Gone];
            foreach (var counters in sinks.Ending.Select(slot => slot.Counters()))
            {
                Join(all, counters);
            }

            List<SinkCounters> running = [];
            foreach (var counters in sinks.Running.Select(slot => slot.Counters()))
            {
                var before = all.FindIndex(one => one.Name == counters.Name);
                running.Add(before < 0 ? counters : sinks.IsEnding(counters.Name) ? all[before].Beside(counters) : all[before].Plus(counters));
                if (before >= 0)
                {
                    all.RemoveAt(before);
                }
            }

            return [.. running, .. all];
        }
    }

    /// <summary>Hands an alert or an event to every sink, first to those that never wait.</summary>
    /// <returns>False if a sink dropped it.</returns>
    public bool Enqueue(Notification alert)
    {
        Interlocked.Increment(ref _raised);
        var isQueued = true;
        _exchange.EnterReadLock();
        try
        {
            var slots = _sinks.Running;
            foreach (var slot in slots)
            {
                isQueued &= slot.Mode != QueueMode.Drop || slot.Add(alert);
            }

            foreach (var slot in slots)
            {
                isQueued &= slot.Mode != QueueMode.Block || slot.Add(alert);
            }
        }
        finally
        {
            _exchange.ExitReadLock();
        }

        return isQueued;
    }

    /// <summary>
    /// Has these sinks from now on. One whose name and <see cref="AlertSink.Identity"/> are those of a sink that runs goes on as it is. A sink that is not wanted any more delivers
    /// what waits, as far as there is time, and the counters of one that has its name go on from its own. No alert is missed or sent twice. Call it from one thread at a time, and not where
    /// a sink blocks.
    /// </summary>
    /// <param name="wanted">The sinks.</param>
    /// <param name="drain">How long all sinks that go may take together to deliver what waits.</param>
    /// <exception cref="IOException">A sink cannot be opened, and nothing has changed. (One that waits for the place of another is tried again.)</exception>
    public void Exchange(IReadOnlyList<SinkOpening> wanted, TimeSpan drain)
    {
        ArgumentNullException.ThrowIfNull(wanted);
        var current = _sinks.Running.ToList();
        var going = current.Where(slot => !wanted.Any(slot.IsOf)).ToList();
        var next = new List<SinkSlot>();
        var opened = new List<SinkSlot>();
        var later = new List<(SinkSlot Slot, SinkOpening Opening)>();
        try
        {
            foreach (var opening in wanted)
            {
                var slot = current.Find(slot => slot.IsOf(opening));
                if (slot is null && going.Exists(gone => gone.Name == opening.Sink.Name))
                {
                    slot = new SinkSlot(opening, OnReaderGone);
                    later.Add((slot, opening));
                }
                else if (slot is null)
                {
                    slot = new SinkSlot(opening.Open(), OnReaderGone);
                    opened.Add(slot);
                }

                next.Add(slot);
            }
        }
        catch (IOException)
        {
            opened.ForEach(slot =>
            {
                slot.Start();
                slot.Complete();
            });
            throw;
        }

        opened.ForEach(slot => slot.Start());
        _exchange.EnterWriteLock();
        Volatile.Write(ref _sinks, _sinks with { Running = [.. next], Ending = [.. going] });
        _exchange.ExitWriteLock();
        if (_isCompleted)
        {
            // The end came between; it may not have seen these.
            End(next, TimeSpan.Zero);
        }

        End(going, drain);
        Volatile.Write(ref _sinks, _sinks with { Ending = [], Gone = Keep(_sinks, going) });
        foreach (var (slot, opening) in later)
        {
            OpenLater(slot, opening, isSaid: false);
        }
    }

    /// <summary>Rotates every file before its next alert, or opens it again if another program has moved it.</summary>
    public void RotateFiles() => Array.ForEach(Volatile.Read(ref _sinks).Running, slot => slot.RotateFile());

    /// <summary>
    /// Accepts no more alerts, releases the threads that wait in <see cref="Enqueue"/>, delivers what waits, and closes the transports.
    /// What is not delivered by the deadline counts as abandoned. May be called again and from several threads: the shortest deadline
    /// applies.
    /// </summary>
    /// <param name="deadline">For all sinks together; <see cref="Timeout.InfiniteTimeSpan"/> waits for the slowest reader (a person in a
    /// pager).</param>
    /// <returns>Whether every alert since the start reached every sink.</returns>
    public bool Complete(TimeSpan deadline)
    {
        _isCompleted = true;
        Interlocked.MemoryBarrier(); // with that of the lock in Exchange: one of the two sees the other's sinks
        var sinks = Volatile.Read(ref _sinks);
        End([.. sinks.Running, .. sinks.Ending], deadline);
        _watch?.Dispose(); // the summary reports what happens from now on
        return !Counters.Any(counters => counters.HasLosses);
    }

    /// <summary>
    /// Ends at once; what <see cref="Complete"/> had no time to deliver is abandoned. A thread that hangs in its sink may outlive this, so
    /// its objects are left to the garbage collector.
    /// </summary>
    public void Dispose()
    {
        _watch?.Dispose();
        Complete(TimeSpan.Zero);
    }

    /// <summary>Looks every second. While one look blocks, on a standard error that nobody reads, the next ones are skipped.</summary>
    private static Timer Watch(DeliveryWatch watch)
    {
        var isLooking = 0;
        return new Timer(
            _ =>
            {
                if (Interlocked.Exchange(ref isLooking, 1) == 0)
                {
                    watch.Look();
                    Volatile.Write(ref isLooking, 0);
                }
            },
            null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private static TimeSpan Remaining(TimeSpan deadline, long start)
    {
        if (deadline == Timeout.InfiniteTimeSpan)
        {
            return deadline;
        }

        var remaining = deadline - Stopwatch.GetElapsedTime(start);
        return remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero;
    }

    private static void End(IReadOnlyList<SinkSlot> slots, TimeSpan deadline)
    {
        foreach (var slot in slots)
        {
            slot.Complete();
        }

        var start = Stopwatch.GetTimestamp();
        foreach (var slot in slots)
        {
            if (!slot.WaitForEnd(Remaining(deadline, start)))
            {
                slot.Abandon();
            }
        }
    }

    private static List<SinkCounters> Keep(Sinks sinks, IReadOnlyList<SinkSlot> ended)
    {
        var running = sinks.Running.Select(slot => slot.Name).ToHashSet();
        List<SinkCounters> gone = [.. sinks.Gone];
        foreach (var counters in ended.Select(slot => slot.Counters()))
        {
            // Where there are too many, the newest one counts for those that follow too.
            var isNew = !running.Contains(counters.Name) && !gone.Exists(one => one.Name == counters.Name);
            var name = isNew && gone.Count(one => !running.Contains(one.Name)) >= MostGone ? gone.FindLast(one => !running.Contains(one.Name))!.Name : counters.Name;
            Join(gone, counters with { Name = name });
        }

        return gone;
    }

    private static void Join(List<SinkCounters> all, SinkCounters counters)
    {
        var place = all.FindIndex(one => one.Name == counters.Name);
        if (place < 0)
        {
            all.Add(counters);
        }
        else
        {
            all[place] = all[place].Plus(counters);
        }
    }

    // The sink before it may take long to close a connection that hangs.
    private void OpenLater(SinkSlot slot, SinkOpening opening, bool isSaid)
    {
        try
        {
            slot.Open(opening.Open());
        }
        catch (IOException exception)
        {
            if (!isSaid)
            {
                _say?.Invoke(new SinkNotice(slot.Name, "alerts", IsTrouble: true, $"{exception.Message}; it is tried again, and alerts wait"));
            }

            if (!_isCompleted && Volatile.Read(ref _sinks).Running.Contains(slot))
            {
                _ = Task.Delay(TimeSpan.FromSeconds(1)).ContinueWith(_ => OpenLater(slot, opening, isSaid: true), TaskScheduler.Default);
            }
        }
    }

    private void OnReaderGone()
    {
        var slots = Volatile.Read(ref _sinks).Running;
        if (slots.Length > 0 && Array.TrueForAll(slots, slot => slot.IsReaderGone))
        {
            _noReaderLeft.Cancel();
        }
    }

    /// <summary>All sinks at one moment. There is one reference to it, so that whoever counts finds each sink in one of the three.</summary>
    /// <param name="Running">Those that alerts go to.</param>
    /// <param name="Ending">Those that deliver what waited for them when others took their place.</param>
    /// <param name="Gone">What those that have ended came to, by name.</param>
    private sealed record Sinks(SinkSlot[] Running, SinkSlot[] Ending, IReadOnlyList<SinkCounters> Gone)
    {
        public bool IsEnding(string name) => Array.Exists(Ending, slot => slot.Name == name);
    }
}
