using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The native binary on an interface: libpcap is found by name, called back, and shut down cleanly; syslog arrives.</summary>
public sealed class NativeLiveTests
{
    [Fact]
    public void The_native_binary_captures_live_and_sends_to_syslog()
    {
        var executable = NativeProduct.Executable;
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var syslog = network.StartSyslog(out var address);
        using var sensor = network.Sensor.Start(
            executable, "live", "-i", LiveNetwork.Tap, "-i", LiveNetwork.SecondTap, "-r", TestPaths.Rules, "--no-suppress", "-o", "stdout", "-o", address);
        sensor.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);

        LiveNetwork.LookUp(network.FirstClient, "www.msstorageazure.com");
        LiveNetwork.LookUp(network.FirstClient, "host.corp.example");

        // There is no order between two interfaces: the second one is used once the first one's alert has arrived.
        sensor.Output.WaitFor(_ => true, RunningProgram.Patience);
        LiveNetwork.LookUp(network.SecondClient, "pbxsources.com", isTcp: true);
        var alerts = sensor.Output.WaitFor(_ => true, RunningProgram.Patience, 2);

        // The response may be read from one tap before the query is read from the other.
        Assert.Contains(alerts, line => line.Contains(" udp ", StringComparison.Ordinal) && line.Contains(" A www.msstorageazure.com ", StringComparison.Ordinal));
        Assert.Contains(alerts, line => line.Contains(" tcp ", StringComparison.Ordinal) && line.Contains(" A pbxsources.com ", StringComparison.Ordinal));
        syslog.Output.WaitFor(line => line.Contains("|rule-match|", StringComparison.Ordinal), RunningProgram.Patience, 2);
        sensor.Signal(RunningProgram.Terminate);
        Assert.Equal(0, sensor.WaitForEndByItself());
        Assert.Contains(sensor.Error.Lines, line => line.StartsWith("alerts ", StringComparison.Ordinal) && line.Contains(" 2 ", StringComparison.Ordinal));
    }
}
