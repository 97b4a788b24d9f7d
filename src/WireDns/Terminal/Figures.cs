using System.Globalization;

namespace WireDns.Terminal;

/// <summary>Numbers for a line that is short of room.</summary>
internal static class Figures
{
    /// <summary>A number in at most five characters up to 10^14: 9999, 10k, 12M, 10G.</summary>
    public static string Short(long number) => number switch
    {
        >= 10_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000_000}G"),
        >= 10_000_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1_000_000}M"),
        >= 10_000 => string.Create(CultureInfo.InvariantCulture, $"{number / 1000}k"),
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Octets in units of 1000: 0.5 kB, 12.3 MB, 4.0 GB.</summary>
    public static string Size(long octets) => octets switch
    {
        >= 1_000_000_000 => string.Create(CultureInfo.InvariantCulture, $"{octets / 1e9:0.0} GB"),
        >= 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{octets / 1e6:0.0} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{octets / 1e3:0.0} kB"),
    };
}
