using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection.Lookups;

/// <summary>
/// The lookups of the last seconds: a query, its retransmissions and its response are one. Remembers which rules fired, so that one lookup gives one
/// alert per rule, and the queries that wait for a response. Bounded in number and, by packet time, in age. Allocates where it grows, and for
/// lookups that many rules fire for, alone.
/// </summary>
/// <remarks>
/// Entries stand in a ring in the order of their beginning, which is the order of their end too. The place of an entry is its serial number, as
/// long as <see cref="IsLive"/>.
/// </remarks>
internal sealed class LookupTable
{
    private const long NanosecondsPerTick = 100;
    private const int FirstLength = 1024;

    private readonly Dictionary<LookupKey, long> _byKey = [];
    private readonly UInt128 _seed = new(SecretSeed.Next(), SecretSeed.Next());
    private readonly long _lifetimeInNanoseconds;
    private readonly int _capacity;
    private Entry[] _ring = new Entry[FirstLength];
    private long _first;
    private long _next;

    /// <summary>An empty table.</summary>
    /// <param name="capacity">Lookups that are remembered at once; the oldest gives way.</param>
    /// <param name="lifetime">How long a lookup lasts, in packet time.</param>
    public LookupTable(int capacity, TimeSpan lifetime)
    {
        _capacity = capacity;
        _lifetimeInNanoseconds = lifetime.Ticks * NanosecondsPerTick;
    }

    /// <summary>Lookups that gave way to newer ones before their time.</summary>
    public long Evicted { get; private set; }

    /// <summary>Lookups that are remembered.</summary>
    public int Count => (int)(_next - _first);

    /// <summary>The oldest lookup, where there is one: the first whose time is up.</summary>
    public long Oldest => _first;

    /// <summary>Whether a place still holds its lookup.</summary>
    public bool IsLive(long place) => place >= _first && place < _next;

    /// <summary>The lookup at a place.</summary>
    public ref Entry this[long place] => ref _ring[place & (_ring.Length - 1)];

    /// <summary>
    /// The place of the lookup that a message belongs to; a new one where none is remembered. Make room first
    /// (<see cref="MustMakeRoom"/>).
    /// </summary>
    public long Find(in TransportPayload payload, out bool isNew)
    {
        var key = LookupKey.Of(payload, _seed);
        isNew = !_byKey.TryGetValue(key, out var place) || IsOver(ref this[place], payload.Time);
        if (isNew)
        {
            place = Add(key, payload.Time);
        }

        return place;
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
        if (_byKey.TryGetValue(oldest.Key, out var place) && place == _first)
        {
            _byKey.Remove(oldest.Key);
        }

        oldest = default;
        _first++;
    }

    /// <summary>Forgets all lookups.</summary>
    public void Clear()
    {
        Array.Clear(_ring);
        _byKey.Clear();
        _first = _next = 0;
    }

    private long Add(LookupKey key, PacketTime now)
    {
        if (Count == _ring.Length)
        {
            Grow();
        }

        this[_next] = new Entry { Key = key, Start = now };
        _byKey[key] = _next;
        return _next++;
    }

    private void Grow()
    {
        var grown = new Entry[_ring.Length * 2];
        for (var place = _first; place < _next; place++)
        {
            grown[place & (grown.Length - 1)] = this[place];
        }

        _ring = grown;
    }

    // Packets out of order go back in time a little; a clock that was set back ends lookups as one that was set forward does.
    private bool IsOver(ref Entry entry, PacketTime now) => Math.Abs(now.NanosecondsSince(entry.Start)) > _lifetimeInNanoseconds;

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

        /// <summary>Whether its response was seen.</summary>
        public bool IsAnswered;

        /// <summary>Where its query waits in <see cref="WaitingQueries"/>, from 1; 0 where it does not.</summary>
        public int WaitingQuery;

        /// <summary>The rules that it was a hit of.</summary>
        public FiredRules Fired;
    }
}
