namespace WireDns.Capture.Tests.Live;

/// <summary>The library's counters have 32 bits.</summary>
public sealed class CaptureCountersTests
{
    [Fact]
    public void Counters_that_wrap_go_on_and_start_where_the_capture_began()
    {
        var counters = new CaptureCounters();
        counters.Begin(uint.MaxValue - 9, 5, 7);
        counters.Update(uint.MaxValue, 5, 7);
        counters.Update(20, 15, 6);
        counters.Update(10, 15, 6);

        var statistics = counters.Snapshot();
        Assert.Equal(9L + 21 + uint.MaxValue - 9, statistics.Received);
        Assert.Equal(10, statistics.DroppedByKernel);
        Assert.Equal(uint.MaxValue, statistics.DroppedByInterface);
    }
}
