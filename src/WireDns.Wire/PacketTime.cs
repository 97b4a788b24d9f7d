using System.Globalization;

namespace WireDns.Wire;

/// <summary>
/// A packet's capture time: nanoseconds since 1970-01-01T00:00:00Z. <c>default</c> means that the capture has no time for the packet
/// (a pcapng Simple Packet Block).
/// </summary>
/// <remarks>
/// The range is 1970 to the end of the year 9999: to the nanosecond up to 2262, after that to 100 ns. Readers clamp times outside it.
/// </remarks>
public readonly record struct PacketTime
{
    /// <summary>The longest text that <see cref="TryFormat"/> writes, in bytes.</summary>
    public const int MaximumTextLength = 22;

    private const long NanosecondsPerSecond = 1_000_000_000;

    private const long NanosecondsPerTick = 100;
    private const long TicksPerSecond = NanosecondsPerSecond / NanosecondsPerTick;

    // 9999-12-31T23:59:59.9999999Z, the last moment that DateTimeOffset has too.
    private const long MaximumTicks = (253_402_300_800 * TicksPerSecond) - 1;

    // One more than the time, so that default is "none" and the epoch itself is still a time. Below 0 it counts ticks, downwards from -1:
    // times beyond the range of nanoseconds.
    private readonly long _shifted;

    private PacketTime(long shifted) => _shifted = shifted;

    /// <summary>Whether the capture has a time for the packet.</summary>
    public bool HasValue => _shifted != 0;

    /// <summary>
    /// Nanoseconds since the Unix epoch, for clocks and differences: the largest value for a time after 2262, and 0 if
    /// <see cref="HasValue"/> is false.
    /// </summary>
    public long Nanoseconds => _shifted > 0 ? _shifted - 1 : _shifted == 0 ? 0 : long.MaxValue - 1;

    /// <summary>A time from nanoseconds since the Unix epoch. Negative values become the epoch.</summary>
    public static PacketTime FromNanoseconds(long nanoseconds) =>
        new(Math.Clamp(nanoseconds, 0, long.MaxValue - 1) + 1);

    /// <summary>
    /// A time from seconds since the Unix epoch and a fraction in nanoseconds, which may reach over a second (it carries).
    /// </summary>
    public static PacketTime FromSeconds(uint seconds, uint nanoseconds) =>
        new((seconds * NanosecondsPerSecond) + nanoseconds + 1);

    /// <summary>A time from nanoseconds since the Unix epoch, saturated to the range.</summary>
    public static PacketTime FromNanoseconds(Int128 nanoseconds) => nanoseconds < long.MaxValue
        ? FromNanoseconds((long)Int128.Max(nanoseconds, 0))
        : new(-1 - (long)Int128.Min(nanoseconds / NanosecondsPerTick, MaximumTicks));

    /// <summary>This time in UTC, cut to the 100 ns that <see cref="DateTimeOffset"/> holds.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(_shifted < 0 ? -1 - _shifted : Nanoseconds / NanosecondsPerTick);

    /// <summary>Nanoseconds from <paramref name="earlier"/> to this time; negative if time went backwards.</summary>
    public long NanosecondsSince(PacketTime earlier) => Nanoseconds - earlier.Nanoseconds;

    /// <summary>Writes <c>seconds.nanoseconds</c> with nine decimals as ASCII.</summary>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        var (seconds, rest) = Split();
        bytesWritten = 0;
        if (!seconds.TryFormat(destination, out var length, default, CultureInfo.InvariantCulture) || destination.Length < length + 10)
        {
            return false;
        }

        destination[length] = (byte)'.';
        if (!rest.TryFormat(destination[(length + 1)..], out var decimals, "D9", CultureInfo.InvariantCulture))
        {
            return false;
        }

        bytesWritten = length + 1 + decimals;
        return true;
    }

    /// <summary><c>seconds.nanoseconds</c> with nine decimals.</summary>
    public override string ToString()
    {
        var (seconds, rest) = Split();
        return string.Create(CultureInfo.InvariantCulture, $"{seconds}.{rest:D9}");
    }

    private (long Seconds, long Nanoseconds) Split()
    {
        if (_shifted >= 0)
        {
            return Math.DivRem(Nanoseconds, NanosecondsPerSecond);
        }

        var (seconds, ticks) = Math.DivRem(-1 - _shifted, TicksPerSecond);
        return (seconds, ticks * NanosecondsPerTick);
    }
}
