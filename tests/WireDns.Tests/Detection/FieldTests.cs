using WireDns.Detection.Rules;
using WireDns.Sigma.Rules;

namespace WireDns.Tests.Detection;

/// <summary>What rules see of a lookup: each field by its names, on the wire's own bytes.</summary>
public sealed class FieldTests
{
    private const string Name = "Www.Shop.example.co.uk";

    private static readonly byte[] Answer = DnsBytes.Message(
        0x1234, 0x8590, [DnsBytes.Question(Name)],
        [
            DnsBytes.Record(Name, DnsBytes.Cname, 300, DnsBytes.Name("edge.cdn.example")),
            DnsBytes.Address("edge.cdn.example", "198.51.100.7", timeToLive: 30),
            DnsBytes.Address("edge.cdn.example", "2001:db8::7", timeToLive: 31),
        ],
        [DnsBytes.Edns()]);

    private static LookupCapture Answered => new LookupCapture()
        .Query(1, DnsBytes.Query(Name, id: 0x1234))
        .Response(1.25, Answer);

    [Theory]
    // The question.
    [InlineData("query: www.shop.example.co.uk")]
    [InlineData("QueryName: WWW.SHOP.EXAMPLE.CO.UK")]
    [InlineData("QNAME|startswith: www.")]
    [InlineData("dns.question.name|endswith: .uk")]
    [InlineData("qtype_name: A")]
    [InlineData("dns.question.type: a")]
    [InlineData("qtype: 1")]
    [InlineData("QueryType: 1")]
    [InlineData("qclass: 1")]
    [InlineData("qclass_name: IN")]
    [InlineData("dns.question.class: in")]
    [InlineData("query_length: 22")]
    [InlineData("question_length|gt: 21")]
    // Parts of its name.
    [InlineData("subdomain: www.shop")]
    [InlineData("dns.question.subdomain: WWW.SHOP")]
    [InlineData("parent_domain: example.co.uk")]
    [InlineData("query_etld_plus_one: example.co.uk")]
    [InlineData("dns.question.registered_domain: example.co.uk")]
    [InlineData("dns.question.top_level_domain: co.uk")]
    // The records.
    [InlineData("record_type: CNAME")]
    [InlineData("record_type: AAAA")]
    [InlineData("answer: 198.51.100.7")]
    [InlineData("answers: edge.cdn.example")]
    [InlineData("QueryResults: '2001:db8::7'")]
    [InlineData("dns.answers.data|cidr: 2001:db8::/32")]
    [InlineData("dns.answers.name: edge.cdn.example")]
    [InlineData("dns.answers.type: cname")]
    [InlineData("dns.answers.class: IN")]
    [InlineData("dns.answers.ttl: 300")]
    [InlineData("TTLs|lt: 31")]
    [InlineData("ttl: 31")]
    [InlineData("dns.resolved_ip|cidr: 198.51.100.0/24")]
    [InlineData("dns.resolved_ip: '2001:db8::7'")]
    // Its outcome.
    [InlineData("rcode: 0")]
    [InlineData("rcode_name: NOERROR")]
    [InlineData("dns.response_code: noerror")]
    [InlineData("dns.response.code: NOERROR")]
    [InlineData("QueryStatus: 0")]
    [InlineData("rejected: false")]
    [InlineData("rtt: 0.25")]
    [InlineData("rtt|gte: 0.25")]
    // Who asked whom.
    [InlineData("src_ip: 192.0.2.10")]
    [InlineData("source.ip|cidr: 192.0.2.8/30")]
    [InlineData("id.orig_h: 192.0.2.10")]
    [InlineData("client.ip: 192.0.2.10")]
    [InlineData("src_port: 40000")]
    [InlineData("source.port: 40000")]
    [InlineData("id.orig_p: 40000")]
    [InlineData("client.port: 40000")]
    [InlineData("dst_ip: 192.0.2.53")]
    [InlineData("destination.ip: 192.0.2.53")]
    [InlineData("id.resp_h: 192.0.2.53")]
    [InlineData("server.ip: 192.0.2.53")]
    [InlineData("dst_port: 53")]
    [InlineData("destination.port: 53")]
    [InlineData("id.resp_p: 53")]
    [InlineData("server.port: 53")]
    [InlineData("proto: udp")]
    [InlineData("network.transport: UDP")]
    [InlineData("network.community_id: '1:vWNiYU/L2LZ8UOFqxS1xrqhdIFk='")]
    // The header.
    [InlineData("trans_id: 4660")]
    [InlineData("dns.id: 4660")]
    [InlineData("opcode: 0")]
    [InlineData("opcode_name: QUERY")]
    [InlineData("dns.op_code: query")]
    [InlineData("AA: true")]
    [InlineData("TC: false")]
    [InlineData("RD: true")]
    [InlineData("RA: true")]
    [InlineData("Z: 1")]
    [InlineData("dns.header_flags|all: [AA, RD, RA, CD]")]
    // Keywords.
    [InlineData("'|all': [edge.cdn, shop.example, cname, noerror, in]")]
    public void Has_the_value(string match) => Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), Answered));

    [Theory]
    [InlineData("qtype: 28")]
    [InlineData("dns.header_flags: TC")]
    [InlineData("dns.header_flags: AD")]
    [InlineData("subdomain: www")]
    [InlineData("dns.question.top_level_domain: uk")]
    [InlineData("QueryStatus: 9501")]
    [InlineData("rejected: true")]
    [InlineData("record_type: OPT")]
    [InlineData("rtt|gt: 0.25")]
    [InlineData("src_ip: 192.0.2.53")]
    public void Has_another_value(string match) => Assert.Empty(DetectionRun.AlertsOf(RuleText.Of(match), Answered));

    public static IEnumerable<TheoryDataRow<byte[], string[], string[]>> Responses =>
    [
        new(
            DnsBytes.Response(Name, responseCode: 3),
            ["rcode: 3", "rcode_name: NXDOMAIN", "QueryStatus: 9003", "rejected: 'true'", "answers: null", "dns.resolved_ip|exists: false"],
            ["rejected: false", "QueryStatus: 0"]) { Label = "a name that does not exist" },
        new(
            DnsBytes.Response(Name),
            ["rcode: 0", "QueryStatus: 9501", "rejected: true"],
            ["QueryStatus: 0", "ttl|exists: true"]) { Label = "a name without a record of the type" },
        new(
            DnsBytes.Message(1, 0x8100, [DnsBytes.Question(Name)], [], [DnsBytes.Address("ns.example", "192.0.2.1")]),
            ["rejected: false", "QueryStatus: 9501", "RA: false", "answers: null"],
            ["rejected: true", "answers: 192.0.2.1", "dns.resolved_ip: 192.0.2.1"]) { Label = "a referral" },
        new(
            DnsBytes.Message(1, 0x8180, [DnsBytes.Question(Name)], [DnsBytes.Address(Name, "192.0.2.1")], [DnsBytes.Address("a.example", "192.0.2.2"), DnsBytes.Address("b.example", "192.0.2.3")]),
            ["dns.resolved_ip: 192.0.2.1"],
            ["dns.resolved_ip: 192.0.2.2", "dns.resolved_ip: 192.0.2.3", "answers: 192.0.2.3"]) { Label = "several records after the answers" },
        new(
            DnsBytes.Message(1, 0x8180, [DnsBytes.Question(Name)], [], [DnsBytes.Edns(extendedResponseCode: 1)]),
            ["rcode: 16", "rcode_name: BADVERS", "QueryStatus: 9016", "rejected: true"],
            ["rcode: 0"]) { Label = "a code with the bits of EDNS" },
        new(
            DnsBytes.Response(Name, type: DnsBytes.Txt, answers: DnsBytes.Record(Name, DnsBytes.Txt, 0, [3, (byte)'I', (byte)'E', (byte)'X'])),
            ["answer|contains: iex", "answer: '\"IEX\"'", "record_type: TXT", "ttl: 0", "QueryStatus: 0"],
            ["dns.resolved_ip|exists: true"]) { Label = "text" },
        new(
            DnsBytes.Response(Name, type: 65, answers:
            [
                DnsBytes.Record(Name, 65, 60, [0, 1, .. DnsBytes.Name("svc.evil.example"), 0, 3, 0, 5, 1]),
                DnsBytes.Record(Name, 6, 60, [.. DnsBytes.Name("ns.evil.example"), .. DnsBytes.Name("root.evil.example"), 0, 0, 0]),
                DnsBytes.Address(Name, "192.0.2.7"),
            ]),
            ["answers: svc.evil.example", "answer: root.evil.example", "answer|startswith: '\\\\# 25 '", "dns.answers.type: HTTPS", "answer: 192.0.2.7"],
            ["answers: evil.example"]) { Label = "data that breaks after its names" },
    ];

    [Theory]
    [MemberData(nameof(Responses))]
    public void A_response_has_these_values_and_not_those(byte[] response, string[] matches, string[] others)
    {
        var capture = new LookupCapture().Response(1, response);

        Assert.All(matches, match => Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), capture)));
        Assert.All(others, match => Assert.Empty(DetectionRun.AlertsOf(RuleText.Of(match), capture)));
    }

    [Theory]
    [InlineData(".", "query: '.'", "query_length: 0", "query_octets: 1", "parent_domain: null", "subdomain: null", "dns.question.top_level_domain: null")]
    [InlineData("wpad", "query: wpad", "query_length: 4", "parent_domain: null", "subdomain: null", "dns.question.top_level_domain: wpad")]
    [InlineData("example.com", "query_length: 11", "parent_domain: example.com", "subdomain: null", "dns.question.top_level_domain: com")]
    [InlineData(@"a\.b.example.com", @"query: a\.b.example.com", "parent_domain: example.com", @"subdomain: a\.b", "query_length: 15", "query_octets: 17")]
    [InlineData("a b.example.com", @"query: a\032b.example.com", @"subdomain: a\032b", "query_length: 15", "query_octets: 17")]
    [InlineData("a.b.customer.github.io", "parent_domain: customer.github.io", "subdomain: a.b", "dns.question.top_level_domain: github.io")]
    public void A_name_has_these_parts(string name, params string[] matches)
    {
        var capture = new LookupCapture().Query(1, DnsBytes.Query(name));

        Assert.All(matches, match => Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), capture)));
    }

    [Fact]
    public void Each_question_of_a_message_has_its_parts()
    {
        var capture = new LookupCapture().Query(1, DnsBytes.Message(
            1, 0x0100, [DnsBytes.Question("wpad"), DnsBytes.Question("www.one.example"), DnsBytes.Question("mail.two.co.uk")], []));

        Assert.All(
            ["parent_domain: one.example", "parent_domain: two.co.uk", "subdomain: mail", "dns.question.top_level_domain: wpad"],
            match => Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), capture)));
        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("parent_domain: three.example"), capture));
    }

    [Theory]
    [InlineData("record_type: A")]
    [InlineData("AA: false")]
    [InlineData("answers: null")]
    [InlineData("'|all': [shop.example, in]")]
    public void A_query_without_a_response_has_what_it_carries(string match) =>
        Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), new LookupCapture().Query(1, DnsBytes.Query(Name))));

    [Fact]
    public void The_flags_of_a_query_are_its_own()
    {
        // AD and CD set, RD not.
        var capture = new LookupCapture().Query(1, DnsBytes.Message(1, 0x0030, [DnsBytes.Question(Name)], []));

        Assert.All(["RD: false", "Z: 3", "AA: false", "dns.header_flags|all: [AD, CD]"], match =>
            Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), capture)));
    }

    [Theory]
    [InlineData("Z: 3", true)]
    [InlineData("Z: 0", false)]
    [InlineData("RD: false", true)]
    [InlineData("RD: true", false)]
    [InlineData("TC: false", true)]
    [InlineData("TC: true", false)]
    [InlineData("dns.flags.truncated_response: true", true)]
    [InlineData("dns.header_flags: TC", true)]
    public void A_rule_that_waits_for_the_response_has_Z_RD_and_TC_of_the_query(string match, bool fires)
    {
        var query = DnsBytes.Message(1, 0x0030, [DnsBytes.Question(Name)], []);
        var response = DnsBytes.Message(1, 0x8300, [DnsBytes.Question(Name)], []);

        foreach (var log in new[] { "product: zeek\nservice: dns", "category: dns" })
        {
            var rule = RuleText.With($"selection:\n  rcode: 0\n  {match}\ncondition: selection", log);
            Assert.Equal(fires ? 1 : 0, DetectionRun.AlertsOf(rule, new LookupCapture().Query(1, query).Response(1.1, response)).Count);
        }
    }

    [Theory]
    [InlineData("TC: true")]
    [InlineData("RD: true")]
    public void Without_its_query_a_response_has_its_own_flags(string match) => Assert.Single(DetectionRun.AlertsOf(
        RuleText.With($"selection:\n  rcode: 0\n  {match}\ncondition: selection"),
        new LookupCapture().Response(1, DnsBytes.Message(1, 0x8300, [DnsBytes.Question(Name)], []))));

    [Theory]
    [InlineData("category: dns_query\nproduct: windows", 22)]
    [InlineData("category: dns_query", 22)]
    [InlineData("product: windows\nservice: dns-client", 3008)]
    [InlineData("product: windows\nservice: dns-server-analytic", 257)]
    public void A_lookup_is_the_event_of_the_rules_log(string logSource, int id)
    {
        foreach (var other in new[] { 22, 3008, 257, 3006 })
        {
            using var folder = new Running.TemporaryFolder();
            var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.With($"selection:\n  QueryName: {Name}\n  EventID: {other}\ncondition: selection", logSource))]);
            Assert.Equal(other == id ? 1 : 0, DetectionRun.Of(rules, WriteCapture(folder)).Alerts.Count);
        }
    }

    [Theory]
    [InlineData("category: dns\nproduct: windows", RuleCoverage.Full)]
    [InlineData("category: dns", RuleCoverage.Inert)]
    [InlineData("product: zeek\nservice: dns", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: dns-server", RuleCoverage.NotDns)]
    public void An_event_id_is_on_the_wire_for_the_logs_of_windows_alone(string logSource, object coverage)
    {
        using var folder = new Running.TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.Of("EventID: 22", logSource))]);

        Assert.Equal(coverage, Assert.Single(rules.Verdicts).Coverage);
    }

    [Theory]
    [InlineData("category: dns_query\nproduct: windows", "Channel: Microsoft-Windows-Sysmon/Operational", RuleCoverage.Full)]
    [InlineData("category: dns_query\nproduct: windows", "Provider_Name: Microsoft-Windows-Sysmon", RuleCoverage.Full)]
    [InlineData("category: dns_query\nproduct: windows", "Channel|endswith: '/Operational'", RuleCoverage.Full)]
    [InlineData("category: dns_query\nproduct: windows", "Channel: Security", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: sysmon", "Channel: Microsoft-Windows-Sysmon/Operational", RuleCoverage.Full)]
    [InlineData("product: windows\nservice: sysmon", "EventID: 1", RuleCoverage.Inert)]
    [InlineData("product: linux\ncategory: dns_query", "EventID: 22", RuleCoverage.Full)]
    [InlineData("product: windows\nservice: dns-client", "EventID: 3008", RuleCoverage.Full)]
    [InlineData("product: windows\nservice: dns-client", "EventID: 3006", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: dns-client", "EventID|gt: 3008", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: dns-client", "EventID|exists: false", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: dns-client", "EventID|neq: 3008", RuleCoverage.Inert)]
    [InlineData("product: windows\nservice: dns-server-analytic", "EventID: 256", RuleCoverage.Full)]
    [InlineData("product: windows\nservice: dns-server-analytic", "EventID: 258", RuleCoverage.Full)]
    [InlineData("product: windows\nservice: dns-server-analytic", "EventID: 259", RuleCoverage.Inert)]
    [InlineData("product: zeek\nservice: dns", "_path: dns", RuleCoverage.Full)]
    [InlineData("product: zeek\nservice: dns", "_path: http", RuleCoverage.Inert)]
    public void A_constant_of_a_log_is_decided_when_the_rule_loads(string logSource, string match, object coverage)
    {
        using var folder = new Running.TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.With($"selection:\n  QueryName: {Name}\n  {match}\ncondition: selection", logSource))]);

        var verdict = Assert.Single(rules.Verdicts);
        Assert.Equal(coverage, verdict.Coverage);
        if (verdict.Runs && !match.Contains("258", StringComparison.Ordinal))
        {
            Assert.Single(DetectionRun.Of(rules, WriteCapture(folder)).Alerts);
        }
        else if (!verdict.Runs)
        {
            Assert.Contains(match.Split('|', ':')[0], verdict.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Rules_for_several_logs_each_have_their_event()
    {
        using var folder = new Running.TemporaryFolder();
        var number = 0;
        foreach (var (source, id) in new[] { ("category: dns_query", 22), ("product: windows\nservice: dns-client", 3008), ("product: windows\nservice: dns-client", 22) })
        {
            folder.Write($"{++number}.yml", RuleText.Of($"EventID: {id}", source).Replace("d9a1", $"d9a{number}", StringComparison.Ordinal));
        }

        var alerts = DetectionRun.Of(LoadedRules.Load([folder.Path]), WriteCapture(folder)).Alerts;

        Assert.Equal(["5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a1", "5d3a1b8e-0f57-4c7e-9f0e-2a4c35b0d9a2"], alerts.Select(alert => alert.Rule.Id).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("category: dns", true)]
    [InlineData("category: DNS\nproduct: Windows", true)]
    [InlineData("category: network\nservice: dns", true)]
    [InlineData("category: process_creation\nproduct: windows", false)]
    [InlineData("product: linux\ncategory: dns_query", true)]
    [InlineData("product: macos\ncategory: dns_query", true)]
    [InlineData("product: windows\nservice: sysmon", true)]
    [InlineData("product: windows\nservice: dns-server", false)]
    public void A_log_is_about_lookups_or_said_not_to_be(string logSource, bool isAboutLookups)
    {
        using var folder = new Running.TemporaryFolder();
        var verdict = Assert.Single(LoadedRules.Load([folder.Write("rule.yml", RuleText.Of("query: a", logSource))]).Verdicts);

        Assert.Equal(isAboutLookups, verdict.Runs);
        Assert.Equal(isAboutLookups ? RuleCoverage.Full : RuleCoverage.NotDns, verdict.Coverage);
    }

    private static string WriteCapture(Running.TemporaryFolder folder) => folder.Write("capture.pcap", Answered.Bytes);
}
