using WireDns.Alerts;
using WireDns.Reading;

namespace WireDns.Tests.Speed;

/// <summary><see cref="FileOrder"/>.</summary>
public sealed class FileOrderTests
{
    private readonly List<string> _raised = [];
    private readonly FileOrder _order;

    public FileOrderTests() => _order = new FileOrder(
        alert =>
        {
            _raised.Add(alert.Id);
            return true;
        },
        _raised.Add);

    [Fact]
    public void Alerts_of_later_files_wait_for_the_earlier_ones()
    {
        Raise(1, "b1");
        Raise(0, "a1");
        _order.Report(2, "c1");
        Raise(0, "a2");
        Assert.Equal(["a1", "a2"], _raised);

        _order.Finish(2);
        Assert.Equal(["a1", "a2"], _raised);

        _order.Finish(0);
        Raise(1, "b2");
        Assert.Equal(["a1", "a2", "b1", "b2"], _raised);

        _order.Finish(1);
        Assert.Equal(["a1", "a2", "b1", "b2", "c1"], _raised);
    }

    [Fact]
    public void What_waits_when_a_run_is_broken_off_goes_out_in_order()
    {
        Raise(2, "c");
        Raise(1, "b");
        _order.Break();
        _order.Flush();

        Assert.Equal(["b", "c"], _raised);
    }

    [Fact]
    public async Task A_file_with_too_many_alerts_waits_until_it_is_its_turn()
    {
        for (var i = 0; i < FileOrder.Capacity; i++)
        {
            Raise(1, "b");
        }

        var late = Task.Run(() => Raise(1, "last"), TestContext.Current.CancellationToken);
        Raise(0, "a");
        Assert.Equal(["a"], _raised);
        _order.Finish(0);
        await late;

        Assert.Equal(FileOrder.Capacity + 2, _raised.Count);
        Assert.Equal("last", _raised[^1]);
    }

    private void Raise(int file, string id) => _order.Raise(file, new Alert
    {
        Id = id,
        UnixTimeNanoseconds = 0,
        Rule = null!,
        Client = null!,
        Server = null!,
        Transport = "udp",
        Message = null!,
        Reasons = [],
        PacketNumber = 1,
    });
}
