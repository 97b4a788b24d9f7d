using System.Net;
using WireDns.Wire.EncryptedDns;
using WireDns.Wire.Net;
using static WireDns.Wire.Tests.Net.PacketBuilder;

namespace WireDns.Wire.Tests.Net;

public sealed class EncryptedDnsTests
{
    private static readonly PacketDecoderOptions Options = new()
    {
        EncryptedDnsResolvers = [NetAddress.From(IPAddress.Parse("8.8.8.8")), NetAddress.From(IPAddress.Parse("2001:4860:4860::8888"))],
        MaximumEncryptedDnsClients = 5,
    };

    [Fact]
    public void Counts_by_client_and_kind_in_both_directions()
    {
        var (payloads, decoder) = Decoding.Run(
            Raw([
                Ipv4(Tcp(0, [], "S", destination: 853), 6),
                Ipv4(Tcp(0, [], "SA", source: 853, destination: 40000), 6, Server, Client),
                Ipv4(Udp([1, 2, 3], destination: 853)),
                Ipv4(Tcp(0, [], "S", destination: 443), 6, destination: "8.8.8.8"),
                Ipv4(Udp([1, 2, 3], destination: 443), destination: "8.8.8.8"),
                Ipv6(Udp([1, 2, 3], source: 443, destination: 40000), source: "2001:4860:4860::8888"),
                Ipv4(Udp([1, 2, 3], destination: 443), destination: "8.8.8.9"),
            ]),
            Options);

        Assert.Empty(payloads);
        Assert.Equal(6, decoder.Counters.Count(NotSelectedReason.EncryptedDns));
        Assert.Equal(1, decoder.Counters.Count(NotSelectedReason.OtherPort));
        var client = NetAddress.From(IPAddress.Parse(Client));
        Assert.Equal(
            [
                new EncryptedTraffic(client, EncryptedDnsKind.DnsOverTls, 2, 1),
                new EncryptedTraffic(client, EncryptedDnsKind.DnsOverQuic, 1, 0),
                new EncryptedTraffic(client, EncryptedDnsKind.DnsOverHttps, 1, 1),
                new EncryptedTraffic(client, EncryptedDnsKind.DnsOverHttp3, 1, 0),
                new EncryptedTraffic(NetAddress.From(IPAddress.Parse("2001:db8:53::53")), EncryptedDnsKind.DnsOverHttp3, 1, 0),
            ],
            decoder.GetEncryptedDns());
    }

    [Fact]
    public void Takes_few_addresses_for_a_resolvers_at_the_first_look()
    {
        // As many as the product ships, and addresses of well-known servers.
        var random = new Random(1);
        var watch = new EncryptedDnsWatch(new PacketDecoderOptions { EncryptedDnsResolvers = [.. Enumerable.Range(0, 270).Select(_ => Any(random))] });
        var others = Enumerable.Range(0, 20_000).Select(_ => Any(random));

        Assert.InRange(others.Count(watch.MayBeResolver), 0, 200);
    }

    [Fact]
    public void Counts_clients_beyond_the_bound_together()
    {
        var (_, decoder) = Decoding.Run(
            Raw(Enumerable.Range(1, 9).Select(host => Ipv4(Udp([0], destination: 853), source: $"192.0.2.{host}"))), Options);

        Assert.Equal(5, decoder.GetEncryptedDns().Count);
        Assert.Equal(4, decoder.EncryptedDnsPacketsOfFurtherClients);
        Assert.Equal(9, decoder.Counters.Count(NotSelectedReason.EncryptedDns));
    }

    [Fact]
    public void Reads_a_port_that_is_selected_instead_of_counting_it()
    {
        var (payloads, decoder) = Decoding.Run([Raw(Ipv4(Udp(Query(1), destination: 853)), 1)], Options with { Ports = [53, 853] });

        Assert.Single(payloads);
        Assert.Empty(decoder.GetEncryptedDns());
    }

    private static NetAddress Any(Random random)
    {
        Span<byte> bytes = stackalloc byte[4];
        random.NextBytes(bytes);
        return NetAddress.FromIpv4(bytes);
    }
}
