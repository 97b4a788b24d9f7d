using System.Globalization;
using System.Text;
using WireDns.Sigma.Rules;

namespace WireDns.Sigma.Matching;

/// <summary>Reads an event's value as a point in time, for the time modifiers.</summary>
internal static class EventTime
{
    private const int MaximumTextLength = 64;

    /// <summary>
    /// A text in ISO 8601 (a date, or a date and time with an offset; without one it is UTC), or a number of seconds since 1970.
    /// </summary>
    public static bool TryRead(scoped FieldValue value, out DateTimeOffset time)
    {
        time = default;
        switch (value.Kind)
        {
            case FieldValueKind.Number:
                return TryReadSeconds(value.Number, out time);

            case FieldValueKind.Text when value.Text.Length is > 0 and <= MaximumTextLength && Ascii.IsValid(value.Text):
                if (SigmaNumber.TryParse(value.Text, out var seconds))
                {
                    return TryReadSeconds(seconds, out time);
                }

                Span<char> characters = stackalloc char[MaximumTextLength];
                var text = characters[..Encoding.ASCII.GetChars(value.Text, characters)];
                // Day names and other cultures' orders are not ISO 8601.
                return char.IsAsciiDigit(text[0]) && text.IndexOf('-') == 4 && DateTimeOffset.TryParse(
                    text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

            default:
                return false;
        }
    }

    public static int PartOf(DateTimeOffset time, TimePart part)
    {
        var utc = time.UtcDateTime;
        return part switch
        {
            TimePart.Minute => utc.Minute,
            TimePart.Hour => utc.Hour,
            TimePart.Day => utc.Day,
            TimePart.Week => ISOWeek.GetWeekOfYear(utc),
            TimePart.Month => utc.Month,
            _ => utc.Year,
        };
    }

    private static bool TryReadSeconds(SigmaNumber number, out DateTimeOffset time)
    {
        var seconds = number.ToDouble();
        // From year 1 to year 9999, the range of the platform's calendar.
        var isInRange = seconds is >= -62135596800 and < 253402300800;
        time = isInRange ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default;
        return isInRange;
    }
}
