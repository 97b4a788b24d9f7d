using System.Text;
using WireDns.Detection.Intel;

namespace WireDns.Detection.Tests.Intel;

/// <summary>Files of indicators, as feeds and platforms write them.</summary>
public sealed class IntelFileTests
{
    private const string Bundle = """
        {"type": "bundle", "id": "bundle--6f1b7a52-8f0e-4b79-9a2b-0c6c0e4f9f01", "objects": [
          {"type": "identity", "id": "identity--1", "name": "Vendor"},
          {"type": "indicator", "spec_version": "2.1", "id": "indicator--a1", "name": "3CX C2", "pattern_type": "stix",
           "pattern": "[domain-name:value = 'C2.evil.example' OR ipv4-addr:value = '192.0.2.7']", "valid_from": "2026-01-01T00:00:00Z",
           "valid_until": "2026-06-01T00:00:00.5Z", "confidence": 85, "labels": ["apt", "supply chain"], "indicator_types": ["malicious-activity"]},
          {"type": "indicator", "id": "indicator--a2", "pattern_type": "stix", "pattern": "[domain-name:value IN ('one.evil.example', 'two.evil.example')] OR [domain-name:value LIKE '%.below.example']"},
          {"type": "indicator", "id": "indicator--a3", "pattern_type": "stix", "pattern": "[domain-name:value = 'x.evil.example' AND ipv4-addr:value = '192.0.2.7']"},
          {"type": "indicator", "id": "indicator--a4", "pattern_type": "stix", "pattern": "[file:hashes.MD5 = 'd41d8cd98f00b204e9800998ecf8427e']"},
          {"type": "indicator", "id": "indicator--a5", "pattern_type": "stix", "revoked": true, "pattern": "[domain-name:value = 'gone.evil.example']"},
          {"type": "indicator", "id": "indicator--a6", "pattern_type": "sigma", "pattern": "title: x"},
          {"type": "indicator", "id": "indicator--a7", "pattern_type": "stix", "pattern": "[domain-name:value MATCHES '^a']"},
          {"type": "domain-name", "id": "domain-name--d1", "value": "observed.example"}
        ]}
        """;

    private const string MispEvent = """
        {"response": [{"Event": {"id": "7", "info": "Campaign", "Tag": [{"name": "tlp:green"}],
          "Attribute": [
            {"uuid": "u1", "type": "domain", "category": "Network activity", "to_ids": true, "value": "evil.example", "first_seen": "2026-01-02T03:04:05+00:00",
             "Tag": [{"name": "misp:confidence-level=\"usually-confident\"", "colour": "#fff"}]},
            {"uuid": "u2", "type": "hostname", "to_ids": "1", "value": "www.bad.example", "comment": "seen"},
            {"uuid": "u3", "type": "domain|ip", "to_ids": true, "value": "pair.example|192.0.2.1"},
            {"uuid": "u4", "type": "url", "to_ids": true, "value": "http://host.example/path"},
            {"uuid": "u5", "type": "url", "to_ids": true, "value": "http://whole.example:8080/"},
            {"uuid": "u6", "type": "ip-dst", "to_ids": true, "value": "192.0.2.1"},
            {"uuid": "u7", "type": "domain", "to_ids": false, "value": "context.example"},
            {"uuid": "u8", "type": "domain", "to_ids": true, "deleted": true, "value": "deleted.example"}],
          "Object": [{"name": "domain-ip", "Attribute": [{"uuid": "u9", "type": "domain", "to_ids": true, "value": "inner.example"}]}]}}]}
        """;

    public static IEnumerable<TheoryDataRow<string, string, string[]>> Sound =>
    [
        new("# feed\n evil.example # x\nEVIL2.example.\n", "list", ["evil.example", "evil2.example"]) { Label = "a list" },
        new("\uFEFFevil.example\r\n", "list", ["evil.example"]) { Label = "a byte order mark, line ends of Windows" },
        new("*.evil.example\n.bad.example\n", "list", ["evil.example", "bad.example"]) { Label = "forms that stand for the names below" },
        new("evil[.]example\nbad(dot)example\nhxxps[:]//c2[.]example/\nhxxp://port.example:8080\n", "list", ["evil.example", "bad.example", "c2.example", "port.example"]) { Label = "defanged" },
        new("[Adblock Plus]\n! a comment\n||ads.example^\n||more.example^$third-party\n@@||good.example^\n", "list", ["ads.example", "more.example"]) { Label = "for an ad blocker" },
        new("bücher.example\n", "list", ["xn--bcher-kva.example"]) { Label = "in its own letters" },
        new("127.0.0.1 localhost\n0.0.0.0 evil.example www.evil.example # x\n10.0.0.5 file.server.example\n:: six.example\n", "hosts", ["evil.example", "www.evil.example", "six.example"]) { Label = "a hosts file" },
        new("$ORIGIN rpz.example.\n@ SOA a. b. 1 2 3 4 5\nevil.example CNAME .\n*.evil.example CNAME .\ngood.example CNAME rpz-passthru.\n32.1.2.0.192.rpz-ip CNAME .\n", "rpz", ["evil.example"]) { Label = "a policy zone" },
        new(Bundle, "stix", ["c2.evil.example", "one.evil.example", "two.evil.example", "below.example"]) { Label = "a bundle" },
        new(MispEvent, "misp", ["evil.example", "www.bad.example", "pair.example", "whole.example", "inner.example"]) { Label = "an event of MISP" },
        new("""{"response": {"Attribute": [{"type": "domain", "value": "evil.example", "uuid": "u"}]}}""", "misp", ["evil.example"]) { Label = "attributes of MISP" },
        new("uuid,event_id,category,type,value,comment,to_ids,date,attribute_tag\nu1,1,\"Network activity\",domain,evil.example,\"a, b\",1,20260101,\"tlp:red,x\"\nu2,1,Payload,md5,d41d8,,1,20260101,\nu3,1,N,hostname,no.example,,0,20260101,\n",
            "misp", ["evil.example"]) { Label = "a CSV export of MISP" },
        new("{\"type\":\"indicator\",\"id\":\"indicator--1\",\"pattern\":\"[domain-name:value='a.example']\"}\n{\"type\":\"indicator\",\"id\":\"indicator--2\",\"pattern\":\"[domain-name:value='b.example']\"}\n",
            "stix", ["a.example", "b.example"]) { Label = "an object a line" },
    ];

    [Theory]
    [MemberData(nameof(Sound))]
    public void Reads_the_names_of_each_format(string content, string format, string[] names)
    {
        var list = Read(content);

        Assert.Null(list.Fault);
        Assert.Equal(format, list.Format);
        Assert.Equal(names, list.Names);
    }

    [Fact]
    public void Counts_what_a_bundle_has_besides_by_reason()
    {
        var list = Read(Bundle);

        Assert.Equal(
            new Dictionary<IntelRefusal, long> { [IntelRefusal.NotAName] = 1, [IntelRefusal.Pattern] = 3, [IntelRefusal.Observed] = 1, [IntelRefusal.TakenBack] = 1 }, list.Refused);
        Assert.Equal(
            new Dictionary<IntelRefusal, long> { [IntelRefusal.UrlPath] = 1, [IntelRefusal.NotAName] = 1, [IntelRefusal.TakenBack] = 1, [IntelRefusal.NotForDetection] = 1 }, Read(MispEvent).Refused);
    }

    [Fact]
    public void Keeps_what_the_source_says_of_an_indicator()
    {
        var list = Read(Bundle);
        var stix = list.Describe(list.Find("a.C2.evil.example"u8, null));

        Assert.Equal(("c2.evil.example", "test", "test.txt", 3, "indicator--a1", "3CX C2", 85, "High"),
            (stix.Name, stix.List, stix.File, stix.Line, stix.Id, stix.Title, stix.Confidence, stix.ConfidenceWord));
        Assert.Equal(["apt", "supply chain", "malicious-activity"], stix.Labels);
        Assert.Equal((1_767_225_600, 1_780_272_000), (stix.ValidFrom, stix.ValidUntil));

        list = Read(MispEvent);
        var misp = list.Describe(list.Find("evil.example"u8, null));
        Assert.Equal(("u1", "Campaign", 75, 1_767_323_045L), (misp.Id, misp.Title, misp.Confidence, misp.ValidFrom));
        Assert.Equal("Campaign", list.Describe(list.Find("inner.example"u8, null)).Title);
    }

    [Fact]
    public void Covers_a_name_by_whole_labels_and_the_most_specific_indicator()
    {
        var list = Read("evil.example\na.evil.example\n");

        Assert.Equal("evil.example", NameFor("evil.example"));
        Assert.Equal("evil.example", NameFor("WWW.Evil.Example"));
        Assert.Equal("a.evil.example", NameFor("x.a.evil.example"));
        Assert.Null(NameFor("notevil.example"));
        Assert.Null(NameFor(@"not\.evil.example"));
        Assert.Null(NameFor("example"));
        Assert.Null(NameFor(""));

        string? NameFor(string name) => list.Find(Encoding.ASCII.GetBytes(name), null) is >= 0 and var found ? list.Describe(found).Name : null;
    }

    [Theory]
    [InlineData("com\nevil.example\n", "test.txt:1:1: 'com' is a public suffix: everybody's names are below it")]
    [InlineData("evil.example\n  co.uk\n", "test.txt:2:3: 'co.uk' is a public suffix: everybody's names are below it")]
    [InlineData("evil.example\nbad name\n", "test.txt:2:1: expected a domain name, found 'bad name'")]
    [InlineData("evil.example\na..example\n", "test.txt:2:1: expected a domain name, found 'a..example'")]
    [InlineData("evil.example\n\u001b[31mred.example\n", @"test.txt:2:1: expected a domain name, found '\u{1b}[31mred.example'")]
    [InlineData("0.0.0.0 evil.example\n0.0.0.0   under_a.b_c-.example x!.example\n", "test.txt:2:32: expected a domain name, found 'x!.example'")]
    [InlineData("[{\"type\": \"indicator\", \"id\": \"indicator--1\", \"pattern\": \"[domain-name:value='evil.example']\"},\n{\"type\": \"indicator\", \"id\": \"1\", \"pattern\": \"[domain-name:value='b.example']\"}]", "test.txt:2:1: expected an indicator with an id as indicator--UUID, found '1'")]
    [InlineData("0.0.0.0 evil.example\nnonsense\n", "test.txt:2:1: expected an address and the names after it, found 'nonsense'")]
    public void Says_where_something_is_wrong_and_uses_the_rest(string content, string message)
    {
        var list = Read(content);

        Assert.Null(list.Fault);
        Assert.Contains("evil.example", list.Names);
        Assert.Equal([message], list.Messages);
    }

    [Fact]
    public void Says_three_places_of_a_kind_and_counts_them_all()
    {
        var list = Read("evil.example\n" + string.Concat(Enumerable.Repeat("bad name\n", 1000)));

        Assert.Equal(3, list.Messages.Count);
        Assert.Equal(1000, list.Refused[IntelRefusal.InvalidName]);
    }

    [Fact]
    public void A_name_that_is_given_again_holds_as_long_as_the_longest()
    {
        var list = Read("""
            [{"type":"indicator","id":"indicator--1","pattern":"[domain-name:value='a.example']","valid_until":"2026-01-01T00:00:00Z"},
             {"type":"indicator","id":"indicator--2","pattern":"[domain-name:value='a.example']","valid_until":"2027-01-01T00:00:00Z"},
             {"type":"indicator","id":"indicator--3","pattern":"[domain-name:value='a.example']","valid_until":"2026-06-01T00:00:00Z"}]
            """);

        Assert.Equal((1, 2), (list.Count, list.Duplicates));
        Assert.Equal("indicator--2", list.Describe(list.Find("a.example"u8, null)).Id);
        Assert.Equal(0, list.Find("a.example"u8, DateTimeOffset.Parse("2026-12-31T23:59:59Z", null).ToUnixTimeSeconds()));
        Assert.Equal(-1, list.Find("a.example"u8, DateTimeOffset.Parse("2027-01-01T00:00:00Z", null).ToUnixTimeSeconds()));
        Assert.Equal((0, 1), (list.CountExpired(DateTimeOffset.Parse("2026-12-31T00:00:00Z", null)), list.CountExpired(DateTimeOffset.Parse("2027-02-01T00:00:00Z", null))));
    }

    [Theory]
    [InlineData("", "test.txt:1:1: expected at least one domain name that can be an indicator, found none")]
    [InlineData("com\n", "test.txt:1:1: expected at least one domain name that can be an indicator, found none")]
    [InlineData("{\"a\": 1}", "test.txt:1:1: expected a bundle of STIX or an export of MISP, found other JSON")]
    [InlineData("{\"objects\": [\n  {\"id\": oops}]}", "test.txt:2:10: this is no JSON")]
    [InlineData("{\"objects\": [", "test.txt:1:14: expected more JSON, found the end of the file")]
    public void Says_why_nothing_can_be_used(string content, string fault) => Assert.Equal(fault, Read(content).Fault);

    [Fact]
    public void A_list_that_ends_in_the_middle_keeps_what_came_before()
    {
        var list = Read(Bundle[..Bundle.IndexOf("indicator--a3", StringComparison.Ordinal)]);

        Assert.Equal(4, list.Count);
        Assert.EndsWith("expected more JSON, found the end of the file", list.Fault);
    }

    [Fact]
    public void Deep_long_and_endless_files_take_bounded_memory_and_say_so()
    {
        Assert.EndsWith("objects and arrays are more than 64 deep", Read("[{\"a\":" + string.Concat(Enumerable.Repeat("[", 100_000))).Fault);
        Assert.EndsWith("a text is longer than 1 MiB", Read("[{\"a\":\"" + new string('x', 3 << 20)).Fault);
        Assert.EndsWith("a line is longer than 1 MiB", Read(new string('x', 3 << 20)).Fault);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var list = IntelFile.Read(new RepeatedText("evil.example\n", 500_000), "test", "test.txt", null);
        Assert.Equal((1, 499_999), (list.Count, list.Duplicates));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [MemberData(nameof(Sound))]
    public void No_cut_and_no_mutation_of_a_file_throws(string content, string format, string[] names)
    {
        Assert.NotEmpty(format);
        Assert.NotEmpty(names);
        var octets = Encoding.UTF8.GetBytes(content);
        for (var length = 0; length < octets.Length; length++)
        {
            Read(octets[..length]);
        }

        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var mutated = octets.ToArray();
            for (var change = 0; change < 3; change++)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            Assert.All(Read(mutated).Messages, message => Assert.DoesNotContain(message, char.IsControl));
        }
    }

    private static IntelList Read(string content) => Read(Encoding.UTF8.GetBytes(content));

    private static IntelList Read(byte[] content) => IntelFile.Read(new MemoryStream(content), "test", "test.txt", null);

    /// <summary>A text over and over, without the memory for it.</summary>
    private sealed class RepeatedText(string text, int count) : Stream
    {
        private readonly byte[] _octets = Encoding.UTF8.GetBytes(text);
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int wanted)
        {
            var read = 0;
            for (; read < wanted && _position < (long)count * _octets.Length; read++, _position++)
            {
                buffer[offset + read] = _octets[(int)(_position % _octets.Length)];
            }

            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int wanted) => throw new NotSupportedException();
    }
}
