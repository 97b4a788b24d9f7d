using System.Numerics;
using System.Runtime.CompilerServices;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>When a lookup ends: a stated time after its first message, by packet time. The one definition for all that knows lookups.</summary>
/// <param name="lifetime">How long a lookup lasts.</param>
internal readonly struct LookupLifetime(TimeSpan lifetime)
{
    // Ticks of 256 ns: a time fits in 56 bits, so a table has room for a few more.
    private const int TickBits = 8;

    private readonly long _ticks = (lifetime.Ticks * TimeSpan.NanosecondsPerTick) >> TickBits;

    /// <summary>How long a lookup lasts, in the unit of <see cref="IsOver"/>.</summary>
    public long InTicks => _ticks;

    /// <summary>A time in the unit of <see cref="IsOver"/>.</summary>
    public static long TicksOf(PacketTime time) => time.Nanoseconds >> TickBits;

    /// <summary>
    /// Whether a lookup that began at one time has ended at another. Packets out of order go back in time a little; a clock that was set back ends lookups
    /// as one that was set forward does.
    /// </summary>
    public bool IsOver(long start, long now) => Math.Abs(now - start) > _ticks;
}

/// <summary>
/// The lookups of the last seconds: a query, its retransmissions and its response are one. Of every lookup it knows which directions were
/// <see cref="Seen"/>; of those that rules fired for, or whose query waits for a response, it remembers more, so that one lookup gives one
/// alert per rule. Bounded in number and, by packet time, in age. Allocates only where it grows, and for lookups that many rules fire for.
/// </summary>
/// <remarks>
/// What is remembered stands in a ring in the order of its beginning, which is the order of its end too. The place of an entry is its serial
/// number. The ring is made of chunks, which are not copied when there are more; one that all lookups have left is used again. Entries are found by slots of eight octets, at most half of which are taken: the upper half of a slot is a part of the key, the lower
/// half the place, from 1, as far as it has room.
/// </remarks>
internal sealed partial class LookupTable
{
    /// <summary>How many lookups are remembered unless something else is said.</summary>
    public const int DefaultCapacity = 262_144;

    private const int ChunkBits = 10;
    private const int ChunkLength = 1 << ChunkBits;
    private const int ChunkMask = ChunkLength - 1;
    private const long PlaceMask = 0x7fff_ffff;

    // By the time that a lookup is dropped, its slot has come from memory.
    private const int DropsAhead = 8;

    /// <summary>
    /// How long a lookup lasts unless something else is said: longer than a resolver's patience, shorter than a client takes to use a DNS id
    /// again.
    /// </summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(10);

    private readonly LookupLifetime _lifetime;
    private readonly int _capacity;
    private readonly Entry[][] _chunks;
    private readonly Stack<Entry[]> _emptyChunks = [];
    private ulong[] _slots = new ulong[ChunkLength * 2];
    private long _first;
    private long _next;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Lookups that are remembered at once; the oldest gives way.</param>
    /// <param name="lifetime">How long a lookup lasts, in packet time.</param>
    public LookupTable(int capacity = DefaultCapacity, TimeSpan? lifetime = null)
    {
        _capacity = capacity;

        // What is remembered begins and ends within a chunk.
        _chunks = new Entry[BitOperations.RoundUpToPowerOf2((uint)((capacity >> ChunkBits) + 2))][];
        _lifetime = new LookupLifetime(lifetime ?? DefaultLifetime);
        Seen = new SeenLookups(_lifetime);
    }

    /// <summary>Every lookup, by the directions that were seen of it.</summary>
    public SeenLookups Seen { get; }

    /// <summary>Lookups that gave way to newer ones before their time.</summary>
    public long Evicted { get; private set; }

    /// <summary>Lookups that are remembered.</summary>
    public int Count => (int)(_next - _first);

    /// <summary>The oldest lookup, where there is one: the first whose time is up.</summary>
    public long Oldest => _first;

    /// <summary>The lookup at a place.</summary>
    public ref Entry this[long place]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _chunks[ChunkOf(place)][place & ChunkMask];
    }

    /// <summary>The lookup will be asked for soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(LookupKey key) => MemoryHint.WillBeRead(ref _slots[HomeOf(key.Flow, _slots.Length - 1)]);

    /// <summary>
    /// The place of a lookup; a new one where it is not remembered. Make room first (<see cref="MustMakeRoom"/>).
    /// </summary>
    /// <param name="key">The lookup.</param>
    /// <param name="now">The time of the message that belongs to it.</param>
    public long Find(LookupKey key, PacketTime now)
    {
        var slot = FindSlot(key);
        var place = PlaceOf(_slots[slot]);
        return _slots[slot] != 0 && !IsOver(ref this[place], now) ? place : Add(key, now, slot);
    }

    /// <summary>Whether a lookup is remembered whose query was given to the rules on queries.</summary>
    /// <inheritdoc cref="Find"/>
    public bool IsAsked(LookupKey key, PacketTime now)
    {
        var slot = FindSlot(key);
        if (_slots[slot] == 0)
        {
            return false;
        }

        ref var entry = ref this[PlaceOf(_slots[slot])];
        return entry.IsAsked && !IsOver(ref entry, now);
    }

    /// <summary>Whether the oldest lookup has to be dropped before another is added: its time is up, or the table is full.</summary>
    public bool MustMakeRoom(PacketTime now) => Count > 0 && (Count >= _capacity || IsOver(ref this[_first], now));

    /// <summary>Whether the time of the oldest lookup is up.</summary>
    public bool IsOldestOver(PacketTime now) => Count > 0 && IsOver(ref this[_first], now);

    /// <summary>Forgets the oldest lookup, and counts it where its time was not up.</summary>
    /// <param name="now">The time; none at the end of a source, which ends every lookup.</param>
    public void DropOldest(PacketTime now)
    {
        ref var oldest = ref this[_first];
        Evicted += !now.HasValue || IsOver(ref oldest, now) ? 0 : 1;

        // A later lookup with the same key has taken over its slot.
        var slot = FindSlot(oldest.Key);
        if (_slots[slot] != 0 && PlaceOf(_slots[slot]) == _first)
        {
            Empty(slot);
        }

        oldest = default;
        _first++;
        if ((_first & ChunkMask) == 0)
        {
            PutBack(ChunkOf(_first - 1));
        }

        if (Count > DropsAhead)
        {
            Expect(this[_first + DropsAhead].Key);
        }
    }

    /// <summary>Other rules follow: they are asked about every lookup again.</summary>
    /// <param name="areOthers">Whether the numbers of the rules mean other rules now, so that what fired means nothing.</param>
    public void SwapRules(bool areOthers)
    {
        for (var place = _first; place < _next; place++)
        {
            ref var entry = ref this[place];
            entry.IsAsked = false;
            if (areOthers)
            {
                entry.Fired = default;
            }
        }
    }

    /// <summary>Forgets all lookups, and keeps what was counted: the source ends.</summary>
    public void Clear()
    {
        Seen.FinishSource();
        if (_next > 0)
        {
            for (var chunk = 0; chunk < _chunks.Length; chunk++)
            {
                if (_chunks[chunk] is { } used)
                {
                    Array.Clear(used);
                    PutBack(chunk);
                }
            }

            Array.Clear(_slots);
            _first = _next = 0;
        }
    }

    private long Add(LookupKey key, PacketTime now, int slot)
    {
        if (Count == _slots.Length / 2)
        {
            Grow();
            slot = FindSlot(key);
        }

        ref var chunk = ref _chunks[ChunkOf(_next)];
        chunk ??= _emptyChunks.TryPop(out var empty) ? empty : new Entry[ChunkLength];
        this[_next] = new Entry { Key = key, Start = now };
        _slots[slot] = SlotOf(key, _next);
        return _next++;
    }

    private void Grow()
    {
        var slots = _slots;
        _slots = new ulong[slots.Length * 2];
        foreach (var taken in slots)
        {
            if (taken != 0)
            {
                _slots[FindSlot(this[PlaceOf(taken)].Key)] = taken;
            }
        }
    }

    private void PutBack(long chunk)
    {
        _emptyChunks.Push(_chunks[chunk]);
        _chunks[chunk] = null!;
    }

    private long ChunkOf(long place) => (place >> ChunkBits) & (_chunks.Length - 1);

    private static ulong SlotOf(LookupKey key, long place) => (key.Flow & ~(ulong)uint.MaxValue) | (((ulong)place & PlaceMask) + 1);

    // Places that are remembered are fewer than 2^31, so the part in a slot tells them apart.
    private long PlaceOf(ulong slot) => _first + (((long)(uint)slot - 1 - _first) & PlaceMask);

    private static int HomeOf(ulong slot, int mask) => (int)(slot >> 32) & mask;

    /// <summary>The slot of a lookup, or the free one where it belongs.</summary>
    private int FindSlot(LookupKey key)
    {
        var mask = _slots.Length - 1;
        var wanted = SlotOf(key, 0);
        var slot = HomeOf(wanted, mask);
        while (_slots[slot] != 0 && ((_slots[slot] ^ wanted) >> 32 != 0 || this[PlaceOf(_slots[slot])].Key != key))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    /// <summary>Empties a slot. Those after it move up, so that no search ends before them.</summary>
    private void Empty(int hole)
    {
        var mask = _slots.Length - 1;
        for (var slot = (hole + 1) & mask; _slots[slot] != 0; slot = (slot + 1) & mask)
        {
            if (((slot - HomeOf(_slots[slot], mask)) & mask) >= ((slot - hole) & mask))
            {
                _slots[hole] = _slots[slot];
                hole = slot;
            }
        }

        _slots[hole] = 0;
    }

    private bool IsOver(ref Entry entry, PacketTime now) =>
        _lifetime.IsOver(LookupLifetime.TicksOf(entry.Start), LookupLifetime.TicksOf(now));

    /// <summary>One lookup.</summary>
    internal struct Entry
    {
        /// <summary>What its messages have in common.</summary>
        public LookupKey Key;

        /// <summary>Time of its first message.</summary>
        public PacketTime Start;

        /// <summary>Time of its query; none where it was not seen.</summary>
        public PacketTime QueryTime;

        /// <summary>Number of the packet that held its query; 0 where it was not seen.</summary>
        public long QueryPacketNumber;

        /// <summary>The flags of its query, where that was seen.</summary>
        public ushort QueryFlags;

        /// <summary>Whether rules on queries were asked about one of its messages, and say the same of the others.</summary>
        public bool IsAsked;

        /// <summary>Whether its response was seen.</summary>
        public bool IsAnswered;

        /// <summary>Where its query waits in <see cref="WaitingQueries"/>, from 1; 0 where it does not.</summary>
        public int WaitingQuery;

        /// <summary>The virtual network that it was seen in first; none where it was in no such network.</summary>
        public Tunnel Network;

        /// <summary>The other virtual networks in which it was seen, and counted; null where there is none.</summary>
        public Tunnel[]? OtherNetworks;

        /// <summary>The rules that it was a hit of.</summary>
        public FiredRules Fired;

        /// <summary>Notes its first query. False where that was seen before.</summary>
        public bool TryNoteQuery(ushort flags, long packetNumber, PacketTime time)
        {
            if (QueryPacketNumber != 0)
            {
                return false;
            }

            (QueryPacketNumber, QueryTime, QueryFlags) = (packetNumber, time, flags);
            return true;
        }
    }
}
