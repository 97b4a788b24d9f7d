namespace WireDns.TestTraffic.Generation;

/// <summary>
/// Invents lookups: who asks whom for what. All parts of a capture draw from one source, so that the planted lookups
/// take turns over all of them.
/// </summary>
internal sealed class LookupSource
{
    /// <summary>The type A, RFC 1035 §3.2.2.</summary>
    public const ushort TypeA = 1;

    /// <summary>The type AAAA, RFC 3596 §2.1.</summary>
    public const ushort TypeAaaa = 28;

    private const int ClientCount = 4096;
    private const int ResolverCount = 8;
    private const ushort DnsPort = 53;

    private readonly Xoshiro256 _random;
    private readonly NamePopulation _names;
    private readonly Host[] _ipv4Clients = new Host[ClientCount];
    private readonly Host[] _ipv6Clients = new Host[ClientCount];
    private readonly Host[] _ipv4Resolvers = new Host[ResolverCount];
    private readonly Host[] _ipv6Resolvers = new Host[ResolverCount];
    private long _plantedCount;

    /// <summary>Populates the network.</summary>
    public LookupSource(Xoshiro256 random)
    {
        _random = random;
        _names = new NamePopulation(random.Fork());
        FillHosts(_ipv4Clients, ipv6: false);
        FillHosts(_ipv6Clients, ipv6: true);
        FillHosts(_ipv4Resolvers, ipv6: false);
        FillHosts(_ipv6Resolvers, ipv6: true);
    }

    /// <summary>Overwrites a lookup with the next one, over IPv6 20 times in a hundred.</summary>
    public void Next(Lookup lookup, bool planted) => Next(lookup, planted, ipv6: _random.Percent(20));

    /// <summary>Overwrites a lookup with the next one, over the family asked for.</summary>
    public void Next(Lookup lookup, bool planted, bool ipv6)
    {
        lookup.Client = NextClient(ipv6);
        lookup.Resolver = new Endpoint((ipv6 ? _ipv6Resolvers : _ipv4Resolvers)[_random.Below(ResolverCount)], DnsPort);
        NextQuestion(lookup, planted);
    }

    /// <summary>Overwrites only the question, for a further lookup between the same two hosts.</summary>
    public void NextQuestion(Lookup lookup, bool planted)
    {
        lookup.Id = _random.NextUInt16();
        lookup.Type = _random.Percent(70) ? TypeA : TypeAaaa;
        lookup.HasEdns = _random.Percent(80);
        lookup.HasCookie = _random.Percent(40);
        lookup.IsPlanted = planted;
        if (planted)
        {
            lookup.Name = WatchedDomains.PlantedName(_random, _plantedCount++);
        }
        else if (_random.Below(1000) == 0)
        {
            lookup.Name = WatchedDomains.NearMiss(_random);
        }
        else
        {
            lookup.Name = _names.Next(_random);
            if (_random.Percent(2))
            {
                WatchedDomains.MixCase(_random, lookup.MutableName);
            }
        }
    }

    /// <summary>A name of the population in wire form, for an answer to point to.</summary>
    public ReadOnlySpan<byte> NextTarget() => TargetOf(_random);

    /// <summary>The name of the population that is drawn from something else.</summary>
    public ReadOnlySpan<byte> TargetOf(Xoshiro256 random) => _names.Next(random);

    /// <summary>A client's next connection or socket.</summary>
    public Endpoint NextClient(bool ipv6) =>
        new((ipv6 ? _ipv6Clients : _ipv4Clients)[_random.Below(ClientCount)], (ushort)_random.Between(1024, 65535));

    private void FillHosts(Host[] hosts, bool ipv6)
    {
        for (var index = 0; index < hosts.Length; index++)
        {
            hosts[index] = Host.Inside(_random, ipv6);
        }
    }
}
