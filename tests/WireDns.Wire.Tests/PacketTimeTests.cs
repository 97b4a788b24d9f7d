using System.Globalization;
using System.Text;

namespace WireDns.Wire.Tests;

public sealed class PacketTimeTests
{
    [Theory]
    [InlineData("the epoch", "0", "0.000000000", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("a nanosecond", "1", "0.000000001", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("before the epoch", "-1", "0.000000000", "1970-01-01T00:00:00.0000000+00:00")]
    [InlineData("today", "1700000000123456789", "1700000000.123456789", "2023-11-14T22:13:20.1234567+00:00")]
    [InlineData("the last in nanoseconds", "9223372036854775806", "9223372036.854775806", "2262-04-11T23:47:16.8547758+00:00")]
    [InlineData("the first in ticks", "9223372036854775807", "9223372036.854775800", "2262-04-11T23:47:16.8547758+00:00")]
    [InlineData("the year 9999", "253402300799000000000", "253402300799.000000000", "9999-12-31T23:59:59.0000000+00:00")]
    [InlineData("the last", "253402300799999999999", "253402300799.999999900", "9999-12-31T23:59:59.9999999+00:00")]
    [InlineData("beyond the last", "18446744073709551615000000000", "253402300799.999999900", "9999-12-31T23:59:59.9999999+00:00")]
    public void Holds_a_time_to_the_end_of_the_year_9999(string about, string nanoseconds, string text, string moment)
    {
        var time = PacketTime.FromNanoseconds(Int128.Parse(nanoseconds, CultureInfo.InvariantCulture));

        Span<byte> written = stackalloc byte[PacketTime.MaximumTextLength];
        Assert.True(time.TryFormat(written, out var length), about);
        Assert.Equal(text, Encoding.ASCII.GetString(written[..length]));
        Assert.Equal(text, time.ToString());
        Assert.Equal(moment, time.ToDateTimeOffset().ToString("O", CultureInfo.InvariantCulture));
        Assert.True(time.HasValue);
    }

    [Fact]
    public void No_time_is_none_of_them()
    {
        Assert.False(default(PacketTime).HasValue);
        Assert.Equal(0, default(PacketTime).Nanoseconds);
        Assert.NotEqual(default, PacketTime.FromNanoseconds(0));
    }

    [Fact]
    public void A_clock_never_runs_backwards_over_the_change_of_units()
    {
        var last = PacketTime.FromNanoseconds(long.MaxValue - 1);
        var next = PacketTime.FromNanoseconds(Int128.Parse("253402300799000000000", CultureInfo.InvariantCulture));

        Assert.True(next.NanosecondsSince(last) >= 0);
        Assert.True(next.NanosecondsSince(PacketTime.FromNanoseconds(0)) > 0);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    public void Writes_nothing_where_there_is_no_room(int room) =>
        Assert.False(PacketTime.FromNanoseconds(1).TryFormat(new byte[room], out _));
}
