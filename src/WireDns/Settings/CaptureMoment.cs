using System.Globalization;
using WireDns.Alerts;

namespace WireDns.Settings;

/// <summary>A moment as a user gives it: a time, or a distance from the beginning or the end of a capture.</summary>
/// <param name="Text">As it was written.</param>
/// <param name="From">What the moment is counted from.</param>
/// <param name="Nanoseconds">From there on, in nanoseconds; 0 or less from the end.</param>
internal sealed record CaptureMoment(string Text, MomentOrigin From, long Nanoseconds)
{
    private const string Forms = "2026-11-27T08:30:00Z (RFC 3339), 2026-11-27 (UTC), +10m (after the beginning of the capture) or -5m (before its end)";

    // Times that fit into 64 bits of nanoseconds, with room to add a distance of 68 years.
    private const int FirstYear = 1800;
    private const int LastYear = 2150;

    private static readonly string[] TimeFormats =
    [
        "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Reads the first moment that is wanted. A date is its beginning.</summary>
    public static string? ReadFirst(string text, out CaptureMoment? moment) => Read(text, daysToAdd: 0, out moment);

    /// <summary>Reads the moment that is wanted no more. A date counts to its end.</summary>
    public static string? ReadEnd(string text, out CaptureMoment? moment) => Read(text, daysToAdd: 1, out moment);

    /// <summary>The time in nanoseconds since the Unix epoch; null if what it counts from is not known.</summary>
    /// <param name="beginning">The time of the capture's first packet.</param>
    /// <param name="end">The time of its last packet.</param>
    public long? In(long? beginning, long? end) => From switch
    {
        MomentOrigin.Epoch => Nanoseconds,
        MomentOrigin.Beginning => beginning + Nanoseconds,
        _ => end + Nanoseconds,
    };

    private static string? Read(string text, int daysToAdd, out CaptureMoment? moment)
    {
        moment = null;
        if (text is ['+' or '-', ..])
        {
            if (!Durations.TryParse(text.AsSpan(1), out var distance))
            {
                return $"takes {Forms}, not '{text}'.";
            }

            moment = text[0] == '+'
                ? new CaptureMoment(text, MomentOrigin.Beginning, distance.Ticks * TimeSpan.NanosecondsPerTick)
                : new CaptureMoment(text, MomentOrigin.End, -distance.Ticks * TimeSpan.NanosecondsPerTick);
            return null;
        }

        var isDate = DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        if (!isDate && !DateTimeOffset.TryParseExact(text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            return $"takes {Forms}, not '{text}'.";
        }

        // Without a zone a time would mean another moment on each computer.
        if (!isDate && !text.EndsWith('Z') && text[^6] is not ('+' or '-'))
        {
            return $"takes a time with its zone, as {text}Z or {text}+01:00, not '{text}'.";
        }

        if (time.Year is < FirstYear or > LastYear)
        {
            return string.Create(CultureInfo.InvariantCulture, $"takes a time from {FirstYear} to {LastYear}, not '{text}'.");
        }

        var days = isDate ? daysToAdd : 0;
        moment = new CaptureMoment(text, MomentOrigin.Epoch, (time.AddDays(days).UtcTicks - DateTime.UnixEpoch.Ticks) * TimeSpan.NanosecondsPerTick);
        return null;
    }
}

/// <summary>What a moment is counted from.</summary>
internal enum MomentOrigin
{
    /// <summary>1970-01-01 in UTC: an absolute time.</summary>
    Epoch,

    /// <summary>The first packet of the capture.</summary>
    Beginning,

    /// <summary>The last packet of the capture.</summary>
    End,
}
