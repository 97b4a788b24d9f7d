using CsCheck;
using WireDns.Sigma.Correlation;

namespace WireDns.Sigma.Tests.Correlation;

/// <summary>The window that counts events does what a sorted list of all of them does, late events included.</summary>
public sealed class EventCountWindowTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(16)]
    [InlineData(100)]
    public void Holds_and_reports_the_newest_events_in_the_order_of_their_times(int reported) => Gen.Select(
        Gen.Int[1, 200], Gen.Select(Gen.Int[-20, 30], Gen.Int[0, 60]).Array[0, 300]).Sample(
        (capacity, steps) =>
        {
            // Another window takes and gives back room all the time.
            var times = new TimeBlocks();
            var other = new EventCountWindow(5, reported, times);
            var window = new EventCountWindow(capacity, reported, times);
            var expected = new List<(long Time, long Tag)>();
            var (now, tag) = (1000L, 0L);
            foreach (var (step, lifetime) in steps)
            {
                now += Math.Max(step, 0);
                var time = now + Math.Min(step, 0);
                window.Expire(now - (lifetime * 20));
                expected.RemoveAll(held => held.Time < now - (lifetime * 20));
                if (expected.Count < capacity || time >= expected[0].Time)
                {
                    expected.RemoveRange(0, expected.Count == capacity ? 1 : 0);
                    var place = expected.FindLastIndex(held => held.Time <= time) + 1;
                    expected.Insert(place, (time, tag));
                }

                window.Add(new WindowEntry(new CorrelationEvent(time, 0, tag++), 0, 0, 0));
                other.Add(new WindowEntry(new CorrelationEvent(now, 0, -1), 0, 0, 0));
                other.Expire(now - (step * 3));
                Assert.Equal(expected.Count, window.Count);
                Assert.Equal(
                    expected.TakeLast(reported), window.Report(reported).Select(held => (held.Time, held.Tag)));
            }

            window = WrittenAndRead(window, capacity, reported, times);
            Assert.Equal(expected.TakeLast(reported), window.Report(reported).Select(held => (held.Time, held.Tag)));

            window.Clear();
            Assert.Equal(0, window.Count);
            Assert.Empty(window.Report(reported));
        },
        seed: "0000b1b2c3d4", iter: 300);

    [Fact]
    public void What_windows_give_back_others_take()
    {
        var times = new TimeBlocks();
        var windows = Enumerable.Range(0, 50).Select(_ => new EventCountWindow(1000, 10, times)).ToList();
        var random = new Random(20261128);
        windows.ForEach(Fill);
        Run();

        Assert.Equal(0, Allocated.By(Run));

        void Run()
        {
            for (var turn = 0; turn < 400; turn++)
            {
                Fill(windows[random.Next(windows.Count)]);
            }
        }

        void Fill(EventCountWindow window)
        {
            for (var i = 0; i < 500; i++)
            {
                window.Add(new WindowEntry(new CorrelationEvent(i, 0, i), 0, 0, 0));
            }

            window.Expire(random.Next(500));
            window.Clear();
        }
    }

    private static EventCountWindow WrittenAndRead(EventCountWindow window, int capacity, int reported, TimeBlocks times)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        window.Write(writer);
        memory.Position = 0;
        var read = new EventCountWindow(capacity, reported, times);
        using var reader = new BinaryReader(memory);
        read.Read(reader, tag => tag);
        Assert.Equal(memory.Length, memory.Position);
        return read;
    }
}
