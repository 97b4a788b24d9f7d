using System.Buffers;
using System.Text;
using WireDns.Alerts.Formats;

namespace WireDns.Alerts.Tests;

public sealed class TimestampTests
{
    [Theory]
    [InlineData(0, "1970-01-01T00:00:00.000000000Z", "1970-01-01T00:00:00.000000Z", Label = "the epoch")]
    [InlineData(1_772_356_502_999_999_999, "2026-03-01T09:15:02.999999999Z", "2026-03-01T09:15:02.999999Z", Label = "cut and not rounded")]
    [InlineData(-1, "1969-12-31T23:59:59.999999999Z", "1969-12-31T23:59:59.999999Z", Label = "before the epoch")]
    [InlineData(-1_000_000_000, "1969-12-31T23:59:59.000000000Z", "1969-12-31T23:59:59.000000Z", Label = "a whole second before the epoch")]
    [InlineData(long.MaxValue, "2262-04-11T23:47:16.854775807Z", "2262-04-11T23:47:16.854775Z", Label = "the last")]
    [InlineData(long.MinValue, "1677-09-21T00:12:43.145224192Z", "1677-09-21T00:12:43.145224Z", Label = "the first")]
    public void Writes_a_time_in_utc(long nanoseconds, string nine, string six)
    {
        Assert.Equal(nine, Written(nanoseconds, 9));
        Assert.Equal(six, Written(nanoseconds, 6));
    }

    private static string Written(long nanoseconds, int decimals)
    {
        var output = new ArrayBufferWriter<byte>();
        Timestamp.Write(output, nanoseconds, decimals);
        return Encoding.ASCII.GetString(output.WrittenSpan);
    }
}
