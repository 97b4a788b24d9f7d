using WireDns.Tests.Live;
using WireDns.Tests.Running;

namespace WireDns.Tests.Publish;

/// <summary>The container that deploy/Dockerfile makes, hardened as deploy/compose.yaml says: no capability but CAP_NET_RAW, nothing to write to.</summary>
public sealed class ContainerTests(ContainerImage image) : IClassFixture<ContainerImage>
{
    private const string Rules = "/opt/wiredns/rules/sigmahq";

    // linux/capability.h: CAP_NET_RAW is number 13.
    private const string NetRawAlone = "0000000000002000";

    [Fact]
    public void A_container_without_rights_or_network_reads_a_capture_as_the_program_does()
    {
        image.Build();
        string[] arguments = ["3cx-beacon.pcapng", "-q", "-r"];
        using var program = RunningProgram.Start(Product.Executable, (IEnumerable<string>)["read", .. arguments, TestPaths.Rules], TestPaths.Captures);
        Assert.Equal(0, program.WaitForEnd());

        using var container = image.Start(["--network", "none", "-v", TestPaths.Captures + ":/data:ro"], (IEnumerable<string>)["read", .. arguments, Rules]);

        Assert.True(container.WaitForEnd() == 0, container.Error.Text);
        Assert.Equal(41, container.Output.Lines.Count);
        Assert.Equal(program.Output.Text, container.Output.Text);
    }

    [Theory]
    [InlineData("user 0, whom Docker gives the right", "0:0")]
    [InlineData("the image's own user, whom podman gives it too", "65532:65532")]
    public void A_container_with_no_right_but_net_raw_captures_live_and_ends_in_order(string description, string user)
    {
        image.Build();
        using var network = LiveNetwork.Create();
        network.StartResolver();
        var name = network.Sensor.Name;
        using var container = image.Start(
            ["--name", name, "--network", "ns:/run/netns/" + name, "--user", user, "--cap-add", "NET_RAW"], "live", "-i", LiveNetwork.Tap, "-r", Rules, "--no-suppress");
        container.Error.WaitFor(line => line == "wiredns: 1 rules run", RunningProgram.Patience);

        LiveNetwork.LookUp(network.FirstClient, "www.msstorageazure.com");
        LiveNetwork.LookUp(network.FirstClient, "host.corp.example");

        var alert = container.Output.WaitFor(_ => true, RunningProgram.Patience)[0];
        Assert.Contains(" udp query A www.msstorageazure.com ", alert, StringComparison.Ordinal);
        var status = File.ReadAllLines($"/proc/{image.Podman("inspect", "--format", "{{.State.Pid}}", name).Trim()}/status");
        Assert.Contains("CapEff:\t" + NetRawAlone, status);
        Assert.Contains("CapBnd:\t" + NetRawAlone, status);
        Assert.Contains("NoNewPrivs:\t1", status);

        image.Podman("kill", "--signal", "TERM", name);
        Assert.True(container.WaitForEndByItself() == 0, $"{description}: {container.Error.Text}");
        Assert.Single(container.Output.Lines);
        Assert.Contains(container.Error.Lines, line => line.StartsWith("DNS messages ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("the image's own user", "65532:65532")]
    [InlineData("user 0", "0:0")]
    public void A_container_without_net_raw_says_what_it_lacks(string description, string user)
    {
        image.Build();

        using var container = image.Start(["--network", "none", "--user", user], "live", "-i", "lo", "-r", Rules);

        Assert.True(container.WaitForEnd() == 1, $"{description}: {container.Error.Text}");
        Assert.Contains("CAP_NET_RAW", container.Error.Text, StringComparison.Ordinal);
    }
}
