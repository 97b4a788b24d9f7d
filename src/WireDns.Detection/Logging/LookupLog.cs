using WireDns.Alerts;
using WireDns.Alerts.Privacy;
using WireDns.Detection.Lookups;
using WireDns.Detection.Messages;
using WireDns.Wire;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Logging;

/// <summary>
/// Logs every lookup once: a query with its response, a query that was not answered in time, or a response whose query was not seen. Bounded in memory
/// (about 80 MiB at most). One per worker; one thread at a time.
/// </summary>
/// <remarks>
/// Repetitions of a query are counted in the lookup's line. A response that comes again unchanged is counted and has no line; one with other content has
/// a line of its own. A query after the response begins a new lookup. Multicast DNS and LLMNR are logged message by message, because a response there
/// comes from another address than the query went to.
/// </remarks>
/// <param name="log">Receives a lookup; returns false if it was dropped.</param>
/// <param name="options">What is logged of a lookup. Default: a new <see cref="LookupLogOptions"/>.</param>
public sealed class LookupLog(Func<DnsLookup, bool> log, LookupLogOptions? options = null) : IMessageConsumer
{
    // RFC 4795 §2: a query goes to a group, and its response comes from another address.
    private const ushort LlmnrPort = 5355;

    private readonly LookupTable _lookups = new(LookupTable.DefaultCapacity);
    private readonly WaitingQueries _waiting = new();
    // Which message of its packet the one at hand is: a segment may complete several.
    private (long Packet, long Time) _packet;
    private int _part;

    private readonly LookupWriter _writer = new(options ?? new LookupLogOptions());

    // By the place of a lookup in the table, which is never further from another one's than the table's capacity.
    private readonly Extent[] _extents = new Extent[LookupTable.DefaultCapacity];

    /// <summary>Responses without a line, because they came again unchanged.</summary>
    public long RepeatedResponses { get; private set; }

    /// <summary>Queries that were logged as unanswered before their time, for want of room.</summary>
    public long GivenUpEarly { get; private set; }

    /// <inheritdoc/>
    public void Consume(in ObservedMessage message, PacketSource source)
    {
        if (!message.Verdict.IsDelivered)
        {
            return;
        }

        var packet = (message.Payload.PacketNumber, message.Payload.Time.Nanoseconds);
        _part = packet == _packet ? _part + 1 : 0;
        _packet = packet;
        if (message.ServerPort is DnsMulticast.Port or LlmnrPort)
        {
            Log(message, source, new SeenQuery { Part = _part, LastPart = _part });
            return;
        }

        var now = message.Payload.Time;
        while (_lookups.MustMakeRoom(now) || (_waiting.IsFull && _lookups.Count > 0))
        {
            DropOldest(now);
        }

        var place = _lookups.Find(message.Key, now);
        ref var lookup = ref _lookups[place];
        ref var extent = ref _extents[place & (LookupTable.DefaultCapacity - 1)];
        if (extent.Place != place + 1)
        {
            extent = new Extent { Place = place + 1 };
        }

        if (message.IsResponse)
        {
            TakeResponse(message, source, ref lookup, ref extent);
        }
        else if (lookup.WaitingQuery > 0)
        {
            extent.Queries++;
        }
        else
        {
            lookup.QueryTime = now;
            lookup.QueryPacketNumber = message.Payload.PacketNumber;
            lookup.QueryFlags = message.Header.Flags;
            lookup.WaitingQuery = _waiting.Add(message.Payload, source);
            lookup.IsAnswered = false;
            extent.Queries = 1;
            extent.QueryPart = _part;
            extent.QueryError = message.Verdict.IsMalformed ? message.Verdict.Error : DnsError.None;
            extent.IsQueryCut = message.Payload.IsTruncated;
        }
    }

    /// <inheritdoc/>
    public void Tick(PacketTime now)
    {
        while (_lookups.IsOldestOver(now))
        {
            DropOldest(now);
        }
    }

    /// <inheritdoc/>
    public void FinishSource()
    {
        while (_lookups.Count > 0)
        {
            DropOldest(default);
        }

        _lookups.Clear();
        _packet = default;
    }

    private void TakeResponse(in ObservedMessage message, PacketSource source, ref LookupTable.Entry lookup, ref Extent extent)
    {
        var content = HashOf(message.Payload.Data);
        if (lookup.IsAnswered && extent.Response == content)
        {
            RepeatedResponses++;
            return;
        }

        var seen = new SeenQuery
        {
            PacketNumber = lookup.QueryPacketNumber,
            Time = lookup.QueryTime,
            Flags = lookup.QueryFlags,
            Queries = extent.Queries,
            Part = extent.QueryPart,
            LastPart = _part,
            Error = extent.QueryError,
            IsTruncated = extent.IsQueryCut,
            IsAnswered = lookup.IsAnswered,
        };
        if (lookup.WaitingQuery > 0)
        {
            seen = _writer.Complete(seen, _waiting.Get(lookup.WaitingQuery, out _), message.Payload);
            _waiting.Remove(lookup.WaitingQuery);
            lookup.WaitingQuery = 0;
        }

        lookup.IsAnswered = true;
        extent.Response = content;
        Log(message, source, seen);
    }

    private void DropOldest(PacketTime now)
    {
        var place = _lookups.Oldest;
        var waiting = _lookups[place].WaitingQuery;
        try
        {
            if (waiting > 0)
            {
                GivenUpEarly += !now.HasValue || _lookups.IsOldestOver(now) ? 0 : 1;
                var message = ObservedMessage.Read(_waiting.Get(waiting, out var source));
                ref var extent = ref _extents[place & (LookupTable.DefaultCapacity - 1)];
                Log(message, source, new SeenQuery { Queries = extent.Queries, Part = extent.QueryPart });
            }
        }
        finally
        {
            // Also after a fault, or the next message would meet it again.
            if (waiting > 0)
            {
                _waiting.Remove(waiting);
            }

            _lookups.DropOldest(now);
        }
    }

    private void Log(in ObservedMessage message, PacketSource source, in SeenQuery query) => log(_writer.Write(message, source, query));

    // Seeded per process, so no sender can make two contents look alike.
    private static ulong HashOf(ReadOnlySpan<byte> content)
    {
        var hash = default(HashCode);
        hash.AddBytes(content);
        return ((ulong)(uint)content.Length << 32) | (uint)hash.ToHashCode();
    }

    /// <summary>What is remembered of a lookup beside its entry in the table.</summary>
    private struct Extent
    {
        /// <summary>The place of the lookup that it belongs to, from 1.</summary>
        public long Place;

        /// <summary>A hash of the latest response.</summary>
        public ulong Response;

        public int Queries;
        public int QueryPart;
        public DnsError QueryError;
        public bool IsQueryCut;
    }
}

/// <summary>What a <see cref="LookupLog"/> logs of a lookup. Immutable.</summary>
public sealed record LookupLogOptions
{
    /// <summary>Whether lookups have an id and a Community ID. Default: true; else the id is empty, and the Community ID null.</summary>
    public bool HasIds { get; init; } = true;

    /// <summary>Whether lookups have Zeek's words too (<see cref="DnsLookup.Zeek"/>). Default: false.</summary>
    public bool HasZeek { get; init; }

    /// <summary>Whether lookups have all that rules can ask for (<see cref="DnsLookup.Remainder"/>). Default: false.</summary>
    public bool HasRemainder { get; init; }

    /// <summary>
    /// What takes the addresses of clients out of lookups afterwards: their ids are made of what it leaves, and there is no Community ID. The lookups have the true
    /// addresses. Default: null, ids of the true addresses.
    /// </summary>
    public ClientPrivacy? Privacy { get; init; }
}

/// <summary>The query of a lookup, as far as it was seen before the message at hand.</summary>
internal readonly struct SeenQuery
{
    /// <summary>Its packet; 0 if it was not seen, or is the message at hand.</summary>
    public long PacketNumber { get; init; }

    public PacketTime Time { get; init; }

    public int Flags { get; init; }

    public int Queries { get; init; }

    /// <summary>Which message of its packet it was, from 0.</summary>
    public int Part { get; init; }

    /// <summary>Which message of its packet the one at hand is; the same as <see cref="Part"/> if that is the query.</summary>
    public int LastPart { get; init; }

    public DnsError Error { get; init; }

    public bool IsTruncated { get; init; }

    /// <summary>Whether it had another response.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Its name where it is spelt in another way than in the response; null where it is not, and where nobody asks for it.</summary>
    public string? Name { get; init; }

    /// <summary>Its octets, if it has no usual shape, and somebody asks for them.</summary>
    public byte[]? Octets { get; init; }
}
