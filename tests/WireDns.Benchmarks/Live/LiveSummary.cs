using System.Globalization;
using System.Text.RegularExpressions;

namespace WireDns.Benchmarks.Live;

/// <summary>What <c>wiredns live</c>, or tcpdump, says of an interface when it ends.</summary>
/// <param name="Captured">Packets that it was given.</param>
/// <param name="DroppedByKernel">Packets for which the kernel had no room.</param>
internal sealed partial record LiveSummary(long Captured, long DroppedByKernel)
{
    /// <summary>Finds the interface's line.</summary>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public static LiveSummary Read(string summary, string interfaceName)
    {
        foreach (var line in summary.Split('\n'))
        {
            if (line.StartsWith(interfaceName + " ", StringComparison.Ordinal) && Line().Match(line) is { Success: true } match)
            {
                return new LiveSummary(Number(match.Groups[1]), Number(match.Groups[2]));
            }
        }

        if (OfTcpdump().Match(summary) is { Success: true } other)
        {
            return new LiveSummary(Number(other.Groups[1]), Number(other.Groups[2]));
        }

        throw new InvalidDataException($"no line about {interfaceName} in: {summary}");
    }

    private static long Number(Group text) => long.Parse(text.Value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\S+\s+([\d,]+)\s+captured; dropped by kernel ([\d,]+),", RegexOptions.CultureInvariant)]
    private static partial Regex Line();

    [GeneratedRegex(@"(\d+) packets? captured[\s\S]*?(\d+) packets? dropped by kernel", RegexOptions.CultureInvariant)]
    private static partial Regex OfTcpdump();
}
