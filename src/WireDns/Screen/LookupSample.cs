using System.Text;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Statistics;
using WireDns.Wire.Net;

namespace WireDns.Screen;

/// <summary>
/// Queries on their way from the thread that processes packets to the one that draws. The first never waits and allocates nothing: while there is no room, queries are
/// left out, and counted. One thread writes (the pipeline's turn), and one reads.
/// </summary>
internal sealed class LookupSample : IMessageConsumer
{
    // A power of two. Read ten times a second, so 40,000 queries a second are all seen; with the names it takes 1 MiB.
    private const int Capacity = 4096;

    // The octets of a name as text. Names that take more have escapes in nearly every octet (RFC 1035 §5.1).
    private const int NameLength = 255;

    private readonly Slot[] _slots = new Slot[Capacity];
    private readonly byte[] _names = new byte[Capacity * NameLength];
    private long _written;
    private long _read;
    private long _leftOut;

    /// <summary>Queries that there was no room for.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (message.IsResponse || !message.Verdict.IsDelivered)
        {
            return;
        }

        var place = (int)(_written & (Capacity - 1));
        var reader = ObservedMessage.ReaderOf(message.Payload);
        if (_written - Volatile.Read(ref _read) >= Capacity
            || !reader.TryReadQuestion(out var question)
            || !question.Name.TryWriteText(_names.AsSpan(place * NameLength, NameLength), out var length))
        {
            Volatile.Write(ref _leftOut, _leftOut + 1);
            return;
        }

        _slots[place] = new Slot(message.Client, (byte)length);
        Volatile.Write(ref _written, _written + 1);
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
    }

    /// <summary>Moves what was written to the tables.</summary>
    /// <returns>How many queries.</returns>
    public int MoveTo(RecentTops tops)
    {
        var end = Volatile.Read(ref _written);
        var count = (int)(end - _read);
        for (var next = _read; next < end; next++)
        {
            var place = (int)(next & (Capacity - 1));
            var (client, length) = _slots[place];
            tops.Count(client.ToString(), Encoding.ASCII.GetString(_names, place * NameLength, length).ToLowerInvariant());
        }

        Volatile.Write(ref _read, end);
        return count;
    }

    private readonly record struct Slot(NetAddress Client, byte NameLength);
}

/// <summary>The most frequent clients and names of the last one to two minutes, in bounded memory. One thread at a time.</summary>
/// <param name="time">The clock.</param>
internal sealed class RecentTops(TimeProvider time)
{
    private const int MaximumKeys = 4096;

    private static readonly TimeSpan Span = TimeSpan.FromMinutes(1);

    private long _since = time.GetTimestamp();
    private Window _current = new();
    private Window _previous = new();

    /// <summary>Queries that were counted and are still in the tables.</summary>
    public long Queries => _current.Queries + _previous.Queries;

    /// <summary>Counts a query.</summary>
    public void Count(string client, string name)
    {
        _current.Queries++;
        _current.Clients.Count(client);
        _current.Names.Count(name);
    }

    /// <summary>Forgets what is too old. Call it about once a second.</summary>
    public void Tick()
    {
        if (time.GetElapsedTime(_since) >= Span)
        {
            _since = time.GetTimestamp();
            (_previous, _current) = (_current, new Window());
        }
    }

    /// <summary>The most frequent clients, the first one first.</summary>
    public IReadOnlyList<(string Key, long Count)> Clients(int most) => Top(_current.Clients, _previous.Clients, most);

    /// <summary>The most frequent names, the first one first.</summary>
    public IReadOnlyList<(string Key, long Count)> Names(int most) => Top(_current.Names, _previous.Names, most);

    private static List<(string Key, long Count)> Top(TopCounts<CountedEntry> current, TopCounts<CountedEntry> previous, int most)
    {
        var counts = current.Entries.ToDictionary(entry => entry.Key, entry => entry.Value.Count, StringComparer.Ordinal);
        foreach (var (key, entry) in previous.Entries)
        {
            counts[key] = counts.GetValueOrDefault(key) + entry.Count;
        }

        return [.. counts.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal).Take(most).Select(entry => (entry.Key, entry.Value))];
    }

    private sealed class Window
    {
        public long Queries { get; set; }

        public TopCounts<CountedEntry> Clients { get; } = new(MaximumKeys);

        public TopCounts<CountedEntry> Names { get; } = new(MaximumKeys);
    }
}
