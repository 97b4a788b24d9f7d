using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Decides which hits are correlated where not all can be. Correlations look for clients that do something again: a flood of clients that come once, or
/// of one client that comes all the time, must not take the room of one that comes slowly and again. So the fuller the queue, the fewer hits a client
/// may have a second, and clients that were not seen of late come last. Not thread-safe.
/// </summary>
/// <remarks>
/// Nothing is looked at while a quarter of the queue is enough; then clients are noted, and from a half on hits are shed. Clients are known by hashes
/// under a secret seed, in sets of four: a client that comes again takes more to be pushed out than one that came once. 6 MiB, allocated when first
/// needed.
/// </remarks>
internal sealed class HitAdmission(ShedHits shed)
{
    // In sixteenths of the queue.
    private const int NoteFrom = 4;
    private const int ShedFrom = 8;

    // At the half 256 hits a second of one client, and from there on half as many with each sixteenth: 2 where the queue is nearly full.
    private const int MostPerSecond = 256;

    private const int Sets = 131_072;
    private const int Ways = 4;

    // A client that was not seen for so long is a new one.
    private const int MemoryInSeconds = 600;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly ulong _seed = SecretSeed.Next();
    private Client[]? _clients;

    // A client that there was no room for.
    private Client _newcomer;

    /// <summary>Whether a message is to be correlated. Counts it where it is not.</summary>
    /// <param name="client">Who asked.</param>
    /// <param name="time">When the message was captured.</param>
    /// <param name="fill">How full the queue is, in sixteenths: 0 to 16.</param>
    public bool Admits(NetAddress client, PacketTime time, int fill)
    {
        if (fill < NoteFrom)
        {
            return true;
        }

        ref var known = ref Note(client, time.Nanoseconds / NanosecondsPerSecond);
        if (fill < ShedFrom)
        {
            return true;
        }

        if (known.Hits < 2)
        {
            shed.NewClient++;
            return false;
        }

        if (known.HitsInSecond > MostPerSecond >> (fill - ShedFrom))
        {
            shed.BusyClient++;
            return false;
        }

        return true;
    }

    /// <summary>Takes a hit of a client down. What is returned is valid until the next call.</summary>
    private ref Client Note(NetAddress client, long second)
    {
        var hash = client.Hash(_seed);
        var tag = (uint)(hash >> 32);
        var now = (ushort)second;
        _clients ??= new Client[Sets * Ways];
        var set = _clients.AsSpan((int)(hash & (Sets - 1)) * Ways, Ways);
        var least = 0;
        for (var way = 0; way < Ways; way++)
        {
            ref var entry = ref set[way];
            if (entry.Hits > 0 && (ushort)(now - entry.Second) > MemoryInSeconds && (ushort)(entry.Second - now) > MemoryInSeconds)
            {
                entry.Hits = 0;
            }

            if (entry.Hits > 0 && entry.Tag == tag)
            {
                entry.HitsInSecond = entry.Second == now ? (ushort)Math.Min(entry.HitsInSecond + 1, ushort.MaxValue) : (ushort)1;
                entry.Second = now;
                entry.Hits = (ushort)Math.Min(entry.Hits + 1, ushort.MaxValue);
                return ref entry;
            }

            if (entry.Hits < set[least].Hits || (entry.Hits == set[least].Hits && (ushort)(now - entry.Second) > (ushort)(now - set[least].Second)))
            {
                least = way;
            }
        }

        ref var weakest = ref set[least];
        if (weakest.Hits > 1)
        {
            // It loses one of its hits to each newcomer, so that a set is not full for ever.
            weakest.Hits--;
            _newcomer = new Client { Hits = 1, HitsInSecond = 1, Second = now };
            return ref _newcomer;
        }

        weakest = new Client { Tag = tag, Second = now, Hits = 1, HitsInSecond = 1 };
        return ref weakest;
    }

    private struct Client
    {
        public uint Tag;

        /// <summary>The second of its last hit, by packet time; the lower half of it.</summary>
        public ushort Second;

        public ushort HitsInSecond;

        public ushort Hits;
    }
}
