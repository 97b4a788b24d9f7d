using WireDns.Detection;
using WireDns.Detection.Counters;
using WireDns.Detection.Evidence;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Detection.State;
using WireDns.Reading;
using WireDns.Wire;

namespace WireDns.Sensor;

/// <summary>
/// A worker that threads share: each takes its turn. A bug in the program costs the packet at hand, which the fault log keeps, and not the sensor.
/// </summary>
/// <param name="worker">The worker.</param>
/// <param name="keeper">Gives packets to the worker if there is one.</param>
/// <param name="source">Where packets come from: all interfaces.</param>
/// <param name="faults">Told of what the worker throws.</param>
internal sealed class SensorPipeline(Worker worker, EvidenceKeeper? keeper, PacketSource source, FaultLog faults)
{
    private readonly Lock _turn = new();
    private int _swaps;

    /// <summary>Waits for the turn, for <see cref="Process(in Packet, string)"/>. Other calls take it themselves.</summary>
    public void TakeTurn() => _turn.Enter();

    /// <summary>Lets others have the turn.</summary>
    public void LeaveTurn() => _turn.Exit();

    /// <summary>Processes one packet. The thread has the turn.</summary>
    /// <param name="packet">The packet, valid during the call.</param>
    /// <param name="interfaceName">Where it was captured.</param>
    /// <returns>How many packets with DNS are known of now that were not before: 0 or 1, or more where it completes what waited.</returns>
    public long Process(in Packet packet, string interfaceName)
    {
        var before = worker.DnsPackets;
        try
        {
            if (keeper is null)
            {
                worker.Process(in packet, source);
            }
            else
            {
                keeper.Process(packet, source);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Abandon(in packet, interfaceName, exception);
        }

        return worker.DnsPackets - before;
    }

    /// <summary>Looks at the packets of a batch, which needs no turn: several threads may do it at the same time.</summary>
    public void Look(LookedBatch batch)
    {
        batch.Rules = Volatile.Read(ref _swaps);
        try
        {
            batch.Look(worker);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // The packet on which it fails fails again on the long way, where it is noted.
            batch.Forget();
        }
    }

    /// <summary>Processes the packets that several threads have looked at, as far as their order is known.</summary>
    /// <param name="packets">The packets.</param>
    /// <param name="interfaceName">Where they were captured.</param>
    /// <param name="mustWait">Whether to wait for a turn; if not, another thread that has it may do the work.</param>
    /// <inheritdoc cref="Process(in Packet, string)"/>
    public long Process(PacketMerge packets, string interfaceName, bool mustWait)
    {
        if (mustWait)
        {
            _turn.Enter();
        }
        else if (!_turn.TryEnter())
        {
            return 0;
        }

        try
        {
            var before = worker.DnsPackets;
            while (packets.TryTake(out var batch, out var index, out var number))
            {
                var packet = batch.Packets[index] with { Number = number };
                if (batch.Rules != _swaps)
                {
                    Look(batch);
                }

                LookAhead.Expect(worker, batch.Looked, index);
                Process(in packet, in batch.Looked[index], interfaceName);
            }

            return worker.DnsPackets - before;
        }
        finally
        {
            _turn.Exit();
        }
    }

    private void Process(in Packet packet, in LookedPacket looked, string interfaceName)
    {
        try
        {
            if (keeper is null)
            {
                worker.Process(in packet, in looked, source);
            }
            else
            {
                keeper.Process(in packet, in looked, source);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Abandon(packet, interfaceName, exception);
        }
    }

    private void End(Action<PacketSource> end)
    {
        lock (_turn)
        {
            try
            {
                end(source);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                faults.Note(exception);
            }
        }
    }

    private void Abandon(in Packet packet, string interfaceName, Exception exception)
    {
        worker.Abandon(source);
        faults.Note(packet, interfaceName, exception);
    }

    /// <summary>Advances the time: no packet from before it may follow.</summary>
    public void Tick(PacketTime now)
    {
        lock (_turn)
        {
            try
            {
                if (keeper is null)
                {
                    worker.Tick(now, source);
                }
                else
                {
                    keeper.Tick(now, source);
                }
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                worker.AbandonTick();
                faults.Note(exception);
            }
        }
    }

    /// <summary>No packet follows: what waits is judged as it is.</summary>
    public void Finish() => End(keeper is null ? worker.FinishSource : keeper.FinishSource);

    /// <summary>No packet follows here: another process goes on with what <see cref="Save"/> writes. Call <see cref="Finish"/> if that could not be kept.</summary>
    public void Suspend() => End(keeper is null ? worker.Suspend : keeper.Suspend);

    /// <summary>
    /// Writes what the worker remembers (<see cref="Worker.Save"/>), in parts between which packets are processed. Null if the rules were exchanged meanwhile: then what
    /// was written is worth nothing.
    /// </summary>
    /// <param name="write">Takes the parts.</param>
    /// <param name="maximumLength">How long they may be together, in octets.</param>
    public WorkerSaving? Save(StatePartTarget write, long maximumLength)
    {
        var swaps = Volatile.Read(ref _swaps);
        var saving = worker.Save(source, maximumLength);
        using var part = new MemoryStream();
        while (true)
        {
            Task? writing;
            lock (_turn)
            {
                if (swaps != _swaps)
                {
                    return null;
                }

                writing = saving.WriteNext(part);
            }

            if (writing is null)
            {
                return saving;
            }

            writing.GetAwaiter().GetResult();
            write(part.GetBuffer().AsSpan(0, (int)part.Length));
            part.SetLength(0);
        }
    }

    /// <summary>Goes on with what an earlier process wrote (<see cref="Worker.Restore"/>). Call it before the first packet.</summary>
    public RestoredState Restore(BinaryReader reader) => worker.Restore(reader, source);

    /// <summary>Exchanges the rules between two packets (<see cref="Worker.Swap"/>).</summary>
    public void Swap(LoadedRules rules)
    {
        lock (_turn)
        {
            worker.Swap(rules);
            Volatile.Write(ref _swaps, _swaps + 1);
        }
    }

    /// <summary>The counters so far.</summary>
    public RunCounters Snapshot()
    {
        lock (_turn)
        {
            return worker.Snapshot();
        }
    }

    /// <summary>The counters so far; null if one packet is at work for longer than a time.</summary>
    public RunCounters? TrySnapshot(TimeSpan patience)
    {
        if (!_turn.TryEnter(patience))
        {
            return null;
        }

        try
        {
            return worker.Snapshot();
        }
        finally
        {
            _turn.Exit();
        }
    }
}

/// <summary>Takes a part of a sensor's state, valid during the call.</summary>
internal delegate void StatePartTarget(ReadOnlySpan<byte> part);
