using System.Globalization;

namespace WireDns.Alerts;

/// <summary>Durations as users write them: a whole number and s, m, h or d, as <c>30s</c>, <c>10m</c>, <c>12h</c>, <c>7d</c>.</summary>
public static class Durations
{
    private static readonly (char Unit, int Seconds)[] Units = [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)];

    /// <summary>The shortest such text; a part of a second is left out.</summary>
    public static string Text(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        var (unit, length) = seconds == 0 ? Units[^1] : Array.Find(Units, unit => seconds % unit.Seconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / length}{unit}");
    }

    /// <summary>Reads such a text; false if it is none, or longer than 68 years.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length < 2 || !int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        foreach (var (unit, seconds) in Units)
        {
            if (unit == text[^1] && (long)number * seconds <= int.MaxValue)
            {
                duration = TimeSpan.FromSeconds((long)number * seconds);
                return true;
            }
        }

        return false;
    }
}
