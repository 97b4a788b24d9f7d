using System.Security.Cryptography;
using WireDns.Wire;
using WireDns.Wire.Net;

namespace WireDns.Detection;

/// <summary>
/// Remembers which rules fired for which lookup, so that one lookup gives one alert per rule: neither its response, nor a retransmission, nor
/// a duplicate packet of the mirror raises another. Bounded in number and, by packet time, in age. Allocates for lookups that fire alone.
/// </summary>
internal sealed class FiredLookups
{
    /// <summary>How long a lookup lasts: longer than any resolver's patience, shorter than a client takes to use a DNS id again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    /// <summary>Lookups that are remembered at once; the oldest gives way, and could then fire a second time.</summary>
    public const int Capacity = 65_536;

    private const long LifetimeInNanoseconds = 10_000_000_000;

    private readonly Dictionary<LookupKey, Lookup> _lookups = [];
    private readonly Queue<(LookupKey Key, Lookup Lookup)> _byAge = new();
    private readonly UInt128 _seed = RandomSeed();

    /// <summary>Lookups that gave way to newer ones before their time.</summary>
    public long Evicted { get; private set; }

    /// <summary>The lookup that a message belongs to; a new one where none is remembered.</summary>
    public Lookup Find(in TransportPayload payload)
    {
        var key = LookupKey.Of(payload, _seed);
        if (_lookups.TryGetValue(key, out var lookup) && !lookup.IsOver(payload.Time))
        {
            return lookup;
        }

        lookup = new Lookup(payload.Time);
        if (_byAge.Count == Capacity)
        {
            Evicted += DropOldest() ? 1 : 0;
        }

        while (_byAge.TryPeek(out var oldest) && oldest.Lookup.IsOver(payload.Time))
        {
            DropOldest();
        }

        _lookups[key] = lookup;
        _byAge.Enqueue((key, lookup));
        return lookup;
    }

    /// <summary>Forgets all lookups.</summary>
    public void Clear()
    {
        _lookups.Clear();
        _byAge.Clear();
    }

    // False where the key has a newer lookup by now: then only the place in the queue was old.
    private bool DropOldest()
    {
        var (key, lookup) = _byAge.Dequeue();
        var isCurrent = _lookups.TryGetValue(key, out var current) && ReferenceEquals(current, lookup);
        if (isCurrent)
        {
            _lookups.Remove(key);
        }

        return isCurrent;
    }

    private static UInt128 RandomSeed() => new(
        BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)));

    /// <summary>One lookup and the rules that fired for it.</summary>
    internal sealed class Lookup(PacketTime start)
    {
        private readonly List<int> _rules = [];

        /// <summary>Number of the packet that fired first; 0 before.</summary>
        public long FirstPacketNumber { get; private set; }

        /// <summary>Whether the rule may raise an alert: true once for each rule.</summary>
        public bool TryFire(int rule, long packetNumber)
        {
            if (_rules.Contains(rule))
            {
                return false;
            }

            _rules.Add(rule);
            FirstPacketNumber = FirstPacketNumber == 0 ? packetNumber : FirstPacketNumber;
            return true;
        }

        /// <summary>Whether a message at this time belongs to a lookup of its own. Packets out of order go back in time a little.</summary>
        public bool IsOver(PacketTime now) => Math.Abs(now.NanosecondsSince(start)) > LifetimeInNanoseconds;
    }
}
