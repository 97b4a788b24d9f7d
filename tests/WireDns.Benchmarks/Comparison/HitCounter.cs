using System.Text;
using System.Text.RegularExpressions;

namespace WireDns.Benchmarks.Comparison;

/// <summary>
/// Counts the planted lookups in the output of any program that prints lines. A lookup is a client (address and port) that asked for one watched
/// domain, so that a query and its response, a retransmission, or a rule that fires twice count once.
/// </summary>
/// <remarks>
/// The client is the first thing in a line that looks like an address with a port that is not 53, in any of the spellings that the programs
/// have: <c>192.0.2.1:4000</c>, <c>192.0.2.1.4000</c>, <c>[192.0.2.1].4000</c>, and the same for IPv6. If a line has none, the whole line stands
/// for it. A line that ends in a backslash continues on the next (dnscap).
/// </remarks>
internal sealed partial class HitCounter(IReadOnlyList<string> domains)
{
    /// <summary>Counts in an output.</summary>
    public HitCount Count(TextReader output)
    {
        var lookups = new HashSet<(string Client, string Domain)>();
        var others = 0;
        foreach (var line in Join(output))
        {
            var found = domains.Where(domain => line.Contains(domain, StringComparison.OrdinalIgnoreCase)).ToList();
            var client = ClientOf(line) ?? line;
            found.ForEach(domain => lookups.Add((client, domain)));
            others += found.Count == 0 && !string.IsNullOrWhiteSpace(line) ? 1 : 0;
        }

        return new HitCount(lookups.Count, others);
    }

    /// <summary>The client's address and port as they are written in a line; null if there are none.</summary>
    public static string? ClientOf(string line)
    {
        foreach (Match match in Endpoint().Matches(line))
        {
            if (match.Groups["port"].Value != "53")
            {
                return match.Value;
            }
        }

        return null;
    }

    private static IEnumerable<string> Join(TextReader output)
    {
        var joined = new StringBuilder();
        while (output.ReadLine() is { } line)
        {
            joined.Append(line.TrimEnd('\\'));
            if (!line.EndsWith('\\'))
            {
                yield return joined.ToString();
                joined.Clear();
            }
        }

        if (joined.Length > 0)
        {
            yield return joined.ToString();
        }
    }

    // An address of IPv6 has seven colons or a double one, which no time of day has.
    [GeneratedRegex(
        @"(?<![\w.:\[])\[?(\d{1,3}(\.\d{1,3}){3}|[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}|[0-9a-f:]*::[0-9a-f:]*?)\]?[.:](?<port>\d{1,5})(?=$|[\s:,>])",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Endpoint();
}
