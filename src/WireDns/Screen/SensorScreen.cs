using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using WireDns.Alerts;
using WireDns.Recording;
using WireDns.Sensor;
using WireDns.Terminal;

namespace WireDns.Screen;

/// <summary>
/// Shows a sensor full-screen on the terminal that it was started from. It looks at what the sensor has anyway: the snapshot of each second, and the alerts as
/// <c>ctl tail</c> gets them. Its three threads (keys, alerts, drawing) never hold up one that packets or targets wait for.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class SensorScreen : IDisposable
{
    // As often as a person can see, and as LookupSample has room for.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    // The history of an interface: a minute of snapshots. Rates are of the last few of them.
    private const int Moments = 60;
    private const int MomentsOfRate = 3;

    // Entries that the tables of tops could have room for.
    private const int Tops = 20;
    private const int BatchSize = 64;

    private readonly Lock _gate = new();
    private readonly ScreenState _state = new();
    private readonly ScreenLook _look;
    private readonly LiveRun _run;
    private readonly RunOutputs _outputs;
    private readonly LookupSample _sample;
    private readonly RecentTops _tops = new(TimeProvider.System);
    private readonly List<SensorSnapshot> _moments = [];
    private readonly AutoResetEvent _changed = new(initialState: true);
    private readonly HeldLines _held = new();
    private readonly TailSubscription? _tail;
    private readonly ScreenTerminal _terminal;
    private readonly Thread _drawing;
    private volatile bool _isEnding;
    private int _isGone;

    /// <summary>Takes the terminal. Give it back by disposing this.</summary>
    /// <param name="run">The sensor.</param>
    /// <param name="outputs">Where its alerts go.</param>
    /// <param name="sample">Queries for the tables of top clients and names.</param>
    /// <param name="look">What the terminal can show.</param>
    public SensorScreen(LiveRun run, RunOutputs outputs, LookupSample sample, ScreenLook look)
    {
        (_run, _outputs, _sample, _look) = (run, outputs, sample, look);
        _tail = outputs.Tails.Subscribe(AlertLevel.Informational);
        StandardError.Lend(Take);
        _terminal = new ScreenTerminal(() => _changed.Set(), End);
        _drawing = Start(DrawUntilTheEnd, "screen");
        Start(TakeAlerts, "screen alerts");
        Start(TakeKeys, "screen keys");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _terminal.Dispose();
        _drawing.Join(Pause * 10); // a terminal that is held (Ctrl-S) may hold it
    }

    private Thread Start(Action work, string name)
    {
        var thread = new Thread(() => LiveRun.OrEndForWantOfMemory(() => OrGoOn(work))) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }

    // A fault of what is shown is none of the sensor's.
    private void OrGoOn(Action work)
    {
        try
        {
            work();
        }
        catch (Exception exception) when (exception is not OutOfMemoryException && !OpenFiles.AreExhausted())
        {
            GoOnWithout("the picture of --ui has ended by a fault of this program, please report it", isFailure: true);
        }
    }

    // The first screen is back.
    private void End()
    {
        _isEnding = true;
        _changed.Set();
        _tail?.Dispose();
        StandardError.Return(_held.Take);
    }

    private void Take(string line)
    {
        _held.Add(line);
        lock (_gate)
        {
            _state.Add(line);
        }

        _changed.Set();
    }

    private void TakeAlerts()
    {
        var batch = new Notification?[BatchSize];
        for (int read; _tail is not null && (read = _tail.Peek(batch)) > 0; _tail.Remove(read))
        {
            lock (_gate)
            {
                foreach (var notification in batch.AsSpan(0, read))
                {
                    _state.Add(notification!);
                }
            }

            _changed.Set();
        }
    }

    private void TakeKeys()
    {
        try
        {
            while (!_isEnding)
            {
                var key = Console.ReadKey(intercept: true);
                if (key is { Key: ConsoleKey.None, KeyChar: '\0' })
                {
                    return; // the terminal is gone
                }

                bool wantsEnd;
                lock (_gate)
                {
                    wantsEnd = !_isEnding && _state.Press(key, ScreenTerminal.Size.Height / 2);
                }

                if (wantsEnd)
                {
                    _terminal.End();
                    _run.Stop();
                }

                _changed.Set();
            }
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            // The terminal is gone; who draws on it finds out as well.
        }
    }

    private void DrawUntilTheEnd()
    {
        var wasDrawn = false;
        while (!_isEnding)
        {
            var hasChanged = _changed.WaitOne(Pause) | Look();
            if (!hasChanged && wasDrawn)
            {
                continue;
            }

            wasDrawn = true;
            if (!TryDraw())
            {
                GoOnWithout("the terminal of --ui is gone", isFailure: false);
                return;
            }

            // Keys and alerts come faster than anyone sees.
            if (!_isEnding)
            {
                Thread.Sleep(Pause / 4);
            }
        }
    }

    private bool TryDraw()
    {
        var (width, height) = ScreenTerminal.Size;
        IReadOnlyList<string> lines;
        lock (_gate)
        {
            lines = ScreenView.Draw(_state, width, height, _look);
        }

        return _terminal.Draw(lines);
    }

    // Nobody is shown the alerts any more. The sensor goes on for its targets, or ends where it has none.
    private void GoOnWithout(string what, bool isFailure)
    {
        if (Interlocked.Exchange(ref _isGone, 1) != 0)
        {
            return;
        }

        _terminal.End();
        var hasTargets = _outputs.Counters.Count > 0;
        StandardError.Write($"wiredns: {what}; {(hasTargets ? "the sensor goes on without it" : "the sensor ends, since it has no target")}", isFailure ? LogLevel.Error : LogLevel.Warning);
        if (!hasTargets)
        {
            _run.Stop(isFailure);
        }
    }

    private bool Look()
    {
        _sample.MoveTo(_tops);
        if (_run.Snapshot is not { } snapshot || (_moments.Count > 0 && ReferenceEquals(_moments[^1], snapshot)))
        {
            return false;
        }

        _tops.Tick();
        _moments.Add(snapshot);
        if (_moments.Count > Moments + 1)
        {
            _moments.RemoveAt(0);
        }

        var privacy = _outputs.Privacy;
        var clients = _tops.Clients(Tops).Select(client => privacy is null ? client : (privacy.HideClient(client.Key), client.Count));
        var names = _tops.Names(Tops).Select(name => privacy is null ? name : (privacy.Hide(name.Key, client: null), name.Count));
        var rules = _run.Rules;
        var figures = new ScreenFigures(
            snapshot, rules.Compiled.Count + rules.Correlations.Count, [.. snapshot.Interfaces.Select((_, place) => RateOf(place))], [.. clients], [.. names], _sample.LeftOut);
        lock (_gate)
        {
            _state.Take(figures, _tail?.Lost ?? 0);
        }

        return true;
    }

    private InterfaceRate RateOf(int place)
    {
        var last = _moments[^1];
        var first = _moments[Math.Max(0, _moments.Count - 1 - MomentsOfRate)];
        var (before, after) = (first.Interfaces[place], last.Interfaces[place]);
        return new InterfaceRate(
            Rate(first, last, after.Statistics.Delivered - before.Statistics.Delivered),
            Rate(first, last, after.Octets - before.Octets),
            Rate(first, last, after.DnsPackets - before.DnsPackets),
            Rate(first, last, Dropped(after) - Dropped(before)),
            [.. _moments.Zip(_moments.Skip(1), (one, next) => Rate(one, next, next.Interfaces[place].DnsPackets - one.Interfaces[place].DnsPackets))]);

        static double Rate(SensorSnapshot first, SensorSnapshot last, long count) =>
            last.Uptime > first.Uptime ? count / (last.Uptime - first.Uptime).TotalSeconds : 0;

        static long Dropped(InterfaceSnapshot one) => one.Statistics.DroppedByKernel + one.Statistics.DroppedByInterface;
    }

    /// <summary>What the sensor says while the terminal shows something else, for later. Thread-safe.</summary>
    private sealed class HeldLines
    {
        private const int Most = 2000;

        private readonly Lock _gate = new();
        private readonly Queue<string> _lines = new();
        private long _leftOut;

        public void Add(string line)
        {
            lock (_gate)
            {
                _lines.Enqueue(line);
                if (_lines.Count > Most)
                {
                    _lines.Dequeue();
                    _leftOut++;
                }
            }
        }

        public IReadOnlyList<string> Take()
        {
            lock (_gate)
            {
                IReadOnlyList<string> lines =
                [
                    .. _leftOut == 0 ? Array.Empty<string>() : [ScreenView.Invariant($"wiredns: {_leftOut:N0} older lines were shown by --ui alone (l)")],
                    .. _lines,
                ];
                _lines.Clear();
                return lines;
            }
        }
    }
}
