using System.Globalization;

namespace WireDns.Wire;

/// <summary>
/// A packet's capture time: nanoseconds since 1970-01-01T00:00:00Z. <c>default</c> means that the capture has no time for the packet
/// (a pcapng Simple Packet Block).
/// </summary>
/// <remarks>The range is 1970 to 2262. A reader saturates what lies outside it.</remarks>
public readonly record struct PacketTime
{
    /// <summary>The longest text that <see cref="TryFormat"/> writes, in bytes.</summary>
    public const int MaximumTextLength = 20;

    private const long NanosecondsPerSecond = 1_000_000_000;

    // One more than the time, so that default is "none" and the epoch itself is still a time.
    private readonly long _shifted;

    private PacketTime(long shifted) => _shifted = shifted;

    /// <summary>Whether the capture has a time for the packet.</summary>
    public bool HasValue => _shifted != 0;

    /// <summary>Nanoseconds since the Unix epoch; 0 where <see cref="HasValue"/> is false.</summary>
    public long Nanoseconds => _shifted == 0 ? 0 : _shifted - 1;

    /// <summary>A time from nanoseconds since the Unix epoch. Negative values become the epoch.</summary>
    public static PacketTime FromNanoseconds(long nanoseconds) =>
        new(Math.Clamp(nanoseconds, 0, long.MaxValue - 1) + 1);

    /// <summary>
    /// A time from seconds since the Unix epoch and a fraction in nanoseconds, which may reach over a second (it carries).
    /// </summary>
    public static PacketTime FromSeconds(uint seconds, uint nanoseconds) =>
        new((seconds * NanosecondsPerSecond) + nanoseconds + 1);

    /// <summary>This time in UTC, cut to the 100 ns that <see cref="DateTimeOffset"/> holds.</summary>
    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.UnixEpoch.AddTicks(Nanoseconds / 100);

    /// <summary>Time that passed from <paramref name="earlier"/> to this, in nanoseconds; negative where time went backwards.</summary>
    public long NanosecondsSince(PacketTime earlier) => Nanoseconds - earlier.Nanoseconds;

    /// <summary>Writes <c>seconds.nanoseconds</c> with nine decimals as ASCII.</summary>
    public bool TryFormat(Span<byte> destination, out int bytesWritten)
    {
        var (seconds, rest) = Math.DivRem(Nanoseconds, NanosecondsPerSecond);
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
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Nanoseconds / NanosecondsPerSecond}.{Nanoseconds % NanosecondsPerSecond:D9}");
}
