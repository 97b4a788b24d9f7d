using WireDns.Capture.Live;

namespace WireDns.Capture.Tests.Live;

/// <summary>What the kernel dropped before any capture: the second column of /proc/net/softnet_stat, of all processors.</summary>
public sealed class KernelBacklogTests
{
    [Fact]
    public void All_processors_are_added_up() => Assert.Equal(0x1_0000_00ff + 2L, KernelBacklog.CountDropped(
    [
        "0071a6e2 00000003 00000151 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000 00000000",
        "00000000 000000ff 00000000",
        "00000000 ffffffff 00000000 00000000",
    ]));

    [Theory]
    [InlineData("")]
    [InlineData("0071a6e2")]
    [InlineData("0071a6e2 dropped 00000000")]
    [InlineData("0071a6e2 1ffffffff 00000000")]
    public void A_line_of_another_form_says_nothing(string line) => Assert.Null(KernelBacklog.CountDropped(["00000000 000000ff 00000000", line]));

    [Fact]
    public void Linux_counts_them()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "needs Linux");

        Assert.NotNull(KernelBacklog.CountDropped());
    }
}
