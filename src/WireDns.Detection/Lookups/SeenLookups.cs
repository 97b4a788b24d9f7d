using WireDns.Detection.Messages;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// The part of a <see cref="LookupTable"/> that knows every lookup, in 16 bytes each: counts them by the directions that were seen,
/// which tells whether a mirror delivers both directions of its links. Bounded in memory (1 MiB); allocates nothing per message.
/// </summary>
/// <remarks>
/// <para>
/// A table of sets of four buckets of four entries. A part of the <see cref="LookupKey"/> names the bucket of a lookup; the other three of its
/// set are used only while that one is full, so most messages touch one line of memory. A message counts when it comes, and moves from one count to
/// another when its counterpart comes, so nothing has to be swept up later.
/// </para>
/// <para>
/// A full set gives up what tells least: an entry that is over, then one that is complete, then the one that has waited longest. That one
/// stays counted as seen in one direction. Seeds are secret and new in each run, so which lookups meet is chance; with sixteen places to choose
/// from it happens only where tens of thousands of lookups are not answered, or where more than sixteen differ in nothing but the question.
/// <see cref="LookupCounts.GivenUpEarly"/> says how many they were.
/// </para>
/// </remarks>
internal sealed class SeenLookups(LookupLifetime lifetime)
{
    /// <summary>The most lookups that are remembered at once.</summary>
    public const int Capacity = 65_536;

    private const int EntriesPerBucket = 4;
    private const uint BucketsPerSet = 4;
    private const uint BucketMask = (Capacity / EntriesPerBucket) - 1;

    // Multicast DNS (RFC 6762) and LLMNR (RFC 4795): a query goes to a group, and its answer comes from somebody else or goes to everybody.
    private const ushort LlmnrPort = 5355;

    // A capture of a few lookups touches a few pages of the table; whoever counts or clears touches no others.
    private const int PageBits = 6;
    private const int EntriesPerPage = EntriesPerBucket << PageBits;

    private readonly Entry[] _entries = new Entry[Capacity];
    private readonly bool[] _isPageUsed = new bool[Capacity / EntriesPerPage];
    private long _complete;
    private long _queriesAlone;
    private long _responsesAlone;
    private long _givenUpEarly;
    private long _now;
    private bool _isEmpty = true;

    // A message is held back until the next one, when its bucket has come from memory: waiting for it would cost more than all else here.
    private HeldNote _held;

    /// <summary>Notes a message; those with other opcodes than QUERY are skipped.</summary>
    public void Note(in TransportPayload payload, in DnsHeader header, LookupKey key)
    {
        if (header.Opcode != DnsOpcode.Query
            || (header.IsResponse ? payload.SourcePort : payload.DestinationPort) is DnsMulticast.Port or LlmnrPort)
        {
            return;
        }

        var now = LookupLifetime.TicksOf(payload.Time);
        _now = Math.Max(_now, now);
        _isEmpty = false;
        NoteHeld();
        _held = new HeldNote(
            (uint)key.Flow & BucketMask, (uint)(key.Flow >> 32), (uint)key.Question, header.IsResponse ? Entry.ResponseSeen : Entry.QuerySeen, now);
        MemoryHint.WillBeRead(ref _entries[_held.Bucket * EntriesPerBucket]);
    }

    /// <summary>
    /// The present counts. Queries that may still be answered are counted separately. Walks the table: for a report, not for each packet.
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

        return new LookupCounts(_complete, _queriesAlone - waiting, _responsesAlone, waiting, _givenUpEarly);
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
            waiting += entry.Seen == Entry.QuerySeen && !entry.IsOver(_now, lifetime) ? 1 : 0;
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
        var home = BucketAt(bucket);
        if (TryJoin(home, flow, question, direction, now))
        {
            return;
        }

        var victim = VictimOf(home, now, out var least);
        var distance = 0u;
        var hasOverflowed = home[0].HasOverflowed;
        if (hasOverflowed || least != Entry.WorthNothing)
        {
            var isStillOver = false;
            for (var i = 1u; i < BucketsPerSet; i++)
            {
                var other = BucketAt(bucket ^ i);
                if (hasOverflowed && TryJoin(other, flow, question, direction, now))
                {
                    return;
                }

                isStillOver |= HasEntriesFrom(other, i, now);
                if (least != Entry.WorthNothing && VictimOf(other, now, out var worth) is var otherVictim && worth < least)
                {
                    (victim, least, distance) = (otherVictim, worth, i);
                }
            }

            home[0].HasOverflowed = isStillOver || distance != 0;
        }

        _givenUpEarly += least >= 0 ? 1 : 0;
        Insert(bucket ^ distance, victim, new Entry(flow, question, direction, now, distance));
    }

    private Span<Entry> BucketAt(uint bucket) => _entries.AsSpan((int)bucket * EntriesPerBucket, EntriesPerBucket);

    /// <summary>Adds a message to its lookup, where a bucket has that.</summary>
    private bool TryJoin(Span<Entry> bucket, uint flow, uint question, int direction, long now)
    {
        foreach (ref var entry in bucket)
        {
            if (entry.Flow == flow && (entry.Question == question || entry.Question == 0 || question == 0) && !entry.IsOver(now, lifetime))
            {
                Join(ref entry, direction);
                return true;
            }
        }

        return false;
    }

    /// <summary>The entry of a bucket that tells least, and what is lost with it.</summary>
    private int VictimOf(ReadOnlySpan<Entry> bucket, long now, out long least)
    {
        var victim = 0;
        least = long.MaxValue;
        for (var i = 0; i < bucket.Length && least != Entry.WorthNothing; i++)
        {
            var worth = bucket[i].Worth(now, lifetime);
            if (worth < least)
            {
                (victim, least) = (i, worth);
            }
        }

        return victim;
    }

    /// <summary>Whether a bucket has lookups that last and whose own bucket is at a distance.</summary>
    private bool HasEntriesFrom(ReadOnlySpan<Entry> bucket, uint distance, long now)
    {
        foreach (ref readonly var entry in bucket)
        {
            if (entry.Distance == distance && !entry.IsOver(now, lifetime))
            {
                return true;
            }
        }

        return false;
    }

    private void Insert(uint bucket, int place, Entry lookup)
    {
        _isPageUsed[bucket >> PageBits] = true;
        ref var entry = ref BucketAt(bucket)[place];
        lookup.HasOverflowed = entry.HasOverflowed;
        entry = lookup;
        if (lookup.Seen == Entry.QuerySeen)
        {
            _queriesAlone++;
        }
        else
        {
            _responsesAlone++;
        }
    }

    // What was seen already is a retransmission, a duplicate of the mirror, or another message of a transfer.
    private void Join(ref Entry entry, int direction)
    {
        var isRepetition = (entry.Seen & direction) != 0;
        entry.See(direction);
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

    private struct HeldNote(uint bucket, uint flow, uint question, int direction, long now)
    {
        public readonly uint Bucket = bucket;
        public readonly uint Flow = flow;
        public readonly uint Question = question;
        public readonly long Now = now;
        public int Direction = direction;
    }

    /// <summary>A lookup: 16 bytes. Without a time and a direction it is none.</summary>
    private struct Entry(uint flow, uint question, int seen, long time, uint distance)
    {
        public const int QuerySeen = 1;
        public const int ResponseSeen = 2;
        public const int BothSeen = QuerySeen | ResponseSeen;

        public const long WorthNothing = -2;

        private const int DistanceBit = 2;
        private const long Overflowed = 16;
        private const int FlagBits = 5;

        private long _timeAndFlags = (time << FlagBits) | (distance << DistanceBit) | (uint)seen;

        public uint Flow { get; } = flow;

        public uint Question { get; } = question;

        public readonly int Seen => (int)_timeAndFlags & BothSeen;

        /// <summary>When its first message came, in ticks.</summary>
        public readonly long Time => _timeAndFlags >> FlagBits;

        /// <summary>The number of its own bucket, exclusive or that of the bucket where it found room: 0 is its own.</summary>
        public readonly uint Distance => (uint)(_timeAndFlags >> DistanceBit) & (BucketsPerSet - 1);

        /// <summary>Of the first entry of a bucket: whether lookups of this bucket are in others of its set.</summary>
        public bool HasOverflowed
        {
            readonly get => (_timeAndFlags & Overflowed) != 0;
            set => _timeAndFlags = value ? _timeAndFlags | Overflowed : _timeAndFlags & ~Overflowed;
        }

        /// <summary>Whether a message at this time belongs to a lookup of its own, or there is none here.</summary>
        public readonly bool IsOver(long now, LookupLifetime lifetime) => Seen == 0 || lifetime.IsOver(Time, now);

        /// <summary>What is lost with it: nothing, that a repetition is known as one (-1), or a lookup that waits, by its age.</summary>
        public readonly long Worth(long now, LookupLifetime lifetime) => IsOver(now, lifetime) ? WorthNothing : Seen == BothSeen ? -1 : Time;

        public void See(int direction) => _timeAndFlags |= (uint)direction;
    }
}
