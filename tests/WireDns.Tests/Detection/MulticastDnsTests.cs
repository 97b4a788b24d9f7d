using System.Text.Json;
using WireDns.Tests.Running;
using static WireDns.TestTraffic.Layers;

namespace WireDns.Tests.Detection;

/// <summary>The top bit of a class, which is a flag in multicast DNS (RFC 6762 §5.4, §10.2) and part of the number anywhere else.</summary>
public sealed class MulticastDnsTests : IDisposable
{
    // A query for printer.local with the bit set, and a response whose record has it; the OPT record's "class" is a size.
    private const string Query = "0000 0000 0001 0000 0000 0001 077072696e746572 056c6f63616c 00 0001 8001 00 0029 9000 00000000 0000";
    private const string Response = "0000 8400 0000 0001 0000 0000 077072696e746572 056c6f63616c 00 0001 8001 00000078 0004 c0000201";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Is_a_flag_in_what_decode_prints()
    {
        var lines = Product.Run("decode", Capture(5353), "-p", "5353").Output.Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal("""[{"name":"printer.local","type":"A","class":"IN","unicast_response":true}]""", lines[0].GetProperty("questions").GetRawText());
        Assert.Equal(36864, lines[0].GetProperty("edns").GetProperty("udp_size").GetInt32());
        Assert.Equal(
            """[{"name":"printer.local","type":"A","class":"IN","cache_flush":true,"ttl":120,"data":"192.0.2.1"}]""", lines[1].GetProperty("answers").GetRawText());
    }

    [Fact]
    public void Is_a_part_of_the_number_on_other_ports()
    {
        var lines = Product.Run("decode", Capture(53)).Output.Lines;

        Assert.Contains("\"class\":\"CLASS32769\"", lines[0], StringComparison.Ordinal);
        Assert.Contains("\"class\":\"CLASS32769\"", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Is_no_part_of_what_rules_and_alerts_have()
    {
        var rule = _folder.Write("rule.yml", RuleText.Of("qclass_name: IN"));
        var alerts = Product.Run("read", Capture(5353), "-p", "5353", "-r", rule, "-f", "ecs").Output.Lines;

        Assert.Equal("IN", JsonDocument.Parse(alerts[0]).RootElement.GetProperty("dns").GetProperty("question").GetProperty("class").GetString());
    }

    [Fact]
    public void Is_told_by_inspect()
    {
        var capture = Capture(5353);

        Assert.Contains("IN (32769), a unicast response is wanted", Product.Run("inspect", capture, "-n", "1", "-p", "5353").Output.Text, StringComparison.Ordinal);
        Assert.Contains("IN (32769), takes the place of records in caches", Product.Run("inspect", capture, "-n", "2", "-p", "5353").Output.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_question_is_the_same_with_it_and_without_it()
    {
        // The first query wants a unicast response and the repetition does not (§5.4).
        var file = new PcapBuilder(linkType: 101);
        var query = Hex("0000 0000 0001 0000 0000 0000 077072696e746572 056c6f63616c 00 0001 8001");
        file.Record(1_700_000_000, 0, Ipv4(Udp(query, 5353, 5353), 17, "192.0.2.10", "224.0.0.251"));
        query[^2] = 0;
        file.Record(1_700_000_001, 0, Ipv4(Udp(query, 5353, 5353), 17, "192.0.2.10", "224.0.0.251"));
        var rule = _folder.Write("rule.yml", RuleText.Of("query: printer.local"));

        Assert.Single(Product.Run("read", _folder.Write("twice.pcap", file.ToArray()), "-p", "5353", "-r", rule, "-f", "ecs").Output.Lines);
    }

    private string Capture(int port)
    {
        var file = new PcapBuilder(linkType: 101);
        file.Record(1_700_000_000, 0, Ipv4(Udp(Hex(Query), port, port), 17, "192.0.2.10", "224.0.0.251"));
        file.Record(1_700_000_000, 1, Ipv4(Udp(Hex(Response), port, port), 17, "192.0.2.1", "224.0.0.251"));
        return _folder.Write("mdns.pcap", file.ToArray());
    }
}
