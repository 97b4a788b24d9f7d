using WireDns.Capture.Live;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// An interface that is captured from for as long as the sensor runs. If it goes down, is deleted, renamed or moved, the sensor waits for it and
/// opens it again. <see cref="Run"/> needs a thread of its own; all other members may be called from any thread.
/// </summary>
internal sealed class WatchedInterface : IDisposable
{
    private static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(2);

    private readonly LiveCaptureOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private CancellationTokenSource _renewal = new();
    private LiveCapture? _capture;
    private CaptureStatistics _past;
    private uint _index;
    private string? _loss;
    private long _lastPacket;
    private long _emptyAt;
    private long _packets;

    /// <summary>Opens an interface.</summary>
    /// <exception cref="LiveCaptureException">It cannot be captured from.</exception>
    public WatchedInterface(LiveCaptureOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _capture = Open();
    }

    /// <summary>The interface's name.</summary>
    public string Name => _options.Interface;

    /// <summary>The capture; null while the interface is gone.</summary>
    public LiveCapture? Capture
    {
        get
        {
            lock (_gate)
            {
                return _capture;
            }
        }
    }

    /// <summary>Why nothing is being captured; null while capturing is possible.</summary>
    public string? Loss => Volatile.Read(ref _loss);

    /// <summary>Packets handed to the callback.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>The capture counters, summed over every time the interface was opened.</summary>
    public CaptureStatistics Statistics
    {
        get
        {
            lock (_gate)
            {
                return _capture is null ? _past : _past.Plus(_capture.Statistics);
            }
        }
    }

    /// <summary>
    /// The time up to which every packet has been handed over, in nanoseconds since 1970. Null while the interface is gone, because then there is
    /// nothing to wait for.
    /// </summary>
    public long? ReadUpTo => Loss is null ? Math.Max(Volatile.Read(ref _lastPacket), Volatile.Read(ref _emptyAt)) : null;

    /// <summary>Hands packets to a callback until told to stop.</summary>
    /// <exception cref="LiveCaptureException">Capturing is no longer possible, and waiting will not help.</exception>
    public void Run(PacketCallback callback, CancellationToken stop)
    {
        while (true)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop, _renewal.Token);
            try
            {
                _capture!.Run((in Packet packet) => Deliver(packet, callback), end.Token, NoteEmpty);
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
            if (_capture is not null && presence.Index != _index)
            {
                _renewal.Cancel();
            }
        }

        return presence.IsUp;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _capture?.Dispose();
        _renewal.Dispose();
    }

    private void Deliver(in Packet packet, PacketCallback callback)
    {
        Volatile.Write(ref _lastPacket, packet.Time.Nanoseconds);
        Volatile.Write(ref _packets, _packets + 1);
        callback(packet);
    }

    // Every packet older than the lag of the kernel's buffer has been read.
    private void NoteEmpty() => Volatile.Write(
        ref _emptyAt, ((_time.GetUtcNow() - _capture!.Lag).Ticks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick);

    private void Lose(string reason)
    {
        Volatile.Write(ref _loss, reason);
        lock (_gate)
        {
            _past = _past.Plus(_capture!.Statistics);
            _capture.Dispose();
            _capture = null;
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
                    _capture = opened;
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

    private LiveCapture Open()
    {
        // Read the number first: if the name moves to another interface now, the check will notice the difference.
        var index = InterfacePresence.Of(Name).Index;
        var capture = LiveCapture.Open(_options);
        lock (_gate)
        {
            _index = index;
        }

        return capture;
    }
}
