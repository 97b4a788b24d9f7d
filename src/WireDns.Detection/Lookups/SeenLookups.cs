using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using WireDns.Detection.Messages;
using WireDns.Wire;
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
internal sealed class SeenLookups
{
    /// <summary>The most lookups that are remembered at once.</summary>
    public const int Capacity = 65_536;

    private const int EntriesPerBucket = 4;
    private const int None = -1;
    private const uint BucketsPerSet = 4;
    private const int BucketCount = Capacity / EntriesPerBucket;
    private const uint BucketMask = BucketCount - 1;

    // Multicast DNS (RFC 6762) and LLMNR (RFC 4795): a query goes to a group, and its answer comes from somebody else or goes to everybody.
    private const ushort LlmnrPort = 5355;

    // A capture of a few lookups touches a few pages of the table; whoever counts or clears touches no others.
    private const int PageBits = 6;
    private const int BucketsPerPage = 1 << PageBits;

    // Enough packets for a line to arrive; a power of two.
    private const int HeldNotes = 8;

    // Pinned, so that buckets stay where they start: at a cache line.
    private readonly byte[] _memory = GC.AllocateArray<byte>((BucketCount * Bucket.Size) + Bucket.Size, pinned: true);
    private readonly int _firstBucket;
    private readonly bool[] _isPageUsed = new bool[BucketCount >> PageBits];
    private readonly FullSpan[] _full = new FullSpan[BucketCount / BucketsPerSet];
    private readonly LookupLifetime _lifetime;
    private long _complete;
    private long _queriesAlone;
    private long _responsesAlone;
    private long _givenUpEarly;
    private long _now;
    private bool _isEmpty = true;
    private bool _wasFull;

    // The last messages are held back until their buckets have come from memory: waiting for those would cost more than all else here.
    private readonly HeldNote[] _held = new HeldNote[HeldNotes];
    private int _next;

    /// <summary>An empty table.</summary>
    /// <param name="lifetime">When a lookup ends.</param>
    public unsafe SeenLookups(LookupLifetime lifetime)
    {
        _lifetime = lifetime;
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_memory));
        _firstBucket = (int)((Bucket.Size - (start % Bucket.Size)) % Bucket.Size);
    }

    /// <summary>Whether messages to a port go to a group, so that nothing can be said about who answers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsOfGroup(ushort port) => port is DnsMulticast.Port or LlmnrPort;

    /// <summary>Notes a message; those with other opcodes than QUERY are skipped.</summary>
    public void Note(in TransportPayload payload, in DnsHeader header, LookupKey key)
    {
        if (header.Opcode == DnsOpcode.Query && !IsOfGroup(header.IsResponse ? payload.SourcePort : payload.DestinationPort))
        {
            Note(key, header.IsResponse, payload.Time);
        }
    }

    /// <summary>Notes a message of opcode QUERY between ports that are of no group.</summary>
    public void Note(LookupKey key, bool isResponse, PacketTime time)
    {
        var now = LookupLifetime.TicksOf(time);
        _now = Math.Max(_now, now);
        _isEmpty = false;
        ref var held = ref _held[_next++ & (HeldNotes - 1)];
        if (held.Direction != 0)
        {
            Note(held.Bucket, held.Flow, held.Question, held.Direction, held.Now);
        }

        held = new HeldNote(
            (uint)key.Flow & BucketMask, (uint)(key.Flow >> 32), (uint)key.Question, isResponse ? Entry.ResponseSeen : Entry.QuerySeen, now);
        MemoryHint.WillBeRead(ref BucketAt(held.Bucket));
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
                waiting += CountWaiting(BucketsOf(page));
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
                    BucketsOf(page).Clear();
                    _isPageUsed[page] = false;
                }
            }

            if (_wasFull)
            {
                Array.Clear(_full);
                _wasFull = false;
            }

            _isEmpty = true;
            _now = 0;
        }
    }

    private long CountWaiting(ReadOnlySpan<Bucket> buckets)
    {
        long waiting = 0;
        foreach (ref readonly var bucket in buckets)
        {
            foreach (var entry in bucket.Entries)
            {
                waiting += entry.Seen == Entry.QuerySeen && !entry.IsOver(_now, _lifetime) ? 1 : 0;
            }
        }

        return waiting;
    }

    private void NoteHeld()
    {
        for (var i = 0; i < HeldNotes; i++)
        {
            ref var held = ref _held[_next++ & (HeldNotes - 1)];
            if (held.Direction != 0)
            {
                Note(held.Bucket, held.Flow, held.Question, held.Direction, held.Now);
                held.Direction = 0;
            }
        }
    }

    private void Note(uint bucket, uint flow, uint question, int direction, long now)
    {
        ref var home = ref BucketAt(bucket);
        if (!_isPageUsed[bucket >> PageBits])
        {
            // Written before it is read: the system would map a page of zeros first, and a page of memory at the write.
            home = default;
            _isPageUsed[bucket >> PageBits] = true;
        }

        if (TryJoin(ref home, flow, question, direction, now))
        {
            return;
        }

        var hasOverflowed = home.Entries[0].HasOverflowed;
        if (hasOverflowed && TryJoinBeside(bucket, flow, question, direction, now))
        {
            return;
        }

        // Of a set that is known to have nothing that is over, a complete lookup gives way.
        var distance = 0u;
        var least = Entry.WorthLittle;
        var victim = _wasFull && _full[bucket / BucketsPerSet].Contains(now) ? CompleteOf(in home) : None;
        if (victim == None)
        {
            victim = VictimOf(in home, now, out least);
            if (hasOverflowed || least != Entry.WorthNothing)
            {
                FindRoomBeside(bucket, now, ref victim, ref least, ref distance);
            }
        }

        _givenUpEarly += least >= 0 ? 1 : 0;
        BucketAt(bucket ^ distance).Set(victim, flow, question, new Entry(direction, now, distance));
        if (direction == Entry.QuerySeen)
        {
            _queriesAlone++;
        }
        else
        {
            _responsesAlone++;
        }
    }

    /// <summary>Adds a message to its lookup, where another bucket of its set has that.</summary>
    private bool TryJoinBeside(uint bucket, uint flow, uint question, int direction, long now)
    {
        for (var i = 1u; i < BucketsPerSet; i++)
        {
            if (TryJoin(ref BucketAt(bucket ^ i), flow, question, direction, now))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Looks in the other buckets of a set for an entry that tells less, and notes what is known of the set.</summary>
    /// <param name="bucket">The bucket of the lookup.</param>
    /// <param name="now">The time.</param>
    /// <param name="victim">The entry that tells least.</param>
    /// <param name="least">What is lost with it.</param>
    /// <param name="distance">How far its bucket is from the lookup's.</param>
    private void FindRoomBeside(uint bucket, long now, ref int victim, ref long least, ref uint distance)
    {
        ref var home = ref BucketAt(bucket);
        var isStillOver = false;
        var first = Math.Min(now, FirstOf(in home));
        for (var i = 1u; i < BucketsPerSet; i++)
        {
            ref var other = ref BucketAt(bucket ^ i);
            isStillOver |= HasEntriesFrom(in other, i, now);
            first = Math.Min(first, FirstOf(in other));
            if (least != Entry.WorthNothing && VictimOf(in other, now, out var worth) is var otherVictim && worth < least)
            {
                (victim, least, distance) = (otherVictim, worth, i);
            }
        }

        home.Entries[0].HasOverflowed = isStillOver || distance != 0;
        if (least != Entry.WorthNothing)
        {
            _full[bucket / BucketsPerSet] = new FullSpan(now, first + _lifetime.InTicks);
            _wasFull = true;
        }
    }

    // The number of a bucket is a masked one, so it is within the memory.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Bucket BucketAt(uint bucket) => ref Unsafe.As<byte, Bucket>(
        ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), (nint)((uint)_firstBucket + (bucket * (uint)Bucket.Size))));

    private Span<Bucket> BucketsOf(int page) =>
        MemoryMarshal.Cast<byte, Bucket>(_memory.AsSpan(_firstBucket + (page * BucketsPerPage * Bucket.Size), BucketsPerPage * Bucket.Size));

    /// <summary>Adds a message to its lookup, where a bucket has that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryJoin(ref Bucket bucket, uint flow, uint question, int direction, long now)
    {
        for (var found = bucket.Find(flow, question); found != 0; found &= found - 1)
        {
            ref var entry = ref bucket.Entries[BitOperations.TrailingZeroCount(found)];
            if (!entry.IsOver(now, _lifetime))
            {
                Join(ref entry, direction);
                return true;
            }
        }

        return false;
    }

    /// <summary>The first complete lookup of a bucket, or none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int CompleteOf(ref readonly Bucket bucket)
    {
        for (var i = 0; i < EntriesPerBucket; i++)
        {
            if (bucket.Entries[i].Seen == Entry.BothSeen)
            {
                return i;
            }
        }

        return None;
    }

    /// <summary>The entry of a bucket that tells least, and what is lost with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int VictimOf(ref readonly Bucket bucket, long now, out long least)
    {
        var victim = 0;
        least = long.MaxValue;
        for (var i = 0; i < EntriesPerBucket && least != Entry.WorthNothing; i++)
        {
            var worth = bucket.Entries[i].Worth(now, _lifetime);
            if (worth < least)
            {
                (victim, least) = (i, worth);
            }
        }

        return victim;
    }

    /// <summary>When the first of a bucket's lookups began.</summary>
    private static long FirstOf(ref readonly Bucket bucket) =>
        Math.Min(Math.Min(bucket.Entries[0].Time, bucket.Entries[1].Time), Math.Min(bucket.Entries[2].Time, bucket.Entries[3].Time));

    /// <summary>Whether a bucket has lookups that last and whose own bucket is at a distance.</summary>
    private bool HasEntriesFrom(ref readonly Bucket bucket, uint distance, long now)
    {
        foreach (var entry in bucket.Entries)
        {
            if (entry.Distance == distance && !entry.IsOver(now, _lifetime))
            {
                return true;
            }
        }

        return false;
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

    /// <summary>
    /// When nothing in a set is over, from a time at which that was seen to the end of the set's first lookup. Lookups that take the place of others in
    /// between last longer.
    /// </summary>
    private readonly struct FullSpan(long from, long until)
    {
        public bool Contains(long now) => now > from && now <= until;
    }

    /// <summary>Four lookups in a cache line: what their keys have, and what is known of them.</summary>
    private struct Bucket
    {
        public const int Size = 64;

        private Vector128<uint> _flows;
        private Vector128<uint> _questions;
        public FourEntries Entries;

        /// <summary>A bit for each entry that may be a lookup. A message without a question, 0, belongs to any.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly uint Find(uint flow, uint question)
        {
            var found = Vector128.Equals(_flows, Vector128.Create(flow));
            if (question != 0)
            {
                found &= Vector128.Equals(_questions, Vector128.Create(question)) | Vector128.Equals(_questions, Vector128<uint>.Zero);
            }

            return found.ExtractMostSignificantBits();
        }

        public void Set(int index, uint flow, uint question, Entry entry)
        {
            Unsafe.Add(ref Unsafe.As<Vector128<uint>, uint>(ref _flows), index) = flow;
            Unsafe.Add(ref Unsafe.As<Vector128<uint>, uint>(ref _questions), index) = question;
            entry.HasOverflowed = Entries[index].HasOverflowed;
            Entries[index] = entry;
        }
    }

    [InlineArray(EntriesPerBucket)]
    private struct FourEntries
    {
        private Entry _first;
    }

    /// <summary>What is known of a lookup. Without a direction there is none.</summary>
    private struct Entry(int seen, long time, uint distance)
    {
        public const int QuerySeen = 1;
        public const int ResponseSeen = 2;
        public const int BothSeen = QuerySeen | ResponseSeen;

        public const long WorthNothing = -2;
        public const long WorthLittle = -1;

        private const int DistanceBit = 2;
        private const long Overflowed = 16;
        private const int FlagBits = 5;

        private long _timeAndFlags = (time << FlagBits) | (distance << DistanceBit) | (uint)seen;

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

        /// <summary>What is lost with it: nothing, that a repetition is known as one, or a lookup that waits, by its age.</summary>
        public readonly long Worth(long now, LookupLifetime lifetime) => IsOver(now, lifetime) ? WorthNothing : Seen == BothSeen ? WorthLittle : Time;

        public void See(int direction) => _timeAndFlags |= (uint)direction;
    }
}
