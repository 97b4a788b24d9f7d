using WireDns.Sigma.Matching;

namespace WireDns.Sigma.Correlation;

/// <summary>Reads the time of an event from one of its fields, for events without any other time.</summary>
public static class EventTimestamp
{
    private const long NanosecondsPerTick = 100;

    /// <summary>
    /// Nanoseconds since 1970. False for anything but a text in ISO 8601 (UTC where it has no offset) or a number of seconds since 1970; a
    /// time outside the years 1678 to 2262, the range of 64 bits, is moved to the nearer end.
    /// </summary>
    public static bool TryRead(FieldValue value, out long nanoseconds)
    {
        nanoseconds = 0;
        if (!EventTime.TryRead(value, out var time))
        {
            return false;
        }

        var ticks = (time - DateTimeOffset.UnixEpoch).Ticks;
        nanoseconds = Math.Clamp(ticks, long.MinValue / NanosecondsPerTick, long.MaxValue / NanosecondsPerTick) * NanosecondsPerTick;
        return true;
    }
}
