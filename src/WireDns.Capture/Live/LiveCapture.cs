using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using SharpPcap;
using SharpPcap.LibPcap;
using WireDns.Capture.Files;
using WireDns.Wire;

namespace WireDns.Capture.Live;

/// <summary>
/// Captures from one network interface. Packets are handed over where the kernel put them, without a copy and without
/// an allocation. One thread runs it; several captures run side by side, each on its own thread.
/// </summary>
public sealed unsafe class LiveCapture : IDisposable
{
    /// <summary>The most captures of one interface that share its packets.</summary>
    public const int MaximumGroup = 16;

    private const int BrokenOff = -2;

    // How long the thread waits for packets before it checks whether to end, and how often the 32-bit counters are read, which wrap after
    // minutes at the highest rates.
    private const int LongestWaitInMilliseconds = 100;
    private const int StatisticsIntervalInMilliseconds = 1000;

    private static readonly TimeSpan LongestReadTimeout = TimeSpan.FromMilliseconds(500);

    private readonly LibPcapLiveDevice _device;

    // The device forgets it when it is closed; the handle lives until the run that holds it has ended.
    private readonly PcapHandle _handle;
    private readonly PcapFunctions _functions;
    private readonly PacketWait _wait;
    private readonly KernelFilter _kernelFilter;
    private readonly TimeSpan _drainTime;
    private readonly int _interfaceIndex;
    private readonly int _descriptor;
    private readonly int _waitInMilliseconds;
    private readonly CaptureCounters _counters = new();
    private PacketCallback? _callback;
    private Action? _onPause;
    private ExceptionDispatchInfo? _callbackFailure;
    private long _delivered;
    private long _leftUnread;
    private volatile bool _disposed;

    private LiveCapture(LibPcapLiveDevice device, PcapFunctions functions, LiveCaptureOptions options, int count)
    {
        _device = device;
        _handle = device.Handle;
        _functions = functions;
        _drainTime = options.DrainTime;
        _interfaceIndex = options.InterfaceIndex;
        _descriptor = functions.GetFileDescriptor(Handle);
        _wait = new PacketWait(_descriptor);
        _kernelFilter = new KernelFilter(_descriptor);
        LinkType = ToLinkType((int)device.LinkType);
        HasNanoseconds = device.TimestampResolution == TimestampResolution.Nanosecond;

        // The kernel hands over a block at its second tick after the time, and has at least 100 ticks a second.
        Lag = 2 * TimeSpan.FromMilliseconds(Math.Max(10, options.ReadTimeout.TotalMilliseconds));

        // The others of a group wait for each to say how far it has read.
        _waitInMilliseconds = count > 1 ? (int)Lag.TotalMilliseconds : LongestWaitInMilliseconds;
    }

    /// <summary>Name of the interface.</summary>
    public string Name => _device.Name;

    /// <summary>The link layer that its packets begin with.</summary>
    public LinkType LinkType { get; }

    /// <summary>The user's filter, in libpcap's language; null if there is none.</summary>
    public string? Filter { get; private set; }

    /// <summary>The built-in filter, if it is in use.</summary>
    public DefaultFilter? DefaultFilter { get; private set; }

    /// <summary>
    /// Number of instructions of the filter that the kernel runs; 0 if it runs none, null if it cannot be asked. With a filter and 0,
    /// libpcap filters in this process, which costs as much as an unfiltered capture.
    /// </summary>
    public int? KernelFilterLength => _kernelFilter.Length;

    /// <summary>
    /// How long a packet may be in the kernel's buffer before it can be read: when the buffer is empty, every packet older than this has
    /// been delivered.
    /// </summary>
    public TimeSpan Lag { get; }

    /// <summary>Whether time stamps are in nanoseconds, rather than microseconds.</summary>
    public bool HasNanoseconds { get; }

    private nint Handle => _handle.DangerousGetHandle();

    /// <summary>Opens an interface. Packets are gathered from here on.</summary>
    /// <exception cref="LiveCaptureException">It cannot be captured from.</exception>
    public static LiveCapture Open(LiveCaptureOptions options) => OpenGroup(options, 1)[0];

    /// <summary>
    /// Opens an interface several times, for as many threads: the kernel deals the packets, so that those between a client and the servers it asks
    /// come to the same capture, in their order. Packets whose client shows only after decoding come to the first: fragments, tunnels over IP, IPv6
    /// with extension headers, and all that is not IP. Linux only, if there is more than one.
    /// </summary>
    /// <param name="options">
    /// The options. All captures together have one <see cref="LiveCaptureOptions.BufferSize"/>, but each at least 1 MiB of it; each gathers packets for as many times
    /// <see cref="LiveCaptureOptions.ReadTimeout"/> as there are captures, 500 ms at most.
    /// </param>
    /// <param name="count">How many, 1 to <see cref="MaximumGroup"/>.</param>
    /// <exception cref="LiveCaptureException">It cannot be captured from, or the kernel does not deal its packets.</exception>
    public static IReadOnlyList<LiveCapture> OpenGroup(LiveCaptureOptions options, int count)
    {
        const int LeastBuffer = 1 << 20;
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SnapLength, 64, nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.SnapLength, PacketFraming.MaximumCapturedLength, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BufferSize, 64 * 1024, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ReadTimeout, TimeSpan.FromMilliseconds(1), nameof(options));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.ReadTimeout, LongestReadTimeout, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaximumGroup);
        var functions = PcapFunctions.Load();

        // On a slow link each read timeout uses up a block of the buffer: with a share of the buffer and so much more time, a reader may stall for as long as with all of it.
        var each = count == 1 ? options : options with
        {
            BufferSize = Math.Max(options.BufferSize / count, LeastBuffer),
            ReadTimeout = options.ReadTimeout * count < LongestReadTimeout ? options.ReadTimeout * count : LongestReadTimeout,
        };
        var captures = new List<LiveCapture>(count);
        try
        {
            while (captures.Count < count)
            {
                captures.Add(OpenQuietly(functions, each, count));
            }

            var group = new FanoutGroup(options.Decoding.Ports);
            foreach (var capture in count == 1 ? [] : captures)
            {
                if (group.Join(capture._descriptor) is { } reason)
                {
                    throw LiveCaptureException.CannotShare(capture.Name, reason);
                }
            }

            // From here on packets come in, to all at the same time.
            captures.ForEach(capture => capture.SetFilter(each));
            return captures;
        }
        catch
        {
            captures.ForEach(capture => capture.Dispose());
            throw;
        }
    }

    /// <summary>
    /// Hands packets to <paramref name="callback"/> on this thread until <paramref name="cancellation"/> is asked for. Then no more packets
    /// are let in, and those in the kernel's buffer are handed over, for at most <see cref="LiveCaptureOptions.DrainTime"/>. An exception
    /// of the callback ends the run and comes out here.
    /// </summary>
    /// <param name="callback">Takes the packets.</param>
    /// <param name="cancellation">Ends the run, traffic or not.</param>
    /// <param name="onEmpty">
    /// Called on this thread when the buffer is empty, at least ten times a second without traffic: every packet older than
    /// <see cref="Lag"/> has been handed over.
    /// </param>
    /// <param name="onPause">
    /// Called on this thread each time that the packets at hand have been handed over, before it waits for others or does anything else; also after a callback that failed.
    /// </param>
    /// <remarks>
    /// An interface that goes down is waited for: libpcap continues when it comes up again. One that disappears is an error.
    /// </remarks>
    /// <exception cref="LiveCaptureException">The interface went away, or reading from it failed.</exception>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void Run(PacketCallback callback, CancellationToken cancellation, Action? onEmpty = null, Action? onPause = null)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var held = false;
        var self = GCHandle.Alloc(this);
        _callback = callback;
        _onPause = onPause;
        _callbackFailure = null;
        try
        {
            _handle.DangerousAddRef(ref held);
            using var registration = cancellation.UnsafeRegister(
                static capture => ((LiveCapture)capture!).BreakLoop(), this);
            RunLoop(GCHandle.ToIntPtr(self), onEmpty, cancellation);
            Drain(GCHandle.ToIntPtr(self));
        }
        finally
        {
            if (held)
            {
                ReadCounters();
                _handle.DangerousRelease();
            }

            _callback = null;
            _onPause = null;
            self.Free();
        }
    }

    /// <summary>
    /// The counters so far. While the capture runs they are as old as a second; may be read from any thread.
    /// </summary>
    public CaptureStatistics Statistics => _counters.Snapshot() with
    {
        Delivered = Volatile.Read(ref _delivered),
        LeftUnread = Volatile.Read(ref _leftUnread),
    };

    /// <summary>Closes the interface; a run ends as if it had been cancelled.</summary>
    public void Dispose()
    {
        _disposed = true;
        _device.Dispose();
    }

    /// <summary>Opens an interface; where the kernel can, no packet comes in before a filter is set.</summary>
    private static LiveCapture OpenQuietly(PcapFunctions functions, LiveCaptureOptions options, int count)
    {
        var device = CaptureInterfaces.Find(options.Interface);
        try
        {
            Activate(device, options, TimestampResolution.Nanosecond);

            // Waiting is done here, so that it can be ended: a blocking read waits for a packet in older versions of
            // the library.
            device.NonBlockingMode = true;
            var capture = new LiveCapture(device, functions, options, count);
            capture.DiscardBacklog();
            return capture;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    private static void Activate(LibPcapLiveDevice device, LiveCaptureOptions options, TimestampResolution resolution)
    {
        var configuration = new DeviceConfiguration
        {
            Mode = options.Promiscuous ? DeviceModes.Promiscuous : DeviceModes.None,
            Snaplen = options.SnapLength,
            BufferSize = options.BufferSize,
            ReadTimeout = (int)options.ReadTimeout.TotalMilliseconds,
            TimestampResolution = resolution,
            Monitor = options.Monitor ? MonitorMode.Active : null,
        };
        NetRawCapability.Raise();
        try
        {
            device.Open(configuration);
        }
        catch (PcapException exception) when (
            exception.Error == PcapError.TimestampPrecisionNotSupported && resolution == TimestampResolution.Nanosecond)
        {
            device.Close();
            Activate(device, options, TimestampResolution.Microsecond);
        }
        catch (PcapException exception)
        {
            throw LiveCaptureException.CannotOpen(device.Name, exception, device.Opened ? device.LastError : "");
        }
        catch (DllNotFoundException exception)
        {
            throw LiveCaptureException.LibraryMissing(exception);
        }
    }

    private void SetFilter(LiveCaptureOptions options)
    {
        switch (options.Filter)
        {
            case LiveCaptureOptions.NoFilter:
                _kernelFilter.AcceptAll();
                break;
            case null:
                DefaultFilter = DefaultFilter.For(LinkType, options.Decoding);
                if (DefaultFilter.Length == 0)
                {
                    _kernelFilter.AcceptAll();
                }
                else if (!_functions.TrySetFilter(Handle, DefaultFilter.Code.ToArray()))
                {
                    throw LiveCaptureException.BadFilter("built-in", _device.LastError, null);
                }

                break;
            default:
                SetFilter(options.Filter);
                break;
        }
    }

    private void SetFilter(string filter)
    {
        try
        {
            _device.Filter = filter;
            Filter = filter;
        }
        catch (PcapException exception)
        {
            throw LiveCaptureException.BadFilter(filter, exception.Message, exception);
        }
    }

    // Before the filter was set, everything came in. Nobody asked for that, and libpcap would filter and count it in this process. So it is
    // dropped, and counting starts here.
    private void DiscardBacklog()
    {
        const int MostMilliseconds = 500;
        var deadline = Environment.TickCount64 + MostMilliseconds;
        if (_kernelFilter.TryRejectAll())
        {
            while (Environment.TickCount64 < deadline
                && (_functions.Dispatch(Handle, &Discard, 0) > 0 || _wait.Wait((int)Lag.TotalMilliseconds)))
            {
            }
        }

        if (_functions.TryGetStatistics(Handle, out var received, out var dropped, out var droppedByInterface))
        {
            _counters.Begin(received, dropped, droppedByInterface);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Discard(nint self, byte* header, byte* data)
    {
        // Before the capture began.
    }

    // The last packets before the end: the kernel lets no more in, and what it has is read.
    private void Drain(nint self)
    {
        _ = _kernelFilter.TryRejectAll();
        var deadline = Environment.TickCount64 + (long)_drainTime.TotalMilliseconds;
        var isEmpty = false;
        while (!_disposed && !isEmpty && Environment.TickCount64 < deadline)
        {
            var result = Dispatch(self);
            if (result == 0)
            {
                isEmpty = !_wait.Wait((int)Lag.TotalMilliseconds);
            }
            else if (result < 0 && result != BrokenOff)
            {
                break;
            }
        }

        ReadCounters();
        var statistics = _counters.Snapshot();
        Volatile.Write(ref _leftUnread, isEmpty ? 0 : Math.Max(0, statistics.Received - statistics.DroppedByKernel - _delivered));
    }

    private void RunLoop(nint self, Action? onEmpty, CancellationToken cancellation)
    {
        var statisticsAt = Environment.TickCount64;
        while (!cancellation.IsCancellationRequested && !_disposed)
        {
            var result = Dispatch(self);
            if (Environment.TickCount64 >= statisticsAt)
            {
                ReadCounters();
                statisticsAt = Environment.TickCount64 + StatisticsIntervalInMilliseconds;
            }

            if (result == 0)
            {
                onEmpty?.Invoke();
                _ = _wait.Wait(_waitInMilliseconds);
            }
            else if (result < 0 && result != BrokenOff)
            {
                throw LiveCaptureException.Lost(Name, _device.LastError);
            }
        }
    }

    /// <summary>Hands over the packets that are there. Returns their number, or one of the library's negative results.</summary>
    private int Dispatch(nint self)
    {
        var result = _functions.Dispatch(Handle, &OnPacket, self);
        _onPause?.Invoke();
        _callbackFailure?.Throw();
        return result;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnPacket(nint self, byte* header, byte* data)
    {
        var capture = (LiveCapture)GCHandle.FromIntPtr(self).Target!;
        try
        {
            capture.Deliver(header, data);
        }
        catch (Exception exception)
        {
            // An exception may not cross the library's frames.
            capture._callbackFailure ??= ExceptionDispatchInfo.Capture(exception);
            capture.BreakLoop();
        }
    }

    // The header is a struct pcap_pkthdr: a struct timeval, the captured length and the original length. The library
    // says how many bytes lie at data, so the span stays in bounds.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Deliver(byte* header, byte* data)
    {
        if (_callbackFailure is not null)
        {
            return;
        }

        long seconds;
        uint fraction;
        int lengths;
        if (OperatingSystem.IsWindows() || nint.Size == 4)
        {
            (seconds, fraction, lengths) = (*(uint*)header, *(uint*)(header + 4), 8);
        }
        else if (OperatingSystem.IsMacOS())
        {
            (seconds, fraction, lengths) = (*(long*)header, *(uint*)(header + 8), 16);
        }
        else
        {
            (seconds, fraction, lengths) = (*(long*)header, (uint)*(long*)(header + 8), 16);
        }

        var captured = *(uint*)(header + lengths);
        var original = *(uint*)(header + lengths + 4);
        Volatile.Write(ref _delivered, _delivered + 1);
        var packet = new Packet
        {
            Data = new ReadOnlySpan<byte>(data, (int)captured),
            OriginalLength = (int)Math.Clamp(original, captured, int.MaxValue),
            LinkType = LinkType,
            Time = PacketTime.FromSeconds((uint)seconds, HasNanoseconds ? fraction : fraction * 1000),
            Number = _delivered,
            InterfaceIndex = _interfaceIndex,
        };
        _callback!(in packet);
    }

    private void BreakLoop() => _functions.BreakLoop(Handle);

    private void ReadCounters()
    {
        if (_functions.TryGetStatistics(Handle, out var received, out var dropped, out var droppedByInterface))
        {
            _counters.Update(received, dropped, droppedByInterface);
        }
    }

    // The library numbers link types as files do, except raw IP: it is 12 in memory, or 14 on OpenBSD, which are other link types in a file.
    private static LinkType ToLinkType(int dataLink) => (LinkType)dataLink;
}

/// <summary>Takes a packet, which is valid only during the call.</summary>
public delegate void PacketCallback(in Packet packet);
