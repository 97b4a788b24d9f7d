using WireDns.Benchmarks.Comparison;

namespace WireDns.Tests.Benchmarks;

/// <summary>A program's hits are counted the same whatever the program prints.</summary>
public sealed class HitCounterTests
{
    private static readonly HitCounter Counter = new(["evil.example", "bad.test"]);

    [Theory]
    [InlineData("wiredns", "2025-01-01T00:00:00.047973Z HIGH     \"Title\" 10.63.246.182:5404 -> 10.52.60.55:53 udp query A a.evil.example", "10.63.246.182:5404")]
    [InlineData("wiredns, IPv6", "2025-01-01T00:00:00.2Z HIGH \"T\" [2001:db8:0:2d:2a21:26ac:55ef:9458]:53894 -> [2001:db8::7]:53 udp", "[2001:db8:0:2d:2a21:26ac:55ef:9458]:53894")]
    [InlineData("ngrep", "U 2001:db8:0:3a:b516:8522:86ad:d9df:28549 -> 2001:db8:0:1e:74f9:d16c:de3b:a3a:53 3N.....evil.example...", "2001:db8:0:3a:b516:8522:86ad:d9df:28549")]
    [InlineData("dnscap", "[76] 2025-01-01 00:00:00.007888 [#0 x.pcap 4095] \t[10.91.100.155].56846 [10.44.208.159].53  \tdns QUERY", "[10.91.100.155].56846")]
    [InlineData("tcpdump", "00:00:00.007888 IP 10.91.100.155.56846 > 10.44.208.159.53: 12712+ [1au] A? evil.example. (48)", "10.91.100.155.56846")]
    [InlineData("tcpdump, IPv6", "00:00:00.056516 IP6 2001:db8::86ad:d9df.28549 > 2001:db8::1.53: 13134+ A? evil.example. (44)", "2001:db8::86ad:d9df.28549")]
    [InlineData("suricata", "01/01/2025-00:00:00.007888  [**] [1:1000001:0] evil.example [**] [Priority: 3] {UDP} 10.91.100.155:56846 -> 10.44.208.159:53", "10.91.100.155:56846")]
    [InlineData("a response", "00:00:00.1 IP 10.44.208.159.53 > 10.91.100.155.56846: 12712 1/0/0 A 192.0.2.1 (64)", "10.91.100.155.56846")]
    [InlineData("no address", "2025-01-01 00:00:00.04 +0000 UTC 5404 -> 53(domain) evil.example [evil.example]", null)]
    public void Finds_the_client_in_the_line_of(string program, string line, string? client)
    {
        Assert.True(client == HitCounter.ClientOf(line), $"{program}: {HitCounter.ClientOf(line)}");
    }

    [Fact]
    public void A_query_its_repetition_and_its_response_are_one_lookup()
    {
        const string Output = """
            00:00:00.1 IP 192.0.2.1.4000 > 192.0.2.53.53: 1+ A? a.evil.example. (48)
            00:00:01.1 IP 192.0.2.1.4000 > 192.0.2.53.53: 1+ A? a.EVIL.example. (48)
            00:00:01.2 IP 192.0.2.53.53 > 192.0.2.1.4000: 1 1/0/0 A 192.0.2.9 evil.example (64)
            """;
        Assert.Equal(new HitCount(1, 0), Counter.Count(new StringReader(Output)));
    }

    [Fact]
    public void Other_clients_and_other_domains_are_other_lookups()
    {
        const string Output = """
            192.0.2.1:4000 -> 192.0.2.53:53 evil.example
            192.0.2.1:4001 -> 192.0.2.53:53 evil.example
            192.0.2.1:4001 -> 192.0.2.53:53 bad.test,www.evil.example
            """;
        Assert.Equal(new HitCount(3, 0), Counter.Count(new StringReader(Output)));
    }

    [Fact]
    public void A_line_without_a_watched_domain_is_something_else()
    {
        Assert.Equal(new HitCount(1, 2), Counter.Count(new StringReader("1.2.3.4:5 evil.example\n\n1.2.3.4:5 evil-example.net\nReading file x\n")));
    }

    [Fact]
    public void A_line_that_ends_in_a_backslash_goes_on()
    {
        const string Output = "[76] 00:00:00.0 [#0 x 4095] \\\n\t[192.0.2.1].4000 [192.0.2.53].53  \\\n\tdns QUERY \\\n\t1 evil.example.,IN,A 0 0\n";
        Assert.Equal(new HitCount(1, 0), Counter.Count(new StringReader(Output + Output)));
    }

    [Fact]
    public void Lines_without_an_address_count_each_by_itself()
    {
        Assert.Equal(new HitCount(2, 0), Counter.Count(new StringReader("5404 -> 53 evil.example\n5405 -> 53 evil.example\n5405 -> 53 evil.example")));
    }
}
