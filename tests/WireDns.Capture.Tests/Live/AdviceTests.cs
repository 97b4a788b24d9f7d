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
        Assert.DoesNotContain("cap_net_raw", LiveCaptureException.HowToBeAllowed(isWindows: true), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Npcap", LiveCaptureException.HowToBeAllowed(isWindows: true), StringComparison.Ordinal);
    }

    // Masks as /proc/PID/status has them: 2000 is CAP_NET_RAW alone.
    [Theory]
    [InlineData("1000", "0", "1ffffffffff", "0", "setcap cap_net_raw=p", Label = "a user")]
    [InlineData("0", "0", "0", "1", "--cap-add NET_RAW", Label = "user 0 in a container without the right")]
    [InlineData("65532", "0", "0", "1", "capabilities.add [NET_RAW]", Label = "another user in one")]
    [InlineData("65532", "0", "2000", "1", "granted, but to user 0 alone", Label = "another user in a container with the right, which only user 0 gets")]
    [InlineData("65532", "0", "2000", "0", "setcap cap_net_raw=p", Label = "the same without no_new_privs")]
    [InlineData("0", "0", "2000", "0", "user 0 has dropped CAP_NET_RAW", Label = "user 0 who dropped it")]
    [InlineData("0", "2000", "2000", "1", "different user namespaces", Label = "a right of another namespace")]
    public void It_says_what_is_missing_and_how_to_grant_it(string user, string effective, string bounding, string noNewPrivileges, string advice)
    {
        string[] status = ["Name:\twiredns", $"Uid:\t{user}\t{user}\t{user}\t{user}", $"CapEff:\t{effective}", $"CapBnd:\t{bounding}", $"NoNewPrivs:\t{noNewPrivileges}"];

        Assert.Contains(advice, NetRawCapability.Advice(status), StringComparison.Ordinal);
    }
}
