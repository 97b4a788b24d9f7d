using WireDns.Detection;
using WireDns.Detection.Rules;
using WireDns.Tests.Running;
using static WireDns.TestTraffic.Layers;

namespace WireDns.Tests.Detection;

/// <summary>One lookup that is seen in several virtual networks: a router between them shows each of its packets twice.</summary>
public sealed class VirtualNetworkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly PcapBuilder _file = new(linkType: 101);
    private uint _time;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("query: bad.example", 1, Label = "a rule on queries")]
    [InlineData("query: bad.example\n  rcode_name: NOERROR", 2, Label = "a rule on responses")]
    public void Raises_one_alert_at_once_and_counts_the_other_networks(string selection, long packet)
    {
        foreach (var message in (byte[][])[DnsBytes.Query("bad.example"), DnsBytes.Response("bad.example")])
        {
            Add(message, Vxlan(5001));
            Add(message, Vxlan(5002));
        }

        var run = Run(selection);

        var alert = Assert.Single(run.Alerts);
        Assert.Equal(packet == 1 ? 1 : 3, alert.PacketNumber);
        Assert.Equal(1, run.Counters["seen_in_other_networks"]);
        Assert.Equal(1, run.Counters.Count("seen_in_other_networks", "vxlan 5002"));
    }

    [Fact]
    public void Counts_a_lookup_once_for_each_further_network_however_often_and_in_whatever_order_it_is_seen()
    {
        foreach (var network in (int[])[1, 2, 3, 2, 1, 3, 2, 4, 5, 3, 4])
        {
            Add(DnsBytes.Query("bad.example"), Vxlan(network));
        }

        foreach (var network in (int[])[5, 3, 1, 2, 4])
        {
            Add(DnsBytes.Response("bad.example"), Vxlan(network));
        }

        var run = Run("query: bad.example");

        Assert.Single(run.Alerts);
        Assert.Equal(4, run.Counters["seen_in_other_networks"]);
        Assert.All(Enumerable.Range(2, 4), network => Assert.Equal(1, run.Counters.Count("seen_in_other_networks", $"vxlan {network}")));
    }

    [Fact]
    public void A_network_of_another_kind_is_another_lookup_and_an_id_that_the_receiver_chose_is_no_network()
    {
        Add(DnsBytes.Query("bad.example"), Vxlan(5001));
        Add(DnsBytes.Query("bad.example"), (6081, Hex("00000800 00138900")));
        Add(DnsBytes.Query("bad.example", id: 2), (2152, Hex("30ff 0035 00000001")));
        Add(DnsBytes.Query("bad.example", id: 2), (2152, Hex("30ff 0035 00000002")));

        var run = Run("query: bad.example");

        Assert.Equal(3, run.Alerts.Count);
        Assert.Equal(0, run.Counters["seen_in_other_networks"]);
    }

    [Fact]
    public void Networks_that_are_told_apart_are_bounded()
    {
        for (var network = 1; network <= 1100; network++)
        {
            Add(DnsBytes.Query("bad.example"), Vxlan(network));
        }

        var run = Run("query: bad.example");

        Assert.Single(run.Alerts);
        Assert.Equal(1099, run.Counters["seen_in_other_networks"]);
        Assert.Equal(1025, run.Counters.Reasons().Count(reason => reason.Counter == "seen_in_other_networks"));
        Assert.Equal(75, run.Counters.Count("seen_in_other_networks", "further"));
    }

    private static (int Port, byte[] Header) Vxlan(int network) =>
        (4789, [8, 0, 0, 0, (byte)(network >> 16), (byte)(network >> 8), (byte)network, 0, .. Hex("020000000053 020000000010 0800")]);

    private void Add(byte[] message, (int Port, byte[] Header) tunnel)
    {
        var isResponse = (message[2] & 0x80) != 0;
        var udp = isResponse ? Udp(message, 53, 40000) : Udp(message);
        var inner = isResponse ? Ipv4(udp, 17, Server, Client) : Ipv4(udp);
        _file.Record(1_700_000_000, _time++, Ipv4(Udp([.. tunnel.Header, .. inner], 50000, tunnel.Port), 17, "10.0.0.1", "10.0.0.2"));
    }

    private DetectionRun Run(string selection) =>
        DetectionRun.Of(LoadedRules.Load([_folder.Write("rule.yml", RuleText.Of(selection))]), _folder.Write("capture.pcap", _file.ToArray()), new DetectorOptions());
}
