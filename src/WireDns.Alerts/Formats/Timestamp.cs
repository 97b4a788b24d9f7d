using System.Buffers;
using System.Globalization;

namespace WireDns.Alerts.Formats;

/// <summary>Packet times as text: RFC 3339 (a profile of ISO 8601) in UTC, with a fixed number of decimals, truncated and not rounded.</summary>
internal static class Timestamp
{
    /// <summary>The longest text in octets: nine decimals.</summary>
    public const int MaximumLength = 30;

    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The time of a clock, in nanoseconds since the Unix epoch.</summary>
    public static long Now(TimeProvider clock) => (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;

    /// <summary>Appends a time with 6 or 9 decimals.</summary>
    public static void Write(IBufferWriter<byte> output, long unixTimeNanoseconds, int decimals) =>
        output.Advance(Format(output.GetSpan(MaximumLength), unixTimeNanoseconds, decimals));

    /// <summary>Writes a time with 6 or 9 decimals to the start of <paramref name="span"/>; returns its length in octets.</summary>
    public static int Format(Span<byte> span, long unixTimeNanoseconds, int decimals)
    {
        // Floor, so that times before 1970 keep a positive fraction. A long of nanoseconds reaches from 1677 to 2262: always a
        // DateTime.
        var fraction = unixTimeNanoseconds % NanosecondsPerSecond;
        fraction += fraction < 0 ? NanosecondsPerSecond : 0;
        var seconds = (unixTimeNanoseconds / NanosecondsPerSecond) - (unixTimeNanoseconds < 0 && fraction > 0 ? 1 : 0);
        DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond).Deconstruct(out var date, out var time);

        // By hand: a format string takes four times as long.
        "0000-00-00T00:00:00."u8.CopyTo(span);
        Put(span, 0, 4, date.Year);
        Put(span, 5, 2, date.Month);
        Put(span, 8, 2, date.Day);
        Put(span, 11, 2, time.Hour);
        Put(span, 14, 2, time.Minute);
        Put(span, 17, 2, time.Second);
        Put(span, 20, decimals, (int)(decimals == 9 ? fraction : fraction / 1000));
        span[20 + decimals] = (byte)'Z';
        return 21 + decimals;
    }

    /// <summary>Reads what <see cref="Format"/> writes with nine decimals.</summary>
    public static bool TryParse(string text, out long unixTimeNanoseconds)
    {
        unixTimeNanoseconds = 0;
        const int Seconds = 19;
        if (text.Length != MaximumLength || text[Seconds] != '.' || text[^1] != 'Z'
            || !DateTime.TryParseExact(text.AsSpan(0, Seconds), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            || !long.TryParse(text.AsSpan(Seconds + 1, 9), NumberStyles.None, CultureInfo.InvariantCulture, out var fraction))
        {
            return false;
        }

        // A little less than a long holds: the sum of a time and a span does not overflow.
        var seconds = (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerSecond;
        unixTimeNanoseconds = (seconds * NanosecondsPerSecond) + fraction;
        return Math.Abs(seconds) < long.MaxValue / NanosecondsPerSecond / 2;
    }

    private static void Put(Span<byte> span, int start, int digits, int number)
    {
        var rest = (uint)number;
        for (var place = start + digits - 1; place >= start; place--)
        {
            span[place] = (byte)('0' + (rest % 10));
            rest /= 10;
        }
    }
}
