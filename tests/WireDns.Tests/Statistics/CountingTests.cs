using CsCheck;
using WireDns.Statistics;

namespace WireDns.Tests.Statistics;

/// <summary>The parts that count in bounded memory keep the error that they state.</summary>
public sealed class CountingTests
{
    [Fact]
    public void A_count_is_exact_or_says_how_many_may_be_missing() =>
        Gen.Int[0, 40].List[0, 500].Sample(keys =>
        {
            var counts = new TopCounts<CountedEntry>(8);
            var truth = new Dictionary<string, long>();
            foreach (var key in keys.Select(key => $"k{key * key / 40}"))
            {
                counts.Count(key);
                truth[key] = truth.GetValueOrDefault(key) + 1;
            }

            Assert.True(counts.Entries.Count() <= 8, "more keys than there is room for");
            Assert.True(counts.Dropped > 0 || truth.Count <= 8, "keys are missing");
            Assert.All(counts.Entries, entry => Assert.InRange(truth[entry.Key], entry.Value.Count, entry.Value.Count + entry.Value.Missing));
        });

    [Fact]
    public void The_highest_come_first_and_equal_ones_by_name()
    {
        var counts = new TopCounts<CountedEntry>(100);
        foreach (var key in (string[])["b", "a", "c", "c"])
        {
            counts.Count(key);
        }

        Assert.Equal(["c", "a"], counts.Top(2, entry => entry.Count).Select(entry => entry.Key));
    }

    [Theory]
    [InlineData(14, 1_000_000, 0.03)]
    [InlineData(14, 20_000, 0.03)]
    [InlineData(8, 300, 0.25)]
    [InlineData(8, 100_000, 0.25)]
    public void Distinct_values_are_counted_with_the_error_that_is_stated(int bits, int values, double error)
    {
        var count = new DistinctCount(bits);
        var hash = 0x9e37_79b9_7f4a_7c15UL;
        for (var value = 1; value <= values; value++)
        {
            count.Add(Mix((ulong)value * hash));
            count.Add(Mix((ulong)value * hash));
        }

        Assert.False(count.IsExact);
        Assert.InRange(count.Value, values * (1 - error), values * (1 + error));
    }

    [Fact]
    public void Few_distinct_values_are_counted_exactly()
    {
        var count = new DistinctCount(8);
        for (var value = 0UL; value < 128; value++)
        {
            count.Add(value % 16);
        }

        Assert.True(count.IsExact);
        Assert.Equal(16, count.Value);
    }

    [Fact]
    public void A_percentile_is_at_most_a_sixteenth_too_high() =>
        Gen.Long[0, long.MaxValue / 2].Array[1, 60].Sample(times =>
        {
            var histogram = new LatencyHistogram();
            foreach (var time in times)
            {
                histogram.Add(time);
            }

            Array.Sort(times);
            foreach (var share in (double[])[0.01, 0.5, 0.95, 1])
            {
                var exact = times[Math.Max(0, (int)Math.Ceiling(share * times.Length) - 1)];
                Assert.InRange(histogram.Percentile(share)!.Value, exact, exact + (exact / 16));
            }
        });

    [Fact]
    public void A_long_time_has_wide_intervals_and_every_lookup()
    {
        const long Second = 1_000_000_000;
        var line = new TimeLine(3);
        for (var number = 0; number < 100_000; number++)
        {
            line.Add((1_750_000_000 + number) * Second, number % 4 == 0 ? [0, 1, 2] : number % 2 == 0 ? [0, 1] : [0]);
        }

        line.Add(0, 0);
        Assert.InRange(line.Intervals.Count(), 1, 120);
        Assert.Equal(100_001, line.Intervals.Sum(interval => interval.Value[0]));
        Assert.Equal(50_000, line.Intervals.Sum(interval => interval.Value[1]));
        Assert.Equal(25_000, line.Intervals.Sum(interval => interval.Value[2]));
    }

    // The finalizer of MurmurHash3: every bit of the result depends on every bit of the number.
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51_afd7_ed55_8ccd;
        value = (value ^ (value >> 33)) * 0xc4ce_b9fe_1a85_ec53;
        return value ^ (value >> 33);
    }
}
