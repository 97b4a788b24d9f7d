using WireDns.Detection.Health;
using WireDns.Wire.Net;

namespace WireDns.Tests.Health;

/// <summary>DNS that cannot be read is at least seen, by client and kind; and the list of resolvers is read strictly.</summary>
public sealed class EncryptedDnsTests
{
    private readonly FrameRun _run = new(new PacketDecoderOptions { EncryptedDnsResolvers = EncryptedDnsResolverList.ReadShipped() });

    [Fact]
    public void The_shipped_list_knows_the_resolvers_that_browsers_and_systems_offer()
    {
        var addresses = EncryptedDnsResolverList.ReadShipped().Select(address => address.ToString()).ToHashSet();

        Assert.InRange(addresses.Count, 150, 1000);
        Assert.Superset(
            new HashSet<string> { "1.1.1.1", "8.8.8.8", "9.9.9.9", "94.140.14.14", "2606:4700:4700::1111", "2001:4860:4860::8844", "2620:fe::fe" },
            addresses);
    }

    [Fact]
    public void Clients_are_listed_by_what_they_use_and_how_much()
    {
        for (var i = 0; i < 3; i++)
        {
            _run.Take(Frames.Tcp("10.0.0.2", 50_000, "1.1.1.1", 443, 1, 0x10, [1, 2, 3]));
            _run.Take(Frames.Tcp("1.1.1.1", 443, "10.0.0.2", 50_000, 1, 0x10, [1, 2, 3]));
        }

        _run.Take(Frames.Tcp("10.0.0.2", 50_001, "192.0.2.99", 853, 1, 0x02, []));
        _run.Take(Frames.Udp("10.0.0.1", 50_002, "192.0.2.99", 853, [1, 2, 3]));
        _run.Take(Frames.Udp("10.0.0.3", 50_003, "8.8.8.8", 443, [1, 2, 3]));
        _run.Take(Frames.Tcp("10.0.0.4", 50_003, "192.0.2.80", 443, 1, 0x02, []));
        _run.Finish();

        var use = EncryptedDnsUse.Of(_run.Counters, 10);
        Assert.Equal(9, use.Packets);
        Assert.Equal(
            [("10.0.0.2", "DoH 6, DoT 1 in 1 connection"), ("10.0.0.1", "DoQ 1"), ("10.0.0.3", "DoH3 1")],
            use.Clients.Select(client => (client.Address, client.Describe())));
        Assert.Equal((0, 0), (use.FurtherClients, use.UnattributedPackets));
    }

    [Fact]
    public void Clients_beyond_the_bounds_are_counted_together()
    {
        var run = new FrameRun(new PacketDecoderOptions { MaximumEncryptedDnsClients = 5 });
        for (var i = 1; i <= 8; i++)
        {
            run.Take(Frames.Udp($"10.0.0.{i}", 50_000, "192.0.2.99", 853, [1]));
        }

        var use = EncryptedDnsUse.Of(run.Counters, 2);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], use.Clients.Select(client => client.Address));
        Assert.Equal((3, 3, 3, 8), (use.FurtherClients, use.FurtherPackets, use.UnattributedPackets, use.Packets));
    }

    [Fact]
    public void A_list_has_an_address_a_line_and_comments()
    {
        var isRead = TryRead("# operator\r\n1.2.3.4\n\n  2001:DB8:0::1\t# spelt in another way\n2001:db8::1\n::ffff:1.2.3.4", out var addresses, out var faults);

        Assert.True(isRead, string.Join('\n', faults));
        Assert.Equal(["1.2.3.4", "2001:db8::1", "::ffff:1.2.3.4"], addresses);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    public void A_list_may_be_empty(string text)
    {
        Assert.True(TryRead(text, out var addresses, out _));
        Assert.Empty(addresses);
    }

    [Theory]
    [InlineData("dns.example", Label = "a name")]
    [InlineData("192.0.2.0/24", Label = "a network")]
    [InlineData("1", Label = "a number")]
    [InlineData("1.1", Label = "two parts")]
    [InlineData("0x7f000001", Label = "hexadecimal")]
    [InlineData("010.0.0.1", Label = "octal")]
    [InlineData("1.2.3.256", Label = "an octet too large")]
    [InlineData("1.2.3.4:443", Label = "a port")]
    [InlineData("[2001:db8::1]", Label = "brackets")]
    [InlineData("fe80::1%eth0", Label = "a scope")]
    [InlineData("1.2.3.4 1.2.3.5", Label = "two addresses")]
    public void Something_else_than_an_address_is_a_fault_with_its_line(string line)
    {
        Assert.False(TryRead($"1.1.1.1\n# comment\n{line}\n", out var addresses, out var faults));
        Assert.Equal([$"list:3: an IPv4 or IPv6 address was expected, not '{line}'"], faults);
        Assert.Empty(addresses);
    }

    [Fact]
    public void Every_fault_of_a_list_is_told_until_there_are_twenty()
    {
        Assert.False(TryRead("x\ny\n", out _, out var two));
        Assert.Equal(2, two.Count);

        Assert.False(TryRead(string.Concat(Enumerable.Repeat("x\n", 1000)), out _, out var many));
        Assert.Equal(20, many.Count);
    }

    [Fact]
    public void A_list_that_is_too_long_is_a_fault()
    {
        var text = string.Concat(Enumerable.Range(0, 70_000).Select(number => $"10.{number >> 16}.{(number >> 8) & 255}.{number & 255}\n"));

        Assert.False(TryRead(text, out _, out var faults));
        Assert.Equal(["list:65537: more than 65,536 addresses"], faults);
    }

    private static bool TryRead(string text, out IReadOnlyList<string> addresses, out IReadOnlyList<string> faults)
    {
        var isRead = EncryptedDnsResolverList.TryRead(new StringReader(text), "list", out var found, out faults);
        addresses = [.. found.Select(address => address.ToString())];
        return isRead;
    }
}
