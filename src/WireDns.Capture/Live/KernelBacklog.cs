using System.Globalization;

namespace WireDns.Capture.Live;

/// <summary>
/// Packets that Linux drops before any capture sees them: those for which a processor's backlog had no room (net.core.netdev_max_backlog). They come from
/// virtual interfaces (veth) and from those whose packets are steered to other processors (RPS). The count is of all interfaces together.
/// </summary>
public static class KernelBacklog
{
    private const string Path = "/proc/net/softnet_stat";

    /// <summary>Packets that were dropped since the machine started; null if that is not known.</summary>
    public static long? CountDropped()
    {
        try
        {
            return OperatingSystem.IsLinux() ? CountDropped(File.ReadLines(Path)) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The sum of the second column, which is hexadecimal, over a line for each processor; null if there is a line of another form.</summary>
    internal static long? CountDropped(IEnumerable<string> lines)
    {
        var sum = 0L;
        foreach (var line in lines)
        {
            if (line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries) is not [_, var dropped, _]
                || !uint.TryParse(dropped, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var count))
            {
                return null;
            }

            sum += count;
        }

        return sum;
    }
}
