using System.Diagnostics.CodeAnalysis;
using WireDns.Reading;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// The packets of one interface that several threads capture, in one order again. Each thread copies its packets into batches, looks at them
/// (<see cref="SensorPipeline.Look"/>), which is most of the work, and hands the batches in. From there whoever has the pipeline's turn takes the packets of all
/// threads by their time. So all that has an effect happens as with one thread: one set of tables, one order of packets, the same numbers.
/// </summary>
/// <remarks>
/// A packet waits until each other thread has handed in all that is older. A thread without packets says every 20 ms how far it has read. If one does not keep up for 2 s,
/// or for 50 ms while the batches of another are all full, its packets are late: they come after newer ones of the other threads, and those are counted (<see cref="OutOfOrder"/>).
/// </remarks>
/// <param name="pipeline">Takes the packets.</param>
/// <param name="interfaceName">Where they are captured.</param>
/// <param name="threads">How many threads there are.</param>
/// <param name="found">Told how many packets with DNS were found.</param>
/// <param name="time">The clock.</param>
internal sealed class PacketMerge(SensorPipeline pipeline, string interfaceName, int threads, Action<long> found, TimeProvider time)
{
    // Enough for each to be read in one go, and few enough for the second-level cache.
    private const int PacketsInBatch = 256;
    private const int BatchBuffer = 64 * 1024;

    // For all threads together: 4 MiB, or more where packets are longer than a batch's buffer. It holds 16,384 packets, some milliseconds at the highest rates.
    private const int Batches = 64;

    // A thread that hangs, or a clock that was set back, must not keep the packets of the others. Where a thread's batches are all full the kernel's buffer fills, and that must not overflow.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan PatienceOfTheFull = TimeSpan.FromMilliseconds(50);

    private readonly Lane[] _lanes = [.. Enumerable.Range(0, threads).Select(_ => new Lane(Batches / threads))];

    // What is written only by whoever has the pipeline's turn.
    private Lane? _run;
    private long _bound;
    private bool _isForced;
    private long? _blockedSince;
    private long _number;
    private long _outOfOrder;
    private long _handedOverUpTo;

    /// <summary>How many threads there are.</summary>
    public int Threads => threads;

    /// <summary>Packets that came before older ones of another thread, because that one did not keep up.</summary>
    public long OutOfOrder => Volatile.Read(ref _outOfOrder);

    /// <summary>The time up to which every packet was given to the worker, in nanoseconds since 1970.</summary>
    public long HandedOverUpTo => Volatile.Read(ref _handedOverUpTo);

    /// <summary>Packets come, after none came.</summary>
    public void Begin()
    {
        foreach (var lane in _lanes)
        {
            Volatile.Write(ref lane.ReadUpTo, HandedOverUpTo);
        }
    }

    /// <summary>Takes a packet of a thread.</summary>
    /// <param name="thread">Which thread, from 0.</param>
    /// <param name="packet">The packet, valid during the call.</param>
    public void Take(int thread, in Packet packet)
    {
        var lane = _lanes[thread];
        if (!lane.Filling.Packets.TryAdd(in packet))
        {
            HandIn(lane);
            lane.Filling.Packets.TryAdd(in packet);
        }

        lane.LastTime = packet.Time.Nanoseconds;
        if (lane.Filling.Packets.Count == PacketsInBatch)
        {
            HandIn(lane);
        }
    }

    /// <summary>A thread has no more packets for now.</summary>
    /// <param name="thread">Which thread.</param>
    /// <param name="readUpTo">It was given every packet from before this time, in nanoseconds since 1970.</param>
    public void Pause(int thread, long readUpTo)
    {
        var lane = _lanes[thread];
        lane.Publish(pipeline);
        Volatile.Write(ref lane.ReadUpTo, Math.Max(lane.LastTime, readUpTo));
        GiveToWorker(mustWait: true);
        MakeRoom(lane);
    }

    /// <summary>A thread has ended: the others wait for it no longer.</summary>
    public void End(int thread) => Pause(thread, long.MaxValue);

    /// <summary>The next packet in order, for whoever has the pipeline's turn.</summary>
    /// <param name="batch">The batch that it is in.</param>
    /// <param name="index">Its place in the batch.</param>
    /// <param name="number">Its number on the interface, from 1.</param>
    /// <returns>False if there is none yet.</returns>
    public bool TryTake([NotNullWhen(true)] out LookedBatch? batch, out int index, out long number)
    {
        while (_run is not { } lane || !lane.TryTake(_bound))
        {
            if (!TryChoose())
            {
                (batch, index, number) = (null, 0, 0);
                return false;
            }
        }

        (batch, index) = (_run.Current, _run.Index);
        number = ++_number;
        if (_isForced)
        {
            Volatile.Write(ref _outOfOrder, _outOfOrder + 1);
        }

        return true;
    }

    private void HandIn(Lane lane)
    {
        lane.Publish(pipeline);
        Volatile.Write(ref lane.ReadUpTo, lane.LastTime);
        GiveToWorker(mustWait: false);
        MakeRoom(lane);
    }

    // Where all of a thread's batches wait for the others, it waits too, for a moment; then its first one goes before its turn.
    private void MakeRoom(Lane lane)
    {
        while (lane.IsFull)
        {
            Volatile.Write(ref lane.IsPressed, true);
            GiveToWorker(mustWait: true);
            if (lane.IsFull)
            {
                Thread.Sleep(1);
            }
        }

        Volatile.Write(ref lane.IsPressed, false);
    }

    private void GiveToWorker(bool mustWait)
    {
        var count = pipeline.Process(this, interfaceName, mustWait);
        if (count > 0)
        {
            found(count);
        }
    }

    /// <summary>Chooses the thread whose packet is the next, and the time up to which its packets are.</summary>
    private bool TryChoose()
    {
        Lane? first = null;
        var (earliest, next, idle) = (long.MaxValue, long.MaxValue, long.MaxValue);
        var isPressed = false;
        foreach (var lane in _lanes)
        {
            // Read before the batches: what is older than this was handed in before.
            var readUpTo = Volatile.Read(ref lane.ReadUpTo);
            if (!lane.TryPeek(out var oldest))
            {
                idle = Math.Min(idle, readUpTo);
                continue;
            }

            isPressed |= Volatile.Read(ref lane.IsPressed);
            if (oldest < earliest)
            {
                (first, earliest, next) = (lane, oldest, earliest);
            }
            else
            {
                next = Math.Min(next, oldest);
            }
        }

        if (Math.Min(earliest, idle) is not long.MaxValue and var handedOver)
        {
            Volatile.Write(ref _handedOverUpTo, handedOver);
        }

        _isForced = first is not null && earliest > idle;
        _blockedSince = _isForced ? _blockedSince ?? time.GetTimestamp() : null;
        _run = _blockedSince is { } since && time.GetElapsedTime(since) < (isPressed ? PatienceOfTheFull : Patience) ? null : first;
        _bound = Math.Min(next, _isForced ? Math.Max(earliest, first!.Latest) : idle);
        return _run is not null;
    }

    /// <summary>The batches of one thread: a ring that the thread fills, and whoever has the pipeline's turn empties.</summary>
    private sealed class Lane(int length)
    {
        /// <summary>The thread has handed in every packet from before this time.</summary>
        public long ReadUpTo;

        /// <summary>Whether the thread waits for room.</summary>
        public bool IsPressed;

        /// <summary>The time of the last packet that the thread was given.</summary>
        public long LastTime;

        private readonly LookedBatch[] _batches = [.. Enumerable.Range(0, length).Select(_ => new LookedBatch(BatchBuffer))];
        private long _filled;
        private long _emptied;
        private int _next;

        /// <summary>The batch that the thread fills, if there is room.</summary>
        public LookedBatch Filling => _batches[_filled % length];

        /// <summary>Whether there is no batch to fill.</summary>
        public bool IsFull => _filled - Volatile.Read(ref _emptied) == length;

        /// <summary>The batch of the packet that was taken last.</summary>
        public LookedBatch Current => _batches[_emptied % length];

        /// <summary>The place of that packet.</summary>
        public int Index => _next - 1;

        /// <summary>The time of the last packet in that batch.</summary>
        public long Latest => Current.Packets[Current.Packets.Count - 1].Time.Nanoseconds;

        /// <summary>Looks at the packets of the batch that was filled, and hands it in.</summary>
        public void Publish(SensorPipeline pipeline)
        {
            if (Filling.Packets.Count > 0)
            {
                pipeline.Look(Filling);
                Volatile.Write(ref _filled, _filled + 1);
            }
        }

        /// <summary>The time of the next packet; false if there is none.</summary>
        public bool TryPeek(out long oldest)
        {
            if (_emptied < Volatile.Read(ref _filled) && _next == Current.Packets.Count)
            {
                // All were processed: the thread may fill it again.
                Current.Packets.Clear();
                _next = 0;
                Volatile.Write(ref _emptied, _emptied + 1);
            }

            var hasPacket = _emptied < Volatile.Read(ref _filled);
            oldest = hasPacket ? Current.Packets[_next].Time.Nanoseconds : 0;
            return hasPacket;
        }

        /// <summary>Takes the next packet, if it is not later than a time.</summary>
        public bool TryTake(long bound)
        {
            if (!TryPeek(out var oldest) || oldest > bound)
            {
                return false;
            }

            _next++;
            return true;
        }
    }
}
