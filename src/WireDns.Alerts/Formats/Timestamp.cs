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
        DateTime.UnixEpoch.AddTicks(seconds * TimeSpan.TicksPerSecond)
            .TryFormat(span, out var length, "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture);
        span[length++] = (byte)'.';
        for (var divisor = NanosecondsPerSecond / 10; decimals > 0; decimals--, divisor /= 10)
        {
            span[length++] = (byte)('0' + (fraction / divisor % 10));
        }

        span[length++] = (byte)'Z';
        return length;
    }
}
