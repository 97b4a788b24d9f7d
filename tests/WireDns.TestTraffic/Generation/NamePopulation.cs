using System.Text;

namespace WireDns.TestTraffic.Generation;

/// <summary>
/// The names that the hosts of a capture look up: distinct, plausible, in wire form without compression (RFC 1035
/// §3.1), drawn with Zipf's law. None of them holds a watched domain.
/// </summary>
internal sealed class NamePopulation
{
    /// <summary>How many names there are.</summary>
    public const int Count = 200_000;

    private const int RegisteredDomains = 40_000;

    private static readonly string[] Words =
    [
        "alpine", "amber", "anchor", "apple", "arbor", "atlas", "aurora", "autumn", "bamboo", "banner", "beacon",
        "birch", "blue", "bold", "bridge", "bright", "broad", "bronze", "canyon", "cargo", "cedar", "charm", "chart",
        "cinder", "city", "clear", "clover", "coast", "cobalt", "comet", "copper", "coral", "craft", "crest",
        "crystal", "dash", "data", "dawn", "delta", "digital", "drift", "eagle", "earth", "echo", "elm", "ember",
        "fable", "falcon", "fern", "field", "first", "flint", "flow", "forest", "forge", "fox", "frost", "garden",
        "glass", "global", "gold", "grain", "granite", "green", "grove", "harbor", "hazel", "hill", "home", "honey",
        "ink", "iron", "island", "ivory", "jade", "jet", "juniper", "kite", "lake", "lantern", "laurel", "leaf",
        "light", "lime", "link", "lotus", "lumen", "lunar", "maple", "market", "meadow", "media", "mint", "mirror",
        "moon", "moss", "night", "north", "nova", "oak", "ocean", "olive", "onyx", "opal", "orbit", "otter", "paper",
        "pearl", "pilot", "pine", "pixel", "planet", "prime", "pulse", "quartz", "quick", "rain", "rapid", "raven",
        "reef", "ridge", "river", "robin", "rocket", "sage", "sail", "salt", "sand", "shop", "signal", "silver",
        "sky", "smart", "snow", "solar", "south", "spark", "spring", "spruce", "star", "steel", "stone", "storm",
        "stream", "summit", "sun", "swift", "terra", "tide", "timber", "trail", "true", "tulip", "valley", "velvet",
        "vista", "wave", "web", "west", "wild", "willow", "wind", "winter", "wolf", "wood", "zen",
    ];

    private static readonly string[] Hosts =
    [
        "www", "api", "cdn", "static", "img", "mail", "login", "auth", "app", "m", "assets", "edge", "media", "news",
        "shop", "blog", "docs", "files", "ads", "track", "metrics", "telemetry", "events", "push", "sync", "update",
        "download", "video", "live", "chat", "ns1", "ns2", "smtp", "vpn", "portal", "status", "test", "dev", "beta",
        "search", "maps", "pay", "secure", "gateway", "collector", "config", "ocsp", "time", "fonts", "widgets",
    ];

    private static readonly string[] Regions =
    [
        "eu-west-1", "eu-central-1", "us-east-1", "us-east-2", "us-west-2", "ap-south-1", "sa-east-1", "fra", "ams",
        "lhr",
    ];

    // Weighted by repetition, roughly as registrations are.
    private static readonly string[] TopLevels =
    [
        "com", "com", "com", "com", "com", "com", "com", "com", "net", "net", "org", "org", "io", "de", "co.uk", "fr",
        "nl", "ru", "com.br", "jp", "it", "info", "dev", "cloud", "app", "co", "eu", "pl",
    ];

    private readonly byte[] _octets;
    private readonly int[] _offsets = new int[Count + 1];
    private readonly ZipfSampler _ranks = new(Count);

    /// <summary>Builds the names; takes a fifth of a second and some 6 MB.</summary>
    public NamePopulation(Xoshiro256 random)
    {
        var domains = BuildDomains(random);
        var seen = new HashSet<string>(Count, StringComparer.Ordinal);
        using var octets = new MemoryStream(Count * 32);
        while (seen.Count < Count)
        {
            var name = BuildName(random, domains[random.Below(domains.Length)]);
            if (seen.Add(name))
            {
                octets.Write(WireForm(name));
                _offsets[seen.Count] = (int)octets.Length;
            }
        }

        _octets = octets.ToArray();
    }

    /// <summary>The next name to be looked up, the root label included.</summary>
    public ReadOnlySpan<byte> Next(Xoshiro256 random)
    {
        var rank = _ranks.Next(random);
        return _octets.AsSpan(_offsets[rank].._offsets[rank + 1]);
    }

    /// <summary>A name of letters, digits, hyphens and underscores in wire form, RFC 1035 §3.1.</summary>
    public static byte[] WireForm(string name)
    {
        var wire = new byte[name.Length + 2];
        var position = 0;
        foreach (var label in name.Split('.'))
        {
            wire[position++] = (byte)label.Length;
            position += Encoding.ASCII.GetBytes(label, wire.AsSpan(position));
        }

        return wire;
    }

    private static string[] BuildDomains(Xoshiro256 random)
    {
        var domains = new string[RegisteredDomains];
        for (var index = 0; index < domains.Length; index++)
        {
            var second = random.Below(10) switch
            {
                < 6 => Pick(random, Words) + Pick(random, Words),
                < 8 => Pick(random, Words) + "-" + Pick(random, Words),
                < 9 => Pick(random, Words) + Number(random, 1000),
                _ => Pick(random, Words) + Pick(random, Words) + Pick(random, Words),
            };
            domains[index] = second + "." + Pick(random, TopLevels);
        }

        return domains;
    }

    private static string BuildName(Xoshiro256 random, string domain) => random.Below(100) switch
    {
        < 20 => domain,
        < 60 => $"{Pick(random, Hosts)}.{domain}",
        < 72 => $"{Pick(random, Hosts)}{Number(random, 40)}.{Pick(random, Regions)}.{domain}",
        < 84 => $"{Pick(random, Hosts)}.{Pick(random, Words)}.{domain}",
        < 90 => $"{random.NextUInt32():x8}.{Pick(random, Hosts)}.{domain}",
        < 94 => $"{random.NextUInt64():x16}{random.NextUInt64():x16}.{Pick(random, Regions)}.{domain}",
        < 96 => $"_{Pick(random, Hosts)}._tcp.{domain}",
        _ => $"{Number(random, 256)}.{Number(random, 256)}.{Number(random, 256)}.{Number(random, 224)}.in-addr.arpa",
    };

    private static string Pick(Xoshiro256 random, string[] choices) => choices[random.Below(choices.Length)];

    private static string Number(Xoshiro256 random, int bound) =>
        random.Below(bound).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
