using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using WireDns.Wire.Net;

namespace WireDns.Detection.Health;

/// <summary>
/// Lists of resolvers that answer encrypted DNS: one IPv4 or IPv6 address per line, <c>#</c> starts a comment. The product ships one
/// (Data/encrypted-dns-resolvers.txt); a user may supply another.
/// </summary>
public static class EncryptedDnsResolverList
{
    private const string ResourceName = "encrypted-dns-resolvers.txt";

    // The decoder asks about each packet of port 443: far more than all public resolvers there are, and still quick to ask.
    private const int MaximumAddresses = 65_536;
    private const int MaximumFaults = 20;
    private const int MaximumShownLength = 80;

    /// <summary>The product's own list.</summary>
    public static ImmutableArray<NetAddress> ReadShipped()
    {
        var resource = typeof(EncryptedDnsResolverList).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException($"the resource {ResourceName} is missing");
        using var reader = new StreamReader(resource);
        return TryRead(reader, ResourceName, out var addresses, out var faults) ? addresses : throw new InvalidOperationException(faults[0]);
    }

    /// <summary>Reads a list.</summary>
    /// <param name="reader">Its text.</param>
    /// <param name="name">Its name in messages about faults.</param>
    /// <param name="addresses">The addresses, each once; none if there are faults. A list may be empty.</param>
    /// <param name="faults">A line for each fault, with the list's name and the line's number; the first twenty.</param>
    /// <returns>Whether the list is without a fault.</returns>
    public static bool TryRead(TextReader reader, string name, out ImmutableArray<NetAddress> addresses, out IReadOnlyList<string> faults)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var found = new HashSet<NetAddress>();
        var bad = new List<string>();
        for (var number = 1; reader.ReadLine() is { } line && bad.Count < MaximumFaults; number++)
        {
            var text = line.AsSpan(0, line.IndexOf('#', StringComparison.Ordinal) is >= 0 and var comment ? comment : line.Length).Trim();
            if (text.IsEmpty)
            {
                continue;
            }

            if (!TryParse(text, out var address))
            {
                bad.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{name}:{number}: an IPv4 or IPv6 address was expected, not '{text[..Math.Min(text.Length, MaximumShownLength)]}'"));
            }
            else if (found.Add(address) && found.Count > MaximumAddresses)
            {
                bad.Add(string.Create(CultureInfo.InvariantCulture, $"{name}:{number}: more than {MaximumAddresses:N0} addresses"));
                break;
            }
        }

        addresses = bad.Count == 0 ? [.. found] : [];
        faults = bad;
        return bad.Count == 0;
    }

    // The base library accepts more than addresses: 1 as 0.0.0.1, 010.0.0.1 in octal, brackets, ports and scopes.
    private static bool TryParse(ReadOnlySpan<char> text, out NetAddress address)
    {
        address = default;
        if (text.ContainsAny("[]%/") || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = NetAddress.From(parsed);
        return address.IsIpv6 || text.SequenceEqual(address.ToString());
    }
}
