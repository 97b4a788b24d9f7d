using System.IO.Hashing;
using System.Runtime.InteropServices;
using WireDns.Alerts;

namespace WireDns.Statistics;

/// <summary>
/// What <c>wiredns stats</c> knows of the lookups that it has seen, in one pass and in bounded memory: the bounds are those below, about 150 MiB in all
/// at the worst. One thread at a time.
/// </summary>
/// <param name="known">Names and domains that are known, in lower case; null if none were given. What is under a known domain is known.</param>
internal sealed class LookupStatistics(IReadOnlySet<string>? known = null)
{
    private const int MaximumNames = 1 << 15;
    private const int MaximumDomains = 1 << 15;
    private const int MaximumClients = 1 << 15;
    private const int MaximumServers = 1 << 12;
    private const int MaximumWords = 1 << 12;

    // 16 KiB each, and 256 bytes for each domain and client.
    private const int PreciseBits = 14;
    private const int RoughBits = 8;

    private const int NonexistentDomain = 3;

    /// <summary>The kinds of <see cref="Times"/>: every lookup, those without a response, those of a name that does not exist.</summary>
    public const int Any = 0;
    public const int OfNoResponse = 1;
    public const int OfNoName = 2;

    // RFC 6762 §3 and RFC 4795 §2: asked of a group, and answered by anyone.
    private const int MulticastPort = 5353;
    private const int LlmnrPort = 5355;

    // Seeded, so that nobody who knows the function can choose names that count as one.
    private readonly long _seed = Random.Shared.NextInt64();

    public TopCounts<CountedEntry> Names { get; } = new(MaximumNames);

    public TopCounts<DomainEntry> Domains { get; } = new(MaximumDomains);

    public TopCounts<ClientEntry> Clients { get; } = new(MaximumClients);

    public TopCounts<ServerEntry> Servers { get; } = new(MaximumServers);

    public TopCounts<CountedEntry> Types { get; } = new(MaximumWords);

    public TopCounts<CountedEntry> Codes { get; } = new(MaximumWords);

    /// <summary>Lookups by time, of the kinds below.</summary>
    public TimeLine Times { get; } = new(3);

    public DistinctCount DistinctNames { get; } = new(PreciseBits);

    public DistinctCount DistinctDomains { get; } = new(PreciseBits);

    public DistinctCount DistinctClients { get; } = new(PreciseBits);

    public DistinctCount DistinctServers { get; } = new(PreciseBits);

    /// <summary>Lookups: queries with their responses, and those of which one of the two was seen.</summary>
    public long Lookups { get; private set; }

    /// <summary>Queries whose response was not seen.</summary>
    public long Unanswered { get; private set; }

    /// <summary>Responses whose query was not seen.</summary>
    public long WithoutQuery { get; private set; }

    /// <summary>Queries that were sent again for the same lookup.</summary>
    public long Repeated { get; private set; }

    /// <summary>Messages of multicast DNS and LLMNR, which are in no other number.</summary>
    public long Multicast { get; private set; }

    /// <summary>The earliest and the latest time of a lookup in nanoseconds since the Unix epoch; null where none has one.</summary>
    public (long First, long Last)? Span { get; private set; }

    /// <summary>Counts a lookup.</summary>
    public void Add(DnsLookup lookup)
    {
        if (lookup.Server.Port is MulticastPort or LlmnrPort)
        {
            Multicast++;
            return;
        }

        if (lookup.IsFurtherResponse)
        {
            return;
        }

        var isUnanswered = lookup.Response is null;
        var isNonexistent = lookup.ResponseCode?.Number == NonexistentDomain;
        Lookups++;
        Unanswered += isUnanswered ? 1 : 0;
        WithoutQuery += lookup.Query is null ? 1 : 0;
        Repeated += Math.Max(0, lookup.Queries - 1);
        if (lookup.UnixTimeNanoseconds is { } time)
        {
            Span = Span is { } span ? (Math.Min(span.First, time), Math.Max(span.Last, time)) : (time, time);
            Times.Add(time, isUnanswered ? [Any, OfNoResponse] : isNonexistent ? [Any, OfNoName] : [Any]);
        }

        if (lookup.ResponseCode is { } code)
        {
            Codes.Count(code.Text);
        }

        AddServer(lookup);
        var client = Clients.Count(lookup.Client.Address);
        client.Unanswered += isUnanswered ? 1 : 0;
        client.Nonexistent += isNonexistent ? 1 : 0;
        DistinctClients.Add(HashOf(lookup.Client.Address));
        if (lookup.Question is { } question)
        {
            if (question.Type.Text is { } type)
            {
                Types.Count(type);
            }

            AddName(question.Name.ToLowerInvariant(), lookup, client, isNonexistent);
        }
    }

    private void AddServer(DnsLookup lookup)
    {
        var name = lookup.Server.Port == 53 ? lookup.Server.Address : $"{lookup.Server.Address}#{lookup.Server.Port}";
        var server = Servers.Count(name);
        DistinctServers.Add(HashOf(name));
        server.Answered += lookup.Response is null ? 0 : 1;
        if (lookup.RoundTripNanoseconds is { } latency)
        {
            server.Latency.Add(latency);
        }
    }

    private void AddName(string name, DnsLookup lookup, ClientEntry client, bool isNonexistent)
    {
        var hash = HashOf(name);
        Names.Count(name);
        DistinctNames.Add(hash);
        var registered = (lookup.RegisteredDomain ?? name).ToLowerInvariant();
        var domain = Domains.Count(registered);
        var domainHash = HashOf(registered);
        DistinctDomains.Add(domainHash);
        client.Domains.Add(domainHash);
        domain.Add(name, hash, registered, lookup, isNonexistent);
        domain.Unknown += IsKnown(name) ? 0 : 1;
    }

    private bool IsKnown(string name)
    {
        for (var start = 0; known is not null && start < name.Length;)
        {
            if (known.Contains(name[start..]))
            {
                return true;
            }

            var dot = name.IndexOf('.', start);
            start = dot < 0 ? name.Length : dot + 1;
        }

        return known is null;
    }

    private ulong HashOf(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()), _seed);
}

/// <summary>What is known of a registered domain.</summary>
internal sealed class DomainEntry : CountedEntry
{
    private int _longest;

    /// <summary>The names under it.</summary>
    public DistinctCount Names { get; } = new(8);

    /// <summary>Responses that a name does not exist.</summary>
    public long Nonexistent { get; private set; }

    /// <summary>Lookups of names that are not known.</summary>
    public long Unknown { get; set; }

    /// <summary>When it was first looked up, in nanoseconds since the Unix epoch; null if the capture has no times.</summary>
    public long? FirstTime { get; private set; }

    /// <summary>Who looked it up first.</summary>
    public string FirstClient { get; private set; } = "";

    /// <summary>Its longest name.</summary>
    public string LongestName { get; private set; } = "";

    /// <summary>Of its names, the one whose labels below the domain hold the most bits (<see cref="NameEntropy"/>).</summary>
    public string RandomName { get; private set; } = "";

    /// <summary>The bits that those labels hold; 0 if there was no name below the domain.</summary>
    public double Bits { get; private set; }

    /// <summary>The bits of each of their characters.</summary>
    public double BitsOfCharacter { get; private set; }

    /// <summary>Takes a lookup of one of its names.</summary>
    public void Add(string name, ulong hash, string domain, DnsLookup lookup, bool isNonexistent)
    {
        Names.Add(hash);
        Nonexistent += isNonexistent ? 1 : 0;
        if (FirstClient.Length == 0 || lookup.UnixTimeNanoseconds < FirstTime)
        {
            FirstTime = lookup.UnixTimeNanoseconds;
            FirstClient = lookup.Client.Address;
        }

        if (name.Length > _longest)
        {
            _longest = name.Length;
            LongestName = name;
        }

        if (name.Length > domain.Length && NameEntropy.Bits(name.AsSpan(0, name.Length - domain.Length - 1), out var characters) is var bits && bits > Bits)
        {
            Bits = bits;
            BitsOfCharacter = bits / characters;
            RandomName = name;
        }
    }
}

/// <summary>What is known of a client.</summary>
internal sealed class ClientEntry : CountedEntry
{
    /// <summary>The registered domains that it looked up.</summary>
    public DistinctCount Domains { get; } = new(8);

    /// <summary>Lookups without a response.</summary>
    public long Unanswered { get; set; }

    /// <summary>Responses that a name does not exist.</summary>
    public long Nonexistent { get; set; }
}

/// <summary>What is known of a server.</summary>
internal sealed class ServerEntry : CountedEntry
{
    /// <summary>Lookups with a response.</summary>
    public long Answered { get; set; }

    /// <summary>From query to response.</summary>
    public LatencyHistogram Latency { get; } = new();
}
