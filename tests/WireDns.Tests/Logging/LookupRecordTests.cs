using System.Text;
using System.Text.Json.Nodes;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Records;
using WireDns.Parquet.Writing;

namespace WireDns.Tests.Logging;

/// <summary>A lookup as a record with every column of the DNS log: docs/dnslog.md.</summary>
public sealed class LookupRecordTests
{
    private static readonly LookupRecordFormat Format = new() { Sensor = "tap-1", ProductVersion = "1.2", Suffixes = "abc" };

    [Fact]
    public void A_record_gives_the_row_that_the_lookup_gives_octet_by_octet()
    {
        string[] captures = [.. Directory.GetFiles(TestPaths.Captures).Where(file => file.Contains(".pcap", StringComparison.Ordinal) && !file.EndsWith(".jsonl", StringComparison.Ordinal))];
        var lookups = LoggedLookups.Of(captures);
        var record = new LookupRecord();
        foreach (var lookup in lookups)
        {
            Assert.Null(record.TryRead(LoggedLookups.Written(Format, lookup)));

            var row = new RowReader(LoggedLookups.Written(new LookupRowFormat(hasIds: true), lookup));
            var about = row.ReadNumber();
            Assert.True(LoggedLookups.Written(new LookupRowFormat(hasIds: true), lookup).AsSpan()[^row.Remaining..].SequenceEqual(record.Row), lookup.ToString());
            Assert.Equal((about & LookupRowFormat.IsCut) != 0, record.IsCut);
            Assert.Equal((about & LookupRowFormat.IsOrderedByTime) != 0, record.Origin.IsOrderedByTime);
            Assert.Equal(("tap-1", "1.2", "abc", false), (record.Origin.Sensor, record.Origin.ProductVersion, record.Origin.Suffixes, record.Origin.HidesClients));
        }

        Assert.True(lookups.Count > 500, $"{lookups.Count} lookups");
    }

    [Fact]
    public void The_order_of_members_does_not_matter_and_one_of_a_newer_version_is_noted()
    {
        var lookup = Assert.Single(LoggedLookups.Of(OneLookup()));
        var json = JsonNode.Parse(LoggedLookups.Written(Format, lookup))!.AsObject();
        var turned = new JsonObject(json.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        var (record, other) = (new LookupRecord(), new LookupRecord());

        Assert.Null(record.TryRead(LoggedLookups.Written(Format, lookup)));
        Assert.Null(other.TryRead(Octets(turned)));
        Assert.True(record.Row.SequenceEqual(other.Row));
        Assert.False(other.HasUnknown);

        turned["of_2031"] = new JsonArray(1, new JsonObject { ["a"] = true });
        Assert.Null(other.TryRead(Octets(turned)));
        Assert.True(record.Row.SequenceEqual(other.Row));
        Assert.True(other.HasUnknown);
    }

    [Theory]
    [InlineData("""{"event":"lookup"}""", "it is no lookup of a DNS log")]
    [InlineData("[1]", "it is no lookup of a DNS log")]
    [InlineData("", "it is no JSON object")]
    [InlineData("{\"wiredns_lookup\":1", "it is no JSON object")]
    [InlineData("""{"wiredns_lookup":2,"ts":"2026-11-24"}""", "it is a lookup of another version")]
    [InlineData("""{"wiredns_lookup":1}""", "lookup_id is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"lookup_id":"AAAA"}""", "lookup_id is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"lookup_id":"AAAAAAAAAAAAAAAAAAAAAA=="}""", "it names no sensor or no run")]
    [InlineData("""{"wiredns_lookup":1,"sensor":"../x","run":"1","lookup_id":"AAAAAAAAAAAAAAAAAAAAAA=="}""", "it names no sensor or no run")]
    [InlineData("""{"wiredns_lookup":1,"ts":9223372036854775807}""", "ts is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"ts":1.5}""", "ts is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"qtype":4294967296}""", "qtype is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"qname":1}""", "qname is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"qname":"a","qname":"b"}""", "qname is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"qname":"\ud800"}""", "it has a text that is no Unicode")]
    [InlineData("""{"wiredns_lookup":1,"query_wire":"?"}""", "query_wire is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"dnssec_ok":1}""", "dnssec_ok is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"answers":[{"name":"a"}]}""", "answers is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"answers":[[[[[[[[[[[1]]]]]]]]]]]}""", "answers is not what it has to be")]
    [InlineData("""{"wiredns_lookup":1,"later":[[[[[[[[[[[1]]]]]]]]]]]}""", "it is no JSON object")]
    public void What_is_no_record_is_refused_with_a_reason(string json, string reason) => Assert.Equal(reason, new LookupRecord().TryRead(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Whatever_a_record_holds_reading_it_ends_with_a_row_or_a_reason()
    {
        var octets = LoggedLookups.Written(Format, Assert.Single(LoggedLookups.Of(OneLookup())));
        var random = new Random(20_261_128);
        var record = new LookupRecord();
        var bad = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var damaged = octets.ToArray();
            for (var count = random.Next(1, 4); count > 0; count--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            bad += record.TryRead(damaged) is null ? 0 : 1;
            bad += record.TryRead(octets.AsMemory(0, random.Next(octets.Length))) is null ? 0 : 1;
        }

        Assert.True(bad > 20_000, $"{bad} bad records");
        Assert.Equal("it is too long", record.TryRead(new byte[(4 << 20) + 1]));
    }

    private static byte[] Octets(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static string OneLookup()
    {
        var path = Path.Combine(Path.GetTempPath(), $"wiredns-{Guid.NewGuid():N}.pcap");
        File.WriteAllBytes(path, new LookupCapture().Lookup(7, "Www.example.com", "198.51.100.7", "198.51.100.8").Bytes);
        return path;
    }
}
