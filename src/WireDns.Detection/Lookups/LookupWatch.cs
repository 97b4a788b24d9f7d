using System.Runtime.CompilerServices;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// Counts lookups by the directions that were seen of them, which tells whether a mirror delivers both directions of its links. A lookup is
/// a query with its retransmissions and its response. Bounded in memory (1 MiB), timed by packet time, without an allocation per message.
/// One writer: the pipeline's thread.
/// </summary>
/// <remarks>
/// <para>
/// A table of buckets of four entries. An entry is found by a seeded hash of client, server, ports, transport, DNS id and tunnel, not of the
/// VLAN (mirrors tag the two directions differently), and by a hash of the question. A message counts when it comes, and moves from
/// one count to another when its counterpart comes, so that nothing has to be swept up later.
/// </para>
/// <para>
/// A bucket without room gives up what tells least: an entry that is over, then one that is complete, then the one that has waited for
/// longest. That one stays counted as seen in one direction: with 16,384 buckets it happens only where lookups are not
/// answered by the ten thousands, and <see cref="LookupCounts.GivenUpEarly"/> says how many they were.
/// </para>
/// </remarks>
internal sealed class LookupWatch
{
    /// <summary>Lookups that are remembered at once.</summary>
    public const int Capacity = 65_536;

    /// <summary>How long the other direction of a lookup is waited for, and a repetition known as one.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(LifetimeInSeconds);

    private const long LifetimeInSeconds = 10;
    private const int EntriesPerBucket = 4;
    private const uint BucketMask = (Capacity / EntriesPerBucket) - 1;

    // Odd, with many bits set: a port's bits reach the whole word.
    private const ulong PortMultiplier = 0xbb67_ae85_84ca_a73b;

    // Multicast DNS (RFC 6762) and LLMNR (RFC 4795): a query goes to a group, and its answer comes from somebody else or goes to everybody.
    private const ushort MulticastDnsPort = 5353;
    private const ushort LlmnrPort = 5355;

    // A capture of a few lookups touches a few pages of the table; whoever counts or clears touches no others.
    private const int PageBits = 6;
    private const int EntriesPerPage = EntriesPerBucket << PageBits;

    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly bool[] _isPageUsed = new bool[Capacity / EntriesPerPage];
    private readonly ulong _seed0 = SecretSeed.Next();
    private readonly ulong _seed1 = SecretSeed.Next();
    private long _complete;
    private long _queriesAlone;
    private long _responsesAlone;
    private long _givenUpEarly;
    private long _waitingElsewhere;
    private long _now;
    private bool _isEmpty = true;

    // A message is held back until the next one, when its bucket has come from memory: waiting for it would cost more than all else here.
    private HeldNote _held;

    /// <summary>The seed of names' hashes, which no sender knows.</summary>
    public ulong NameSeed { get; } = SecretSeed.Next();

    /// <summary>Takes note of a message that was delivered; those of other opcodes than QUERY are passed over.</summary>
    public void Add(in TransportPayload payload)
    {
        var reader = new DnsMessageReader(payload.Data, payload.IsTruncated);
        if (reader.Error != DnsError.None)
        {
            return;
        }

        var header = reader.Header;
        Add(in payload, in header, reader.TryReadQuestion(out var question) ? question.Name.HashIgnoreCase(NameSeed) : null);
    }

    /// <summary>Takes note of a message; those of other opcodes than QUERY are passed over.</summary>
    /// <param name="payload">The message.</param>
    /// <param name="header">Its header.</param>
    /// <param name="nameHash">Hash of its first question's name under <see cref="NameSeed"/>; null where there is no question.</param>
    public void Add(in TransportPayload payload, in DnsHeader header, ulong? nameHash)
    {
        if (header.Opcode != DnsOpcode.Query
            || (header.IsResponse ? payload.SourcePort : payload.DestinationPort) is MulticastDnsPort or LlmnrPort)
        {
            return;
        }

        var flow = HashFlow(in payload, in header);
        var now = Entry.Ticks(payload.Time.Nanoseconds);
        _now = Math.Max(_now, now);
        _isEmpty = false;

        // Not 0, which stands for a message without a question.
        var question = nameHash is { } hash ? (uint)hash | 1 : 0;
        NoteHeld();
        _held = new HeldNote((uint)flow & BucketMask, (uint)(flow >> 32), question, header.IsResponse ? Entry.ResponseSeen : Entry.QuerySeen, now);
        MemoryHint.WillBeRead(ref _entries[_held.Bucket * EntriesPerBucket]);
    }

    /// <summary>
    /// The counts of now. Queries that still may be answered are apart. Walks the table: for a report, and not for each packet.
    /// </summary>
    public LookupCounts Count()
    {
        NoteHeld();
        long waiting = 0;
        for (var page = 0; page < _isPageUsed.Length; page++)
        {
            if (_isPageUsed[page])
            {
                waiting += CountWaiting(_entries.AsSpan(page * EntriesPerPage, EntriesPerPage));
            }
        }

        return new LookupCounts(_complete, _queriesAlone - waiting, _responsesAlone, waiting + _waitingElsewhere, _givenUpEarly);
    }

    /// <summary>Adds what another one has counted, at rest.</summary>
    public void Absorb(LookupWatch other)
    {
        var counts = other.Count();
        _complete += counts.Complete;
        _queriesAlone += counts.QueriesAlone;
        _responsesAlone += counts.ResponsesAlone;
        _waitingElsewhere += counts.Waiting;
        _givenUpEarly += counts.GivenUpEarly;
    }

    /// <summary>The source ends: what was not answered by now was not answered.</summary>
    public void FinishSource()
    {
        if (!_isEmpty)
        {
            NoteHeld();
            for (var page = 0; page < _isPageUsed.Length; page++)
            {
                if (_isPageUsed[page])
                {
                    Array.Clear(_entries, page * EntriesPerPage, EntriesPerPage);
                    _isPageUsed[page] = false;
                }
            }

            _isEmpty = true;
            _now = 0;
        }
    }

    private long CountWaiting(ReadOnlySpan<Entry> entries)
    {
        long waiting = 0;
        foreach (ref readonly var entry in entries)
        {
            waiting += entry.Seen == Entry.QuerySeen && !entry.IsOver(_now) ? 1 : 0;
        }

        return waiting;
    }

    private void NoteHeld()
    {
        if (_held.Direction != 0)
        {
            Note(_held.Bucket, _held.Flow, _held.Question, _held.Direction, _held.Now);
            _held.Direction = 0;
        }
    }

    private void Note(uint bucket, uint flow, uint question, int direction, long now)
    {
        var entries = _entries.AsSpan((int)bucket * EntriesPerBucket, EntriesPerBucket);
        foreach (ref var entry in entries)
        {
            if (entry.Flow == flow && (entry.Question == question || entry.Question == 0 || question == 0) && !entry.IsOver(now))
            {
                Join(ref entry, direction, now);
                return;
            }
        }

        _isPageUsed[bucket >> PageBits] = true;
        Insert(entries, new Entry(flow, question, direction, now), now);
    }

    private void Insert(Span<Entry> bucket, Entry lookup, long now)
    {
        var victim = 0;
        var least = long.MaxValue;
        for (var i = 0; i < bucket.Length && least != Entry.WorthNothing; i++)
        {
            var worth = bucket[i].Worth(now);
            if (worth < least)
            {
                (victim, least) = (i, worth);
            }
        }

        _givenUpEarly += least >= 0 ? 1 : 0;
        bucket[victim] = lookup;
        if (lookup.Seen == Entry.QuerySeen)
        {
            _queriesAlone++;
        }
        else
        {
            _responsesAlone++;
        }
    }

    // What was seen already is a retransmission, a duplicate of the mirror, or a further message of a transfer: the wait starts anew.
    private void Join(ref Entry entry, int direction, long now)
    {
        var isRepetition = (entry.Seen & direction) != 0;
        entry.See(direction, now);
        if (isRepetition)
        {
            return;
        }

        _complete++;
        if (direction == Entry.ResponseSeen)
        {
            _queriesAlone--;
        }
        else
        {
            _responsesAlone--;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong HashFlow(in TransportPayload payload, in DnsHeader header)
    {
        var source = payload.Source.Hash(_seed0) ^ (payload.SourcePort * PortMultiplier);
        var destination = payload.Destination.Hash(_seed0) ^ (payload.DestinationPort * PortMultiplier);
        var (client, server) = header.IsResponse ? (destination, source) : (source, destination);
        var rest = header.Id | ((ulong)payload.Transport << 16);
        foreach (var tunnel in payload.Tunnels)
        {
            rest = Mix(rest ^ _seed1, tunnel.Id | ((ulong)tunnel.Kind << 32));
        }

        return Mix(client ^ _seed1, server + rest);
    }

    // Secret factors: keys that collide cannot be found from outside.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong left, ulong right)
    {
        // An odd factor, or ids that follow each other would share the lowest bits, which pick the bucket.
        var high = Math.BigMul((left ^ 0x9e37_79b9_7f4a_7c15) | 1, right ^ 0xd6e8_feb8_6659_fd93, out var low);
        return high ^ low;
    }

    private struct HeldNote(uint bucket, uint flow, uint question, int direction, long now)
    {
        public readonly uint Bucket = bucket;
        public readonly uint Flow = flow;
        public readonly uint Question = question;
        public readonly long Now = now;
        public int Direction = direction;
    }

    /// <summary>A lookup: 16 bytes, of which all zero is none.</summary>
    private struct Entry(uint flow, uint question, int seen, long time)
    {
        public const int QuerySeen = 1;
        public const int ResponseSeen = 2;
        public const int BothSeen = QuerySeen | ResponseSeen;

        public const long WorthNothing = -2;

        private const int SeenBits = 2;
        private const int TickBits = 8;
        private const long LifetimeInTicks = (LifetimeInSeconds * 1_000_000_000) >> TickBits;

        private long _timeAndSeen = (time << SeenBits) | (uint)seen;

        public uint Flow { get; } = flow;

        public uint Question { get; } = question;

        public readonly int Seen => (int)_timeAndSeen & BothSeen;

        /// <summary>When its last message came, in ticks.</summary>
        public readonly long Time => _timeAndSeen >> SeenBits;

        /// <summary>Whether a message at this time belongs to a lookup of its own, or there is none here. Time may go back a little.</summary>
        public readonly bool IsOver(long now) => _timeAndSeen == 0 || Math.Abs(now - Time) > LifetimeInTicks;

        /// <summary>What is lost with it: nothing, that a repetition is known as one (-1), or a lookup that waits, by its age.</summary>
        public readonly long Worth(long now) => IsOver(now) ? WorthNothing : Seen == BothSeen ? -1 : Time;

        public void See(int direction, long time) => _timeAndSeen = (time << SeenBits) | (uint)(Seen | direction);

        /// <summary>Time in units of 256 ns, which leave room for what was seen.</summary>
        public static long Ticks(long nanoseconds) => nanoseconds >> TickBits;
    }
}
