using WireDns.Capture.Live;

namespace WireDns.Capture.Tests.Live;

/// <summary>What a message advises can be done on the system that it is read on.</summary>
public sealed class AdviceTests
{
    [Fact]
    public void No_command_of_Linux_is_advised_elsewhere()
    {
        Assert.Equal(" (ip link set eth0 up)", LiveCaptureException.HowToSetUp("eth0", isLinux: true));
        Assert.Equal("", LiveCaptureException.HowToSetUp(@"\Device\NPF_{1}", isLinux: false));
        Assert.Contains("setcap", LiveCaptureException.HowToBeAllowed(isWindows: false), StringComparison.Ordinal);
        Assert.DoesNotContain("cap_net_raw", LiveCaptureException.HowToBeAllowed(isWindows: true), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Npcap", LiveCaptureException.HowToBeAllowed(isWindows: true), StringComparison.Ordinal);
    }
}
