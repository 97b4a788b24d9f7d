using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>
/// The networks of one list, as sorted ranges of addresses that neither overlap nor touch: an address is read once, however many networks
/// there are, and found by binary search. The families stay apart, as in <see cref="CidrNetwork"/>. Immutable.
/// </summary>
internal sealed class NetworkSet
{
    private const int Ipv4Length = 4;
    private const int Ipv6Length = 16;

    // The longest text of an address is 45 characters (RFC 4291 §2.2 with an embedded IPv4 address).
    private const int MaximumTextLength = 64;

    private readonly (uint First, uint Last)[] _ipv4;
    private readonly (UInt128 First, UInt128 Last)[] _ipv6;

    public NetworkSet(IEnumerable<CidrNetwork> networks)
    {
        var ofFamily = networks.ToLookup(network => network.IsIpv4, network => (network.First, network.Last));
        _ipv4 = [.. Merge(ofFamily[true]).Select(range => ((uint)range.First, (uint)range.Last))];
        _ipv6 = [.. Merge(ofFamily[false])];
    }

    /// <summary>Whether the octets, 4 or 16 of them, are an address in one of the networks.</summary>
    public bool ContainsOctets(ReadOnlySpan<byte> octets) => octets.Length switch
    {
        Ipv4Length => IsWithin(_ipv4, BinaryPrimitives.ReadUInt32BigEndian(octets)),
        Ipv6Length => IsWithin(_ipv6, BinaryPrimitives.ReadUInt128BigEndian(octets)),
        _ => false,
    };

    /// <summary>Whether the text is an address in one of the networks. False for a text that is no address.</summary>
    public bool ContainsText(ReadOnlySpan<byte> text)
    {
        Span<char> characters = stackalloc char[MaximumTextLength];
        return text.Length <= MaximumTextLength
            && Ascii.IsValid(text)
            && CidrNetwork.TryReadAddress(characters[..Encoding.ASCII.GetChars(text, characters)], out var address, out var isIpv4)
            && (isIpv4 ? IsWithin(_ipv4, (uint)address) : IsWithin(_ipv6, address));
    }

    private static bool IsWithin<T>((T First, T Last)[] ranges, T address)
        where T : IComparisonOperators<T, T, bool>
    {
        var (low, high) = (0, ranges.Length);
        while (low < high)
        {
            var middle = (int)((uint)(low + high) / 2);
            if (ranges[middle].Last < address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low < ranges.Length && ranges[low].First <= address;
    }

    private static List<(UInt128 First, UInt128 Last)> Merge(IEnumerable<(UInt128 First, UInt128 Last)> ranges)
    {
        var merged = new List<(UInt128 First, UInt128 Last)>();
        foreach (var range in ranges.Order())
        {
            if (merged.Count > 0 && (merged[^1].Last == UInt128.MaxValue || range.First <= merged[^1].Last + 1))
            {
                merged[^1] = (merged[^1].First, UInt128.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return merged;
    }
}
