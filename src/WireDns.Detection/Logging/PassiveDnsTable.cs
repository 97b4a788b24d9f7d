using System.Text;
using WireDns.Alerts;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Logging;

/// <summary>
/// Adds up the records of responses over a span of packet time, for passive DNS: a record that came a thousand times is passed on once. Bounded in number:
/// when it is full, the record that was first seen longest ago is passed on. Thread-safe.
/// </summary>
/// <param name="pass">Receives a record when its span is over; returns false if it was dropped.</param>
/// <param name="span">How long a record is added up. Default: an hour.</param>
/// <param name="capacity">The most records held at once. Default: 100,000, about 50 MiB.</param>
public sealed class PassiveDnsTable(Func<PassiveDnsRecord, bool> pass, TimeSpan? span = null, int capacity = PassiveDnsTable.DefaultCapacity)
{
    /// <summary>How many records are held unless something else is said.</summary>
    public const int DefaultCapacity = 100_000;

    /// <summary>How long a record is added up unless something else is said.</summary>
    public static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(1);

    private readonly long _span = (long)(span ?? DefaultSpan).TotalMicroseconds * 1000;
    private readonly Lock _turn = new();
    private readonly Dictionary<(string Name, string Type, string Data), Sighting> _records = [];
    private readonly Queue<Sighting> _order = [];

    /// <summary>Records that were passed on before their span was over, for want of room.</summary>
    public long PassedEarly { get; private set; }

    /// <summary>Adds the records of a response. Lookups without a time are left out.</summary>
    public void Add(DnsLookup lookup)
    {
        ArgumentNullException.ThrowIfNull(lookup);
        if (lookup is not { Response: not null, UnixTimeNanoseconds: { } time })
        {
            return;
        }

        lock (_turn)
        {
            while (_order.TryPeek(out var oldest) && Math.Abs(time - oldest.First) >= _span)
            {
                PassOldest();
            }

            foreach (var answer in lookup.Answers)
            {
                Add((answer.Name.ToLowerInvariant(), answer.Type, answer.Data), time);
            }
        }
    }

    /// <summary>Passes on all records: the input has ended.</summary>
    public void Finish()
    {
        lock (_turn)
        {
            while (_order.Count > 0)
            {
                PassOldest();
            }
        }
    }

    private void Add((string Name, string Type, string Data) key, long time)
    {
        if (_records.TryGetValue(key, out var known))
        {
            known.Count++;
            known.First = Math.Min(known.First, time);
            known.Last = Math.Max(known.Last, time);
            return;
        }

        if (_order.Count >= capacity)
        {
            PassedEarly++;
            PassOldest();
        }

        var sighting = new Sighting(key) { First = time, Last = time, Count = 1 };
        _records.Add(key, sighting);
        _order.Enqueue(sighting);
    }

    private void PassOldest()
    {
        var sighting = _order.Dequeue();
        _records.Remove(sighting.Key);
        var (name, type, data) = sighting.Key;
        Span<byte> digest = stackalloc byte[ShortDigests.Sha256Length];
        ShortDigests.Sha256(
            Encoding.UTF8.GetBytes(string.Create(
                System.Globalization.CultureInfo.InvariantCulture, $"{name}\0{type}\0{data}\0{sighting.First}\0{sighting.Last}\0{sighting.Count}")),
            digest);
        pass(new PassiveDnsRecord
        {
            Id = Convert.ToHexStringLower(digest[..16]),
            Name = name,
            Type = type,
            Data = data,
            FirstUnixTimeNanoseconds = sighting.First,
            LastUnixTimeNanoseconds = sighting.Last,
            Count = sighting.Count,
        });
    }

    private sealed class Sighting((string Name, string Type, string Data) key)
    {
        public (string Name, string Type, string Data) Key => key;

        public long First { get; set; }

        public long Last { get; set; }

        public long Count { get; set; }
    }
}
