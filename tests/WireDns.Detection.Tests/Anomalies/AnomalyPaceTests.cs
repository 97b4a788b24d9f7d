using WireDns.Detection.Anomalies;
using WireDns.Wire;

namespace WireDns.Detection.Tests.Anomalies;

public sealed class AnomalyPaceTests
{
    private readonly AnomalyPace _pace = new(2);

    [Fact]
    public void A_second_has_its_number_and_the_next_one_too()
    {
        Assert.Equal([true, true, false, true], new[] { 100, 100, 100, 101 }.Select(Tell));
        Assert.Equal(1, _pace.HeldBack);
    }

    [Fact]
    public void Packets_out_of_order_begin_no_second() => Assert.Equal([true, true, false, false], new[] { 100, 100, 99, 50 }.Select(Tell));

    [Fact]
    public void A_clock_that_was_set_back_begins_one() => Assert.Equal([true, true, true, true, false], new[] { 1000, 1000, 900, 900, 900 }.Select(Tell));

    private bool Tell(int second) => _pace.TryTell(PacketTime.FromNanoseconds(second * 1_000_000_000L));
}
