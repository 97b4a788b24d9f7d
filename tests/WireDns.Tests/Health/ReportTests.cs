using System.Text.Json;
using System.Text.RegularExpressions;
using WireDns.Capture.Files;
using WireDns.Detection.Counters;
using WireDns.Detection.Health;
using WireDns.Output;
using WireDns.Wire.Dns;
using WireDns.Wire.Net;
using WireDns.Wire.Net.Decoding;

namespace WireDns.Tests.Health;

/// <summary>The summary for people and the ledger for programs say the same, and docs/ledger.md explains all of it.</summary>
public sealed partial class ReportTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(TestPaths.Root, "docs", "ledger.md"));

    private readonly FrameRun _run = new(new PacketDecoderOptions { EncryptedDnsResolvers = EncryptedDnsResolverList.ReadShipped() });

    [Fact]
    public void The_summary_is_a_table_with_advice()
    {
        Fill();

        Assert.Equal(
            """
            packets                                              48           in 2.00 s, 24 a second
              with DNS                                           43   89.6 %
              not DNS                                             4    8.3 %
                encrypted DNS                                     3    6.2 %
                other ports                                       1    2.1 %
              undecodable                                         1    2.1 %
                unknown link type                                 1    2.1 %  frames#48
              incomplete                                          0    0.0 %
            DNS messages                                         42
              malformed                                           1    2.3 %
                shorter than a header                             1    2.3 %  frames#43
              incomplete                                          0
            lookups                                              41           half-mirrored: queries without responses
              query and response seen                             1    2.4 %
              query alone                                        40   97.6 %
            health of the mirror:
              ! most queries have no response here: does the mirror deliver both directions of the link (rx and tx), or do the servers not answer?
            encrypted DNS, not readable                           3           packets
              10.0.0.2                                            2   66.7 %  DoT 1 in 1 connection, DoH 1
              10.0.0.1                                            1   33.3 %  DoQ 1
              ! rules do not see these lookups: decide whether these clients may use a resolver that is not yours

            """.ReplaceLineEndings("\n"),
            _run.Summary());
    }

    [Fact]
    public void A_share_is_never_rounded_to_none_or_all()
    {
        _run.TakeLookups(3000, queries: true, responses: true);
        _run.Take(Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 5300, [1]));
        _run.Finish();

        Assert.Contains("  with DNS                                        6,000  >99.9 %\n", _run.Summary(), StringComparison.Ordinal);
        Assert.Contains("  not DNS                                             1   <0.1 %\n", _run.Summary(), StringComparison.Ordinal);
        Assert.Contains("health of the mirror: no fault found\n", _run.Summary(), StringComparison.Ordinal);
        Assert.DoesNotContain("encrypted DNS", _run.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_stand_below_each_other()
    {
        Fill();

        Assert.All(
            _run.Summary().Split('\n').Where(line => Number().IsMatch(line)),
            line => Assert.Matches("^.{54}[0-9]($|  |[ <>])", line));
    }

    [Fact]
    public void The_ledger_holds_the_same()
    {
        Fill();
        var ledger = _run.Json();

        Assert.Equal((48, 43, 4, 1, 0), (Int(ledger, "packets"), Int(ledger, "dns_packets"), Int(ledger, "not_dns"), Int(ledger, "undecodable"), Int(ledger, "incomplete_packets")));
        Assert.Equal((42, 1, 0), (Int(ledger, "dns_messages"), Int(ledger, "malformed"), Int(ledger, "incomplete")));
        var health = ledger.GetProperty("health");
        Assert.Equal("queries", health.GetProperty("mirrored_directions").GetString());
        Assert.Equal("""{"complete":1,"query_alone":40,"response_alone":0,"waiting":0,"given_up_early":0}""", health.GetProperty("lookups").GetRawText());
        Assert.Equal("""["responses_missing"]""", health.GetProperty("findings").GetRawText());
        Assert.Equal(
            """
            {"packets":3,"clients":[{"client":"10.0.0.2","packets":2,"kinds":[{"kind":"dot","packets":1,"connections":1},{"kind":"doh","packets":1,"connections":0}]},{"client":"10.0.0.1","packets":1,"kinds":[{"kind":"doq","packets":1,"connections":0}]}],"further_clients":0,"further_packets":0,"unattributed_packets":0}
            """.Trim(),
            ledger.GetProperty("encrypted_dns").GetRawText());
    }

    [Fact]
    public void The_clients_of_encrypted_dns_that_a_ledger_lists_are_bounded()
    {
        for (var i = 0; i < 120; i++)
        {
            _run.Take(Frames.Udp($"10.0.{i}.1", 50_000, "192.0.2.99", 853, [1]));
        }

        var use = _run.Json().GetProperty("encrypted_dns");
        Assert.Equal(100, use.GetProperty("clients").GetArrayLength());
        Assert.Equal((20, 20, 120), (Int(use, "further_clients"), Int(use, "further_packets"), Int(use, "packets")));
        Assert.Contains("  110 further clients                               110   91.7 %\n", _run.Summary(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_page_explains_every_member_of_the_ledger()
    {
        Fill();
        Check(_run.Json());
    }

    [Fact]
    public void The_page_and_the_summary_have_words_of_their_own_for_every_reason()
    {
        var names = Enum.GetValues<NotSelectedReason>().Select(reason => Name(reason.ToString()))
            .Concat(Enum.GetValues<UndecodableReason>().Select(reason => reason.ToReason()))
            .Concat(Enum.GetValues<IncompleteReason>().Select(reason => Name(reason.ToString())))
            .Concat(Enum.GetValues<DnsError>().Where(error => error != DnsError.None).Select(error => error.ToReason()));

        Assert.All(names, name => Assert.Contains($"| `{name}` | {ReasonText.Of(name)} |", Page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_page_has_every_counter_and_every_reason() => Assert.All(
        new Ledger(new PacketDecoder(new PacketDecoderOptions(), (_, _) => true).Counters).Reasons().SelectMany(entry => (string[])[entry.Counter, entry.Reason]).Where(name => name.Length > 0),
        name => Assert.Contains($"| `{name}` | ", Page, StringComparison.Ordinal));

    [Theory]
    [InlineData("responses_missing")]
    [InlineData("queries_missing")]
    [InlineData("directions_apart")]
    [InlineData("snap_length_too_short")]
    [InlineData("tcp_bytes_missing")]
    [InlineData("contradicting_overlaps")]
    [InlineData("packets_twice")]
    [InlineData("fragments_evicted")]
    [InlineData("tcp_evicted")]
    public void The_page_explains_every_finding(string finding) => Assert.Contains($"| `{finding}` |", Page, StringComparison.Ordinal);

    // 40 lookups half-mirrored and one sound, a message that is too short, three packets of encrypted DNS, one of another port, one unreadable.
    private void Fill()
    {
        _run.TakeLookups(40, queries: true, responses: false);
        _run.TakeLookups(1, queries: true, responses: true, firstId: 1000);
        _run.Take(Frames.Udp("192.0.2.1", 40_000, "192.0.2.53", 53, [1, 2, 3]));
        _run.Take(Frames.Udp("10.0.0.1", 50_000, "192.0.2.99", 853, [1]));
        _run.Take(Frames.Tcp("10.0.0.2", 50_000, "192.0.2.99", 853, 1, 0x02, []));
        _run.Take(Frames.Tcp("10.0.0.2", 50_001, "1.1.1.1", 443, 1, 0x10, [1]));
        _run.Take(Frames.Udp("192.0.2.1", 40_000, "192.0.2.80", 5300, [1]));
        _run.Take([1, 2, 3], linkType: 4242);
        _run.Finish();
    }

    private static int Int(JsonElement element, string member) => element.GetProperty(member).GetInt32();

    private static void Check(JsonElement element)
    {
        foreach (var property in element.EnumerateObject().Where(property => property.Name is not ("reasons" or "places")))
        {
            Assert.Contains($"`{property.Name}`", Page, StringComparison.Ordinal);
            var value = property.Value.ValueKind == JsonValueKind.Array && property.Value.GetArrayLength() > 0 ? property.Value[0] : property.Value;
            if (value.ValueKind == JsonValueKind.Object)
            {
                Check(value);
            }
        }
    }

    private static string Name(string member) => Capital().Replace(member, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex("^[^!]*[0-9]")]
    private static partial Regex Number();
}
