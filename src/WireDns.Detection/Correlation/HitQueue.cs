using System.Numerics;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Copies of messages that were hits, on their way from the thread that matches to the one that correlates: a ring in bounded memory, without a lock,
/// for one writer and one reader. Allocates nothing once it has been around.
/// </summary>
/// <remarks>The bytes of messages stand in a ring of their own, each message in one piece: 128 bytes for each message on average.</remarks>
internal sealed class HitQueue
{
    /// <summary>What <see cref="Fill"/> is where there is no room for a message.</summary>
    public const int Full = 16;

    private const int BytesPerMessage = 128;

    // The longest message has 65,535, and as much is lost where it does not fit before the end of the ring.
    private const int LeastBytes = 256 * 1024;

    // Room that no message takes, for the end.
    private const int Reserve = 2;

    private readonly QueuedHits?[] _slots;
    private readonly byte[] _bytes;
    private long _written;
    private long _read;
    private long _bytesWritten;
    private long _bytesRead;

    /// <param name="length">How many messages it holds, at least 16; rounded up to a power of two.</param>
    public HitQueue(int length)
    {
        _slots = new QueuedHits?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Full))];
        _bytes = new byte[Math.Max(LeastBytes, _slots.Length * BytesPerMessage)];
    }

    /// <summary>Whether everything was read.</summary>
    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    /// <summary>How full it is, in sixteenths. For the writer.</summary>
    public int Fill
    {
        get
        {
            var slots = (_written - Volatile.Read(ref _read)) * Full / (_slots.Length - Reserve);
            var bytes = (_bytesWritten - Volatile.Read(ref _bytesRead)) * Full / _bytes.Length;
            return (int)Math.Min(Math.Max(slots, bytes), Full);
        }
    }

    /// <summary>Copies a message. Null where there is no room; otherwise to be filled in, and then published.</summary>
    public QueuedHits? TryTake(in ObservedMessage message)
    {
        var length = message.Payload.Data.Length;
        var start = _bytesWritten;
        var place = (int)(start % _bytes.Length);
        if (_bytes.Length - place < length)
        {
            start += _bytes.Length - place;
            place = 0;
        }

        if (_written - Volatile.Read(ref _read) >= _slots.Length - Reserve || start + length - Volatile.Read(ref _bytesRead) > _bytes.Length)
        {
            return null;
        }

        message.Payload.Data.CopyTo(_bytes.AsSpan(place));
        _bytesWritten = start + length;
        var hits = Take(QueuedKind.Message);
        hits.Copy(message, place);
        return hits;
    }

    /// <summary>Takes the place of a message for something else, for which there must be room.</summary>
    public QueuedHits Take(QueuedKind kind)
    {
        var hits = _slots[_written & (_slots.Length - 1)] ??= new QueuedHits();
        hits.Kind = kind;
        hits.End = _bytesWritten;
        return hits;
    }

    /// <summary>Hands what was taken last to the reader.</summary>
    public void Publish() => Volatile.Write(ref _written, _written + 1);

    /// <summary>The oldest that was published, for the reader; null where there is none.</summary>
    public QueuedHits? TryPeek() => _read == Volatile.Read(ref _written) ? null : _slots[_read & (_slots.Length - 1)];

    /// <summary>The message, which was not looked at anew where it has the usual shape. Valid until it is released.</summary>
    public ObservedMessage MessageOf(QueuedHits hits, in MessageSeeds seeds)
    {
        var payload = new TransportPayload(_bytes.AsSpan(hits.Start, hits.Length), in hits.Origin);
        return hits.IsPlain ? new ObservedMessage(payload, hits.Header, hits.NameHash, hits.Key) : ObservedMessage.Read(payload, seeds);
    }

    /// <summary>Gives the room of the oldest back to the writer.</summary>
    public void Release(QueuedHits hits)
    {
        Volatile.Write(ref _bytesRead, hits.End);
        Volatile.Write(ref _read, _read + 1);
    }
}

/// <summary>What an entry of a <see cref="HitQueue"/> is.</summary>
internal enum QueuedKind
{
    /// <summary>A message with its hits.</summary>
    Message,

    /// <summary>A time that has come.</summary>
    Tick,

    /// <summary>Nothing more is to come before somebody has waited for this.</summary>
    End,
}

/// <summary>An entry of a <see cref="HitQueue"/>, which is used again and again.</summary>
internal sealed class QueuedHits
{
    public PayloadOrigin Origin;
    private int[] _rules = new int[4];
    private int _count;
    private int _earlierCount;
    private long _lookup;
    private long _queryPacketNumber;
    private PacketSource? _source;

    public QueuedKind Kind { get; set; }

    /// <summary>Where the bytes of the message begin, and how many there are.</summary>
    public int Start { get; private set; }

    /// <inheritdoc cref="Start"/>
    public int Length { get; private set; }

    /// <summary>Up to where the writer has used the ring of bytes.</summary>
    public long End { get; set; }

    public DnsHeader Header { get; private set; }

    public LookupKey Key { get; private set; }

    public ulong NameHash { get; private set; }

    public bool IsPlain { get; private set; }

    /// <summary>See <see cref="DnsEvent.RoundTripNanoseconds"/>.</summary>
    public long? RoundTripNanoseconds { get; private set; }

    /// <summary>The time of a tick.</summary>
    public PacketTime Time { get; set; }

    /// <summary>The numbers of the rules that were hits with this message.</summary>
    public ReadOnlySpan<int> Rules => _rules.AsSpan(_earlierCount.._count);

    /// <summary>Takes all of a message but its bytes.</summary>
    public void Copy(in ObservedMessage message, int start)
    {
        Origin.CopyFrom(message.Payload.Origin);
        Start = start;
        Length = message.Payload.Data.Length;
        Header = message.Header;
        Key = message.Key;
        NameHash = message.NameHash;
        IsPlain = message.IsPlain;
    }

    /// <summary>Takes the lookup that the message belongs to. No rule was a hit yet.</summary>
    public void Copy(in LookupHit hit, long? roundTripNanoseconds)
    {
        _lookup = hit.Lookup;
        _queryPacketNumber = hit.QueryPacketNumber;
        _source = hit.Source;
        RoundTripNanoseconds = roundTripNanoseconds;
        _count = 0;
        foreach (var rule in hit.EarlierRules)
        {
            Add(rule);
        }

        _earlierCount = _count;
    }

    /// <summary>Adds the number of a rule that was a hit.</summary>
    public void Add(int rule)
    {
        if (_count == _rules.Length)
        {
            Array.Resize(ref _rules, _count * 2);
        }

        _rules[_count++] = rule;
    }

    /// <summary>The lookup as it was before one of <see cref="Rules"/> was a hit of it.</summary>
    public LookupHit Before(int rule) => new(_lookup, _queryPacketNumber, _rules.AsSpan(0, _earlierCount + rule), _source!);
}
