using System.Net;
using System.Text;

namespace WireDns.Detection.Lists;

/// <summary>Detects the format of a file of values by its beginning.</summary>
internal static class ListFormatFinder
{
    private const int MaximumLines = 200;

    /// <summary>Finds the format.</summary>
    /// <param name="beginning">The first bytes of the file; its last line may be cut.</param>
    public static ListFormat Find(ReadOnlySpan<byte> beginning)
    {
        var first = ReadOnlySpan<byte>.Empty;
        var count = 0;
        foreach (var range in beginning.Split((byte)'\n'))
        {
            // Not at its beginning: a blank there means something in a zone.
            var line = beginning[range].TrimEnd("\r \t"u8);
            if (PlainList.Strip(line).IsEmpty || line[0] == ';')
            {
                continue;
            }

            if (IsMasterFile(line))
            {
                return ListFormat.Rpz;
            }

            first = first.IsEmpty ? line : first;
            if (++count == MaximumLines)
            {
                break;
            }
        }

        var value = PlainList.Strip(first);
        return IsHosts(value) ? ListFormat.Hosts : value.IndexOfAny(CsvList.Delimiters) >= 0 ? ListFormat.Csv : ListFormat.Plain;
    }

    // A directive, or a record: an owner, a TTL and a class or neither, and one of the types that a policy zone cannot do without.
    private static bool IsMasterFile(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("$TTL"u8) || line.StartsWith("$ORIGIN"u8))
        {
            return true;
        }

        var words = new BlankSeparated(line);
        for (var i = 0; i < 4 && words.TryRead(out var word); i++)
        {
            if (i > 0 && (Ascii.EqualsIgnoreCase(word, "CNAME"u8) || Ascii.EqualsIgnoreCase(word, "SOA"u8)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHosts(ReadOnlySpan<byte> line)
    {
        var words = new BlankSeparated(line);
        return words.TryRead(out var address) && words.TryRead(out _) && IPAddress.TryParse(address, out _);
    }
}
