using WireDns.Wire;

namespace WireDns.Capture.Files;

/// <summary>
/// Turns the 64-bit time stamps of one pcapng interface into packet times (draft-ietf-opsawg-pcapng §4.2, <c>if_tsresol</c> and
/// <c>if_tsoffset</c>). Any resolution and offset is accepted; times outside the range of <see cref="PacketTime"/> are clamped.
/// </summary>
internal readonly struct TimestampScale
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    // Below this many ticks the product and the sum fit in 64 bits; 0 if they never do.
    private readonly ulong _fastLimit;
    private readonly long _nanosecondsPerTick;
    private readonly long _offsetInNanoseconds;
    private readonly long _offsetInSeconds;
    private readonly byte _resolution;

    /// <param name="resolution">
    /// The octet of <c>if_tsresol</c>: a negative power of ten, or of two if the highest bit is set. 6 is the default of the format.
    /// </param>
    /// <param name="offsetInSeconds">Seconds to add, of either sign.</param>
    public TimestampScale(byte resolution, long offsetInSeconds)
    {
        _resolution = resolution;
        _offsetInSeconds = offsetInSeconds;
        if (resolution > 9 || offsetInSeconds is > long.MaxValue / 2 / NanosecondsPerSecond or < long.MinValue / 2 / NanosecondsPerSecond)
        {
            return;
        }

        _nanosecondsPerTick = (long)PowerOfTen(9 - resolution);
        _offsetInNanoseconds = offsetInSeconds * NanosecondsPerSecond;
        _fastLimit = (ulong)((long.MaxValue / 2) / _nanosecondsPerTick);
    }

    /// <summary>The time of a stamp.</summary>
    public PacketTime ToTime(ulong ticks) => ticks < _fastLimit
        ? PacketTime.FromNanoseconds(((long)ticks * _nanosecondsPerTick) + _offsetInNanoseconds)
        : ToTimeExactly(ticks);

    private PacketTime ToTimeExactly(ulong ticks)
    {
        // 64 bits of ticks times 30 bits of nanoseconds and an offset of 93 bits: all fits in 128.
        var nanoseconds = (_resolution & 0x80) != 0
            ? (Int128)(((UInt128)ticks * NanosecondsPerSecond) >> (_resolution & 0x7f))
            : _resolution <= 9
                ? (Int128)((UInt128)ticks * PowerOfTen(9 - _resolution))
                : (Int128)((UInt128)ticks / PowerOfTen(Math.Min(_resolution - 9, 30)));
        nanoseconds += (Int128)_offsetInSeconds * NanosecondsPerSecond;
        return PacketTime.FromNanoseconds(nanoseconds);
    }

    private static UInt128 PowerOfTen(int exponent)
    {
        UInt128 power = 1;
        for (var i = 0; i < exponent; i++)
        {
            power *= 10;
        }

        return power;
    }
}
