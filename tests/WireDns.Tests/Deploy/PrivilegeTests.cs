using WireDns.Tests.Live;
using WireDns.Tests.Publish;
using WireDns.Tests.Running;

namespace WireDns.Tests.Deploy;

/// <summary>What container runtimes and service managers grant, played with setpriv: the native binary captures, or says what it lacks.</summary>
public sealed class PrivilegeTests
{
    // What Docker does for `--user 65532 --cap-drop ALL --cap-add NET_RAW`: the right is in the bounding set, and nowhere else.
    private const string OtherUser = "--reuid 65532 --regid 65532 --clear-groups --inh-caps=-all --ambient-caps=-all";
    private const string Granted = "--bounding-set=-all,+net_raw";
    private const string NotGranted = "--bounding-set=-all";

    [Theory]
    [InlineData($"{OtherUser} {Granted} --no-new-privs", "", "CAP_NET_RAW is granted, but to user 0 alone", Label = "another user, as Docker runs one")]
    [InlineData($"{OtherUser} {NotGranted}", "cap_net_raw=p", "CAP_NET_RAW is not among the rights that this process can get", Label = "a file's capability that is not granted")]
    [InlineData($"{OtherUser} {Granted}", "", "setcap cap_net_raw=p FILE", Label = "a file without a capability")]
    [InlineData($"{NotGranted} --no-new-privs", "", "CAP_NET_RAW is not among the rights that this process can get", Label = "user 0 without the right")]
    public void What_is_missing_is_said(string rights, string capability, string message)
    {
        using var network = LiveNetwork.Create();
        using var folder = Prepare(capability);
        using var sensor = Start(network, folder, rights);

        Assert.Equal(1, sensor.WaitForEndByItself(TimeSpan.FromSeconds(60)));
        Assert.Contains($"wiredns: no permission to capture on {LiveNetwork.Tap}: ", sensor.Error.Text, StringComparison.Ordinal);
        Assert.Contains(message, sensor.Error.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData($"{OtherUser} {Granted}", "cap_net_raw=p", Label = "another user and a file's capability: Kubernetes with file-capability")]
    [InlineData($"{Granted} --no-new-privs", "", Label = "user 0 without any other right: Kubernetes with root, compose")]
    [InlineData("--reuid 65532 --regid 65532 --clear-groups --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw --no-new-privs", "", Label = "an ambient right: systemd, podman")]
    public void With_net_raw_alone_it_captures(string rights, string capability)
    {
        using var network = LiveNetwork.Create();
        using var folder = Prepare(capability);
        using var sensor = Start(network, folder, rights);

        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
    }

    // Why the image has "p": nobody could say anything here.
    [Fact]
    public void A_file_whose_capability_is_effective_cannot_be_executed_where_it_is_not_granted()
    {
        using var network = LiveNetwork.Create();
        using var folder = Prepare("cap_net_raw=ep");
        using var sensor = Start(network, folder, $"{OtherUser} {NotGranted}");

        Assert.NotEqual(0, sensor.WaitForEndByItself());
        Assert.Contains("Operation not permitted", Assert.Single(sensor.Error.Lines), StringComparison.Ordinal);
    }

    // A binary that everyone may execute, and a rule that everyone may read.
    private static TemporaryFolder Prepare(string capability)
    {
        Assert.SkipUnless(RunningProgram.IsInstalled("setpriv"), "needs setpriv (util-linux)");
        var binary = NativeProduct.Executable;
        var folder = new TemporaryFolder();
        File.Copy(binary, folder["wiredns"]);
        using var shell = RunningProgram.Start("sh", ["-ec", $"cp -R '{TestPaths.Rules}' rules; chmod -R a+rX . {(capability.Length > 0 ? $"; setcap {capability} wiredns" : "")}"], folder.Path);
        var status = shell.WaitForEnd();
        if (status == 127)
        {
            folder.Dispose();
            Assert.Skip("needs setcap (libcap2-bin)");
        }

        Assert.True(status == 0, shell.Error.Text);
        return folder;
    }

    private static RunningProgram Start(LiveNetwork network, TemporaryFolder folder, string rights) =>
        network.Sensor.Start("setpriv", [.. rights.Split(' '), "--", folder["wiredns"], "live", "-i", LiveNetwork.Tap, "-r", folder["rules"]]);
}
