namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The 22 domains of the 3CX supply-chain rule, and the names that a capture holds because of them: lookups that
/// must be found, and near misses that must not. The list is repeated here so that a slip in the shipped
/// rule shows.
/// </summary>
internal static class WatchedDomains
{
    private static readonly string[] Domains =
    [
        "akamaicontainer.com", "akamaitechcloudservices.com", "azuredeploystore.com", "azureonlinecloud.com",
        "azureonlinestorage.com", "dunamistrd.com", "glcloudservice.com", "journalide.org", "msedgepackageinfo.com",
        "msedgeupdate.net", "msstorageazure.com", "msstorageboxes.com", "officeaddons.com", "officestoragebox.com",
        "pbxcloudeservices.com", "pbxphonenetwork.com", "pbxsources.com", "qwepoi123098.com", "sbmsa.wiki",
        "sourceslabs.com", "visualstudiofactory.com", "zacharryblogs.com",
    ];

    private static readonly string[] Subdomains =
        ["www", "api", "cdn", "update", "static", "login", "dl", "eu-west-1.blob"];

    /// <summary>The domains, in lower case.</summary>
    public static ReadOnlySpan<string> All => Domains;

    /// <summary>
    /// The name of the nth planted lookup, in wire form: the domains in turn, half of them as they are, half with
    /// one or two labels in front, a quarter with the letters' case mixed.
    /// </summary>
    public static byte[] PlantedName(Xoshiro256 random, long ordinal)
    {
        var name = Domains[ordinal % Domains.Length];
        name = random.Below(6) switch
        {
            < 3 => name,
            3 => $"{Subdomains[random.Below(Subdomains.Length)]}.{name}",
            4 => $"{random.NextUInt32():x8}.{Subdomains[random.Below(Subdomains.Length)]}.{name}",
            _ => $"{random.NextUInt64():x16}.{name}",
        };
        var wire = NamePopulation.WireForm(name);
        if (random.Percent(25))
        {
            MixCase(random, wire);
        }

        return wire;
    }

    /// <summary>A name in wire form that resembles a watched domain and holds none.</summary>
    public static byte[] NearMiss(Xoshiro256 random)
    {
        var domain = Domains[random.Below(Domains.Length)];
        var dot = domain.IndexOf('.', StringComparison.Ordinal);
        return NamePopulation.WireForm(random.Below(5) switch
        {
            0 => $"{domain[..dot]}.info",
            1 => $"{domain[..dot]}-{domain[(dot + 1)..]}.example.net",
            2 => domain[1..],
            3 => $"{domain[..4]}.{domain[4..]}",
            _ => $"{domain[..dot]}.x{domain[dot..]}",
        });
    }

    /// <summary>
    /// Gives each letter of a name in wire form a random case, as resolvers do that hide entropy there. Label
    /// lengths are below 64, so they are not letters.
    /// </summary>
    public static void MixCase(Xoshiro256 random, Span<byte> wireName)
    {
        var bits = 0UL;
        for (var index = 0; index < wireName.Length; index++)
        {
            bits = index % 64 == 0 ? random.NextUInt64() : bits >> 1;
            if ((bits & 1) != 0 && char.IsAsciiLetterLower((char)wireName[index]))
            {
                wireName[index] ^= 0x20;
            }
        }
    }

    /// <summary>
    /// Whether a name in dotted text, of any case, holds one of the domains: the rule's <c>contains</c>, spelt
    /// naively.
    /// </summary>
    public static bool IsIn(string name) =>
        Domains.Any(domain => name.Contains(domain, StringComparison.OrdinalIgnoreCase));
}
