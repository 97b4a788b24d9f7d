using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using WireDns.Detection;
using WireDns.Detection.Messages;

namespace WireDns.Reading;

/// <summary>
/// The later half of a <see cref="Worker"/> on a thread of its own: packets are decoded to payloads by the caller, and payloads are
/// consumed on that thread. Everything is done in the order and with the results that one thread would have.
/// </summary>
/// <remarks>
/// <see cref="Take"/> and <see cref="GiveBack"/> may be called at any time, everything else by one thread at a time, the one that has the
/// worker. Each batch takes about 1 MiB.
/// </remarks>
internal sealed class SecondStage : IDisposable
{
    // One is being filled, one is being consumed, and the others even out the different speeds of the two halves.
    private const int Batches = 4;

    private readonly Worker _worker;
    private readonly BlockingCollection<PayloadBatch> _free = [];
    private readonly BlockingCollection<Work> _work = [];
    private volatile ExceptionDispatchInfo? _failure;

    /// <summary>Starts the thread.</summary>
    public SecondStage(Worker worker)
    {
        _worker = worker;
        for (var i = 0; i < Batches; i++)
        {
            _free.Add(new PayloadBatch());
        }

        new Thread(Consume) { Name = "messages", IsBackground = true }.Start();
    }

    /// <summary>A batch to read packets into. Waits while all are being consumed.</summary>
    public PayloadBatch Take()
    {
        var batch = _free.Take();
        batch.Clear();
        return batch;
    }

    /// <summary>Gives back a batch that is not needed.</summary>
    public void GiveBack(PayloadBatch batch) => _free.Add(batch);

    /// <summary>Does something after all payloads so far, and before those to come.</summary>
    public void Then(Action action) => _work.Add(new Work(null, action));

    /// <summary>Decodes the packets of a batch, and hands their payloads on.</summary>
    public void Process(PayloadBatch batch, PacketSource source)
    {
        batch.Source = source;
        foreach (var packet in batch.Packets)
        {
            var payloads = _worker.Decode(packet);
            while (payloads.TryRead(out var payload))
            {
                batch.Add(payload);
            }

            if (payloads.TryReadUndecodable(out var undecodable))
            {
                batch.Add(undecodable);
            }
        }

        HandOn(batch, _worker.Pause);
    }

    /// <summary>Ends the source: what is held for reassembly is given up.</summary>
    public void FinishSource(PacketSource source)
    {
        var batch = Take();
        batch.Source = source;
        var payloads = _worker.DecodeRest();
        while (payloads.TryRead(out var payload))
        {
            batch.Add(payload);
        }

        HandOn(batch, _worker.FinishMessages);
    }

    /// <summary>Waits until all payloads so far have been consumed.</summary>
    /// <returns>False if that took longer than the given time.</returns>
    public bool TrySettle(TimeSpan timeout)
    {
        // Not disposed: the thread may still set it when nobody waits any more.
        var settled = new ManualResetEventSlim();
        Then(settled.Set);
        var isSettled = settled.Wait(timeout);
        _failure?.Throw();
        return isSettled;
    }

    /// <summary>Ends the thread, once it has consumed what it was given.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void HandOn(PayloadBatch batch, Action after)
    {
        _work.Add(new Work(batch, after));
        _failure?.Throw();
    }

    private void Consume()
    {
        foreach (var (batch, after) in _work.GetConsumingEnumerable())
        {
            try
            {
                for (var i = 0; i < batch?.Count && _failure is null; i++)
                {
                    if (batch.TryGetUndecodable(i, out var packet))
                    {
                        _worker.Refuse(packet, batch.Source);
                    }
                    else
                    {
                        _worker.Consume(batch[i], batch.Source);
                    }
                }

                after();
            }
            catch (Exception exception)
            {
                // For the thread that has the worker: this thread has nobody to report to.
                _failure ??= ExceptionDispatchInfo.Capture(exception);
            }

            if (batch is not null)
            {
                _free.Add(batch);
            }
        }
    }

    /// <param name="Batch">Payloads to consume, if any.</param>
    /// <param name="After">What to do then.</param>
    private readonly record struct Work(PayloadBatch? Batch, Action After);
}
