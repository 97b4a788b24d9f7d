using System.Numerics;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;

namespace WireDns.Detection.Correlation;

/// <summary>
/// Copies of messages that rules matched, on their way from the matching thread to the correlating thread: a lock-free ring in bounded memory for one
/// writer and one reader. Allocates nothing once every slot has been used.
/// </summary>
/// <remarks>
/// The bytes of messages are in a ring of their own, where each message is contiguous. It has room for an average of 128 bytes per message.
/// </remarks>
internal sealed class HitQueue
{
    /// <summary>The value of <see cref="Fill"/> if there is no room for a message.</summary>
    public const int Full = 16;

    private const int BytesPerMessage = 128;

    // A message has at most 65,535 bytes, and up to as many are wasted if it does not fit before the end of the ring.
    private const int LeastBytes = 256 * 1024;

    // Slots that no message takes, reserved for the end, a tick and other work.
    private const int Reserve = 3;

    private readonly QueuedHits?[] _slots;
    private readonly byte[] _bytes;
    private long _written;
    private long _read;
    private long _bytesWritten;
    private long _bytesRead;

    /// <param name="length">The number of messages it holds, at least 16; rounded up to a power of two.</param>
    public HitQueue(int length)
    {
        _slots = new QueuedHits?[BitOperations.RoundUpToPowerOf2((uint)Math.Max(length, Full))];
        _bytes = new byte[Math.Max(LeastBytes, _slots.Length * BytesPerMessage)];
    }

    /// <summary>Whether everything has been read.</summary>
    public bool IsEmpty => Volatile.Read(ref _written) == Volatile.Read(ref _read);

    /// <summary>How full it is, in sixteenths: 0 to 16. For the writer.</summary>
    public int Fill
    {
        get
        {
            var slots = (_written - Volatile.Read(ref _read)) * Full / (_slots.Length - Reserve);
            var bytes = (_bytesWritten - Volatile.Read(ref _bytesRead)) * Full / _bytes.Length;
            return (int)Math.Min(Math.Max(slots, bytes), Full);
        }
    }

    /// <summary>Whether there is a slot for an entry. For the writer.</summary>
    public bool HasRoom => _written - Volatile.Read(ref _read) < _slots.Length - Reserve;

    /// <summary>Copies a message into a slot. Null if there is no room; otherwise the caller fills in the rest and then publishes it.</summary>
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

        if (!HasRoom || start + length - Volatile.Read(ref _bytesRead) > _bytes.Length)
        {
            return null;
        }

        message.Payload.Data.CopyTo(_bytes.AsSpan(place));
        _bytesWritten = start + length;
        var hits = Take(QueuedKind.Message);
        hits.Copy(message, place);
        return hits;
    }

    /// <summary>Takes a slot for an entry of any kind. The caller must know that there is room.</summary>
    public QueuedHits Take(QueuedKind kind)
    {
        var hits = _slots[_written & (_slots.Length - 1)] ??= new QueuedHits();
        hits.Kind = kind;
        hits.End = _bytesWritten;
        return hits;
    }

    /// <summary>Hands the last slot taken to the reader.</summary>
    public void Publish() => Volatile.Write(ref _written, _written + 1);

    /// <summary>Returns the oldest published entry, or a later one, without taking it. For the reader.</summary>
    /// <param name="behind">How many entries come before the one that is wanted; 0 for the oldest.</param>
    /// <returns>The entry; null if no entry has been published there.</returns>
    public QueuedHits? TryPeek(int behind = 0) => _read + behind >= Volatile.Read(ref _written) ? null : _slots[(_read + behind) & (_slots.Length - 1)];

    /// <summary>The message. If it is plain, it is not parsed again. Valid until it is released.</summary>
    public ObservedMessage MessageOf(QueuedHits hits, in MessageSeeds seeds)
    {
        var payload = new TransportPayload(_bytes.AsSpan(hits.Start, hits.Length), in hits.Origin);
        return hits.IsPlain ? new ObservedMessage(payload, hits.Header, hits.NameHash, hits.Key) : ObservedMessage.Read(payload, seeds);
    }

    /// <summary>Returns the room of the oldest entry to the writer.</summary>
    public void Release(QueuedHits hits)
    {
        Volatile.Write(ref _bytesRead, hits.End);
        Volatile.Write(ref _read, _read + 1);
    }
}

/// <summary>The kind of an entry in a <see cref="HitQueue"/>.</summary>
internal enum QueuedKind
{
    /// <summary>A message with its hits.</summary>
    Message,

    /// <summary>The time has advanced.</summary>
    Tick,

    /// <summary>Something else is to be done.</summary>
    Work,

    /// <summary>The last entry; the writer waits until the reader has reached it.</summary>
    End,
}

/// <summary>An entry of a <see cref="HitQueue"/>; the objects are reused.</summary>
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

    /// <summary>Offset and length of the message's bytes in the ring.</summary>
    public int Start { get; private set; }

    /// <inheritdoc cref="Start"/>
    public int Length { get; private set; }

    /// <summary>Total bytes of the ring that the writer had used after this entry.</summary>
    public long End { get; set; }

    public DnsHeader Header { get; private set; }

    public LookupKey Key { get; private set; }

    /// <summary>Who asked.</summary>
    public NetAddress Client { get; private set; }

    public ulong NameHash { get; private set; }

    public bool IsPlain { get; private set; }

    /// <summary>See <see cref="DnsEvent.RoundTripNanoseconds"/>.</summary>
    public long? RoundTripNanoseconds { get; private set; }

    /// <summary>See <see cref="DnsEvent.QueryFlags"/>.</summary>
    public ushort? QueryFlags { get; private set; }

    /// <summary>The time of a tick.</summary>
    public PacketTime Time { get; set; }

    /// <summary>What is to be done, if the entry is work.</summary>
    public Action? Work { get; set; }

    /// <summary>The numbers of the rules that matched this message.</summary>
    public ReadOnlySpan<int> Rules => _rules.AsSpan(_earlierCount.._count);

    /// <summary>Copies everything of a message except its bytes.</summary>
    public void Copy(in ObservedMessage message, int start)
    {
        Origin.CopyFrom(message.Payload.Origin);
        Start = start;
        Length = message.Payload.Data.Length;
        Header = message.Header;
        Key = message.Key;
        Client = message.Client;
        NameHash = message.NameHash;
        IsPlain = message.IsPlain;
    }

    /// <summary>Copies the lookup that the message belongs to. No rule has matched the message yet.</summary>
    public void Copy(in LookupHit hit, DnsEvent @event)
    {
        _lookup = hit.Lookup;
        _queryPacketNumber = hit.QueryPacketNumber;
        _source = hit.Source;
        RoundTripNanoseconds = @event.RoundTripNanoseconds;
        QueryFlags = @event.QueryFlags;
        _count = 0;
        foreach (var rule in hit.EarlierRules)
        {
            Add(rule);
        }

        _earlierCount = _count;
    }

    /// <summary>Adds the number of a rule that matched.</summary>
    public void Add(int rule)
    {
        if (_count == _rules.Length)
        {
            Array.Resize(ref _rules, _count * 2);
        }

        _rules[_count++] = rule;
    }

    /// <summary>The lookup as it was before it was a hit of one of <see cref="Rules"/>, given by index.</summary>
    public LookupHit Before(int rule) => new(_lookup, _queryPacketNumber, _rules.AsSpan(0, _earlierCount + rule), _source!);
}
