using System.Runtime.ExceptionServices;
using WireDns.Capture.Files;
using WireDns.Detection;

namespace WireDns.Reading;

/// <summary>
/// Reads one file with several threads, with the results of one. Each thread takes the next batch of packets out of the file, looks at them
/// (<see cref="Worker.Look"/>), and hands the batch in. Whoever finds the next batch in the order of the file handed in, and nobody at the worker,
/// gives the worker all batches that are ready. So what has an effect happens in the order of the packets, on one thread at a time, and nobody waits
/// for anything but the file and a free batch.
/// </summary>
/// <remarks>
/// One thread begins alone. The others come with the second batch and while there is enough in a batch to look at: where most of a file is no DNS, taking it
/// out of the file is most of the work, and waiting for each other costs more than sharing the rest brings. It looks at few batches, and does the rest in one step.
/// </remarks>
/// <param name="worker">Takes the packets.</param>
/// <param name="threads">How many threads read: at least 2.</param>
internal sealed class BatchCrew(Worker worker, int threads)
{
    // One with each thread, and some that wait for the one at the worker.
    private const int SpareBatches = 2;

    // A thread leaves after so many batches that were not worth sharing.
    private const int Patience = 8;

    // Of batches that are not worth sharing, one thread alone looks at one in so many, to see whether they still are not.
    private const int LooksEvery = 8;

    private readonly Lock _reading = new();
    private readonly object _gate = new();
    private readonly Stack<LookedBatch> _free = new();
    private readonly LookedBatch?[] _ready = new LookedBatch?[threads + SpareBatches];
    private ExceptionDispatchInfo? _failure;
    private bool _isEnded;
    private bool _isTaking;
    private int _made;
    private long _read;
    private long _taken;

    /// <summary>Reads a file to its end, to its damage or until it is cancelled.</summary>
    /// <param name="reader">The file.</param>
    /// <param name="take">Gives the worker the packets of a batch. Called in the order of the file, by one thread at a time.</param>
    /// <param name="cancellation">Ends it early.</param>
    /// <exception cref="CaptureFormatException">The file is damaged. Everything before that was taken.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public void Read(CaptureFileReader reader, Action<LookedBatch> take, CancellationToken cancellation)
    {
        (_failure, _isEnded) = (null, false);
        List<Task> others = [];
        var first = _read;
        Work(isFirst: true);
        Task.WaitAll(others, CancellationToken.None);
        _failure?.Throw();

        void Work(bool isFirst)
        {
            try
            {
                var unlooked = 0;
                for (var idle = 0; idle < Patience && TryRead(reader, cancellation) is { } batch;)
                {
                    if (unlooked > 0 && others.TrueForAll(other => other.IsCompleted))
                    {
                        unlooked--;
                        batch.LeaveUnlooked();
                    }
                    else
                    {
                        batch.Look(worker);
                        unlooked = isFirst && !batch.IsWorthSharing ? LooksEvery - 1 : 0;
                    }

                    idle = isFirst || batch.IsWorthSharing ? 0 : idle + 1;
                    if (isFirst && batch.IsWorthSharing && batch.Number > first && others.TrueForAll(other => other.IsCompleted))
                    {
                        others.Clear();
                        others.AddRange(Enumerable.Range(1, threads - 1).Select(_ => Task.Factory.StartNew(
                            () => Work(isFirst: false), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
                    }

                    HandIn(batch, take);
                }
            }
            catch (Exception exception)
            {
                // For the thread that waits for all: this one may have nobody to report to.
                lock (_gate)
                {
                    _failure ??= ExceptionDispatchInfo.Capture(exception);
                    _isEnded = true;
                    Monitor.PulseAll(_gate);
                }
            }
        }
    }

    /// <summary>The next batch of the file; null after the last one.</summary>
    private LookedBatch? TryRead(CaptureFileReader reader, CancellationToken cancellation)
    {
        lock (_reading)
        {
            if (cancellation.IsCancellationRequested || TryTakeFree() is not { } batch)
            {
                return null;
            }

            var hasPackets = false;
            try
            {
                hasPackets = reader.TryReadBatch(batch.Packets);
                batch.Number = hasPackets ? _read++ : 0;
                return hasPackets ? batch : null;
            }
            finally
            {
                if (!hasPackets)
                {
                    GiveBack(batch, isEnded: true);
                }
            }
        }
    }

    /// <summary>A free batch, once there is one; null if no more are needed.</summary>
    private LookedBatch? TryTakeFree()
    {
        lock (_gate)
        {
            while (_free.Count == 0 && _made == _ready.Length && !_isEnded)
            {
                Monitor.Wait(_gate);
            }

            if (_isEnded || _free.Count > 0)
            {
                return _isEnded ? null : _free.Pop();
            }

            _made++;
            return new LookedBatch();
        }
    }

    private void GiveBack(LookedBatch batch, bool isEnded = false)
    {
        lock (_gate)
        {
            _free.Push(batch);
            _isEnded |= isEnded;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Puts a batch among those that are ready, and has the worker take them, unless another thread does that now.</summary>
    private void HandIn(LookedBatch batch, Action<LookedBatch> take)
    {
        lock (_gate)
        {
            _ready[batch.Number % _ready.Length] = batch;
            if (_isTaking)
            {
                return;
            }

            _isTaking = true;
        }

        while (TryTakeReady() is { } next)
        {
            try
            {
                take(next);
            }
            catch
            {
                // Nothing that follows is taken: the thread that failed stays the one at the worker.
                GiveBack(next, isEnded: true);
                throw;
            }

            GiveBack(next);
        }
    }

    private LookedBatch? TryTakeReady()
    {
        lock (_gate)
        {
            ref var place = ref _ready[_taken % _ready.Length];
            var next = place;
            place = null;
            _taken += next is null ? 0 : 1;
            _isTaking = next is not null;
            return next;
        }
    }
}
