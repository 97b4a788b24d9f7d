using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Decides which hits to correlate when there are too many. Correlations look for clients that repeat something. A flood of clients that appear once,
/// or of one client that appears constantly, must not crowd out a client that repeats slowly. So the fuller the queue, the fewer hits per second each
/// client may have; hits of clients that were not seen recently are shed first. Not thread-safe.
/// </summary>
/// <remarks>
/// Nothing is checked while the queue is less than a quarter full. From then on clients are recorded, and from half full on hits are shed. Clients
/// are identified by hashes under a secret seed, in sets of four; a client that has come again is harder to evict than one that came once. Uses 6
/// MiB, allocated when first needed.
/// </remarks>
internal sealed class HitAdmission(ShedHits shed)
{
    // In sixteenths of the queue.
    private const int NoteFrom = 4;
    private const int ShedFrom = 8;

    // Half full: 256 hits per second per client. Each further sixteenth halves that, down to 2 when the queue is nearly full.
    private const int MostPerSecond = 256;

    private const int Sets = 131_072;
    private const int Ways = 4;

    // A client that has not been seen for this long counts as new.
    private const int MemoryInSeconds = 600;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly ulong _seed = SecretSeed.Next();
    private Client[]? _clients;

    // The record of a client for which the set had no room.
    private Client _newcomer;

    /// <summary>Whether to correlate a message. If not, the message is counted as shed.</summary>
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

    /// <summary>Records a hit of a client. The returned reference is valid until the next call.</summary>
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
            // Each newcomer costs the weakest entry one hit, so that a set does not stay full forever.
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

        /// <summary>The lower 16 bits of the second of its last hit, in packet time.</summary>
        public ushort Second;

        public ushort HitsInSecond;

        public ushort Hits;
    }
}
