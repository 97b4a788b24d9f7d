using System.Globalization;

namespace WireDns.Sigma.Rules;

/// <summary>Reads time spans: digits and one letter (specification: Time Selection).</summary>
internal static class TimespanText
{
    // A hundred years: anything longer is a mistake, and the nanoseconds of this still fit into 64 bits.
    private const long MaximumSeconds = 100 * 31_556_952L;

    /// <summary>False for anything else, for zero, and for more than a hundred years.</summary>
    public static bool TryParse(string text, out TimeSpan timespan)
    {
        timespan = default;
        // A month and a year have their mean length in the Gregorian calendar.
        var unit = text.Length == 0 ? 0 : text[^1] switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            'M' => 2_629_746,
            'y' => 31_556_952,
            _ => 0,
        };
        if (unit == 0 || !long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            || count is 0 or > MaximumSeconds || count * unit > MaximumSeconds)
        {
            return false;
        }

        timespan = TimeSpan.FromSeconds(count * unit);
        return true;
    }
}
