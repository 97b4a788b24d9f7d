using System.Runtime.ExceptionServices;
using WireDns.Capture.Live;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// An interface that is captured from for as long as the sensor runs. If it goes down, is deleted, renamed or moved, the sensor waits for it and
/// opens it again. <see cref="Run(PacketCallback, Action, CancellationToken)"/> needs a thread of its own; all other members may be called from any thread.
/// </summary>
internal sealed class WatchedInterface : IDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    private readonly LiveCaptureOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly int _threads;
    private readonly Member[] _members;
    private CancellationTokenSource _renewal = new();
    private IReadOnlyList<LiveCapture> _captures;
    private CaptureStatistics _past;
    private uint _index;
    private long? _linkLosses;
    private long _interruptions;
    private string? _loss;
    private PacketMerge? _merge;

    /// <summary>Opens an interface.</summary>
    /// <param name="options">How.</param>
    /// <param name="threads">How many threads capture from it.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="LiveCaptureException">It cannot be captured from.</exception>
    public WatchedInterface(LiveCaptureOptions options, int threads, TimeProvider time)
    {
        _options = options;
        _threads = threads;
        _time = time;
        _members = [.. Enumerable.Range(0, threads).Select(_ => new Member())];
        _captures = Open();
    }

    /// <summary>The interface's name.</summary>
    public string Name => _options.Interface;

    /// <summary>How many threads capture from it.</summary>
    public int Threads => _threads;

    /// <summary>The capture, or the first of several; null while the interface is gone.</summary>
    public LiveCapture? Capture
    {
        get
        {
            lock (_gate)
            {
                return _captures is [var first, ..] ? first : null;
            }
        }
    }

    /// <summary>Why nothing is being captured; null while capturing is possible.</summary>
    public string? Loss => Volatile.Read(ref _loss);

    /// <summary>Packets handed to the callback.</summary>
    public long Packets => _members.Sum(member => Volatile.Read(ref member.Packets));

    /// <summary>Octets of these packets on the wire.</summary>
    public long Octets => _members.Sum(member => Volatile.Read(ref member.Octets));

    /// <summary>Packets that came before older ones that another thread captured.</summary>
    public long OutOfOrder => Volatile.Read(ref _merge)?.OutOfOrder ?? 0;

    /// <summary>How often nothing could be captured for a while, however short: the interface was gone, or had no link. As of the last <see cref="CheckIsUp"/>.</summary>
    public long Interruptions => Interlocked.Read(ref _interruptions);

    /// <summary>The capture counters, summed over every thread and every time the interface was opened.</summary>
    public CaptureStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _past.Plus(StatisticsNow());
            }
        }
    }

    /// <summary>
    /// The time up to which every packet has been handed over, in nanoseconds since 1970. Null while the interface is gone, because then there is
    /// nothing to wait for.
    /// </summary>
    public long? ReadUpTo => Loss is not null ? null : Volatile.Read(ref _merge)?.HandedOverUpTo ?? _members[0].ReadUpTo;

    /// <summary>Hands packets to a callback, on this thread, until told to stop. There is one thread.</summary>
    /// <param name="callback">Takes the packets.</param>
    /// <param name="onPause">Called when those at hand have been handed over (<see cref="LiveCapture.Run"/>).</param>
    /// <param name="stop">Ends the run.</param>
    /// <exception cref="LiveCaptureException">Capturing is no longer possible, and waiting will not help.</exception>
    public void Run(PacketCallback callback, Action onPause, CancellationToken stop)
    {
        var member = _members[0];
        KeepCapturing(
            end => _captures[0].Run((in Packet packet) => member.Deliver(in packet, callback), end.Token, () => Volatile.Write(ref member.EmptyAt, EmptyAt()), onPause), stop);
    }

    /// <summary>Captures with this thread and as many others as there are, until told to stop, and hands the packets to what puts them in order.</summary>
    /// <exception cref="LiveCaptureException">Capturing is no longer possible, and waiting will not help.</exception>
    public void Run(PacketMerge merge, CancellationToken stop)
    {
        Volatile.Write(ref _merge, merge);
        KeepCapturing(
            end =>
            {
                ExceptionDispatchInfo? failure = null;
                merge.Begin();
                var others = Enumerable.Range(1, _threads - 1).Select(thread => new Thread(() => Work(thread)) { Name = $"{Name}/{thread}" }).ToList();
                others.ForEach(other => other.Start());
                Work(0);
                others.ForEach(other => other.Join());
                failure?.Throw();

                void Work(int thread)
                {
                    var member = _members[thread];
                    PacketCallback take = (in Packet packet) => merge.Take(thread, in packet);
                    try
                    {
                        _captures[thread].Run((in Packet packet) => member.Deliver(in packet, take), end.Token, () => merge.Pause(thread, EmptyAt()));
                        merge.End(thread);
                    }
                    catch (Exception exception)
                    {
                        Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(exception), null);
                        merge.End(thread);
                    }
                    finally
                    {
                        // They come and go together.
                        end.Cancel();
                    }
                }
            },
            stop);
    }

    private void KeepCapturing(Action<CancellationTokenSource> capture, CancellationToken stop)
    {
        while (true)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, _renewal.Token);
            try
            {
                capture(end);
                if (stop.IsCancellationRequested)
                {
                    return;
                }

                Lose("there is no interface of this name any more, or another one");
            }
            catch (LiveCaptureException exception) when (exception.Failure == LiveCaptureFailure.DeviceLost)
            {
                Lose("the interface is gone");
            }

            if (!TryReopen(stop))
            {
                return;
            }
        }
    }

    /// <summary>Whether the interface is up. If the name now belongs to another interface, the capture is opened again.</summary>
    public bool CheckIsUp()
    {
        var presence = InterfacePresence.Of(Name);
        lock (_gate)
        {
            if (_captures.Count > 0 && presence.Index != _index)
            {
                _renewal.Cancel();
            }
            else if (_captures.Count > 0)
            {
                Interlocked.Add(ref _interruptions, Math.Max(0, (presence.LinkLosses - _linkLosses) ?? 0));
                _linkLosses = presence.LinkLosses ?? _linkLosses;
            }
        }

        return presence.IsUp;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var capture in _captures)
        {
            capture.Dispose();
        }

        _renewal.Dispose();
    }

    // Every packet older than the lag of the kernel's buffer has been read.
    private long EmptyAt() => ((_time.GetUtcNow() - _captures[0].Lag).Ticks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick;

    private CaptureStatistics StatisticsNow() => _captures.Select((capture, place) =>
        place == 0 ? capture.Statistics : capture.Statistics with { DroppedByInterface = 0 } /* the interface has one such counter, and each reads it */)
        .Aggregate(default(CaptureStatistics), (sum, statistics) => sum.Plus(statistics));

    private void Lose(string reason)
    {
        Volatile.Write(ref _loss, reason);
        Interlocked.Increment(ref _interruptions);
        lock (_gate)
        {
            _past = _past.Plus(StatisticsNow());
            foreach (var capture in _captures)
            {
                capture.Dispose();
            }

            _captures = [];
        }
    }

    private bool TryReopen(CancellationToken stop)
    {
        for (var wait = FirstBackoff; !stop.WaitHandle.WaitOne(wait); wait = wait + wait < LongestBackoff ? wait + wait : LongestBackoff)
        {
            if (!InterfacePresence.Of(Name).Exists)
            {
                // Do not ask libpcap, which takes much longer to say so.
                continue;
            }

            try
            {
                var opened = Open();
                lock (_gate)
                {
                    _renewal.Dispose();
                    _renewal = new CancellationTokenSource();
                    _captures = opened;
                }

                Volatile.Write(ref _loss, null);
                return true;
            }
            catch (LiveCaptureException exception)
            {
                Volatile.Write(ref _loss, exception.Message);
            }
        }

        return false;
    }

    private IReadOnlyList<LiveCapture> Open()
    {
        // Read the number first: if the name moves to another interface now, the check will notice the difference.
        var presence = InterfacePresence.Of(Name);
        var captures = LiveCapture.OpenGroup(_options, _threads);
        lock (_gate)
        {
            (_index, _linkLosses) = (presence.Index, presence.LinkLosses);
        }

        return captures;
    }

    /// <summary>What one thread has captured.</summary>
    private sealed class Member
    {
        public long Packets;
        public long Octets;
        public long EmptyAt;
        private long _lastPacket;

        public long ReadUpTo => Math.Max(Volatile.Read(ref _lastPacket), Volatile.Read(ref EmptyAt));

        public void Deliver(in Packet packet, PacketCallback callback)
        {
            Volatile.Write(ref _lastPacket, packet.Time.Nanoseconds);
            Volatile.Write(ref Packets, Packets + 1);
            Volatile.Write(ref Octets, Octets + packet.OriginalLength);
            callback(in packet);
        }
    }
}
