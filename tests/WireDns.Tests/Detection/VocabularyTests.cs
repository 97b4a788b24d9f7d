using System.Text;
using WireDns.Detection;
using WireDns.Detection.Messages;
using WireDns.Detection.Rules;
using WireDns.Reading;
using WireDns.Sigma.Matching;
using WireDns.Sigma.Rules;
using WireDns.Tests.Running;

namespace WireDns.Tests.Detection;

/// <summary>Values that a field never has: reported with their place; a rule that asks for nothing else is inert.</summary>
public sealed class VocabularyTests
{
    private const string Zeek = "product: zeek\nservice: dns";

    [Theory]
    // Words.
    [InlineData("record_type: 16", "number-on-word-field", "write TXT")]
    [InlineData("record_type: '16'", "unknown-word", "write TXT")]
    [InlineData("record_type: TYPE16", "unknown-word", "write TXT")]
    [InlineData("record_type|re: '^txt$'", "unknown-word", "modifier i")]
    [InlineData("record_type|contains: QQ", "unknown-word", "a record type")]
    [InlineData("record_type|gt: 15", "number-on-word-field", "not compared with numbers")]
    [InlineData("qtype_name: [TXTT, MXX]", "unknown-word", "did you mean 'TXT'")]
    [InlineData("qtype_name: TYPE70000", "unknown-word", "a record type")]
    [InlineData("dns.answers.type: true", "unknown-word", "a record type")]
    [InlineData("rcode_name: NXDOMAN", "unknown-word", "did you mean 'NXDOMAIN'")]
    [InlineData("rcode_name: 3", "number-on-word-field", "write NXDOMAIN")]
    [InlineData("dns.response_code: Server failure", "unknown-word", "write SERVFAIL")]
    [InlineData("qclass_name: C_INTERNET", "unknown-word", "write IN")]
    [InlineData("opcode_name: QUERRY", "unknown-word", "did you mean 'QUERY'")]
    [InlineData("dns.header_flags: QR", "unknown-word", "a header flag")]
    [InlineData("proto: 17", "number-on-word-field", "write udp")]
    [InlineData("proto|all: [udp, dns]", "unknown-word", "a transport")]
    // Truth.
    [InlineData("rejected: 1", "not-a-boolean", "write true")]
    [InlineData("rejected: 'no'", "not-a-boolean", "write false")]
    [InlineData("AA: T", "not-a-boolean", "write true")]
    // Numbers.
    [InlineData("rcode: NXDOMAIN", "text-on-number-field", "write 3")]
    [InlineData("qtype: TXT", "text-on-number-field", "write 16")]
    [InlineData("dst_port: true", "text-on-number-field", "numbers")]
    [InlineData("dst_port: 65536", "number-out-of-range", "from 0 to 65535")]
    [InlineData("opcode: 16", "number-out-of-range", "from 0 to 15")]
    [InlineData("query_length|gt: 253", "number-out-of-range", "from 0 to 253")]
    [InlineData("rcode|lt: 0", "number-out-of-range", "from 0 to 4095")]
    [InlineData("query_length: '> 70'", "comparison-as-text", "modifier lt")]
    // Addresses.
    [InlineData("src_ip: 10.0.0.0/8", "cidr-as-text", "modifier cidr")]
    [InlineData("answers: 10.0.0.0/8", "cidr-as-text", "modifier cidr")]
    [InlineData("dst_ip: 2001:DB8:0:0::1", "not-an-address", "write '2001:db8::1'")]
    [InlineData("dst_ip: localhost", "not-an-address", "is not an IPv4 or IPv6 address")]
    [InlineData("dns.resolved_ip|contains: evil", "not-an-address", "is not an IPv4 or IPv6 address")]
    [InlineData("record_type|cidr: 10.0.0.0/8", "not-an-address", "no addresses")]
    // Names.
    [InlineData("query: evil.example.", "trailing-dot", "leave the dot out")]
    [InlineData("query|endswith: .evil.example.", "trailing-dot", "leave the dot out")]
    [InlineData("query: ''", "impossible-name-value", "no name is empty")]
    [InlineData("query|contains: 'abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789'", null, null)]
    [InlineData("query: 'abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789'", "impossible-name-value", "longer than 63")]
    [InlineData("parent_domain: www.evil.example", "not-a-registered-domain", "write 'evil.example'")]
    [InlineData("parent_domain|endswith: .evil.example", "not-a-registered-domain", "write 'evil.example'")]
    [InlineData("parent_domain: co.uk", "not-a-registered-domain", "public suffix")]
    [InlineData("parent_domain|endswith: .amazonaws.com", null, null)]
    [InlineData("parent_domain|endswith: .ck", null, null)]
    [InlineData("dns.question.top_level_domain: evil.com", "not-a-registered-domain", "write 'com'")]
    // What is always there.
    [InlineData("src_ip: null", "always-there", "never missing")]
    [InlineData("RD|exists: false", "always-there", "never missing")]
    [InlineData("query: null", null, null)]
    public void A_value_that_a_field_never_has_makes_a_rule_inert(string match, string? id, string? words)
    {
        var (verdict, findings) = Load(match);

        Assert.Equal(id is null ? RuleCoverage.Full : RuleCoverage.Inert, verdict.Coverage);
        Assert.Equal(id is null, findings.Count == 0);
        if (id is not null)
        {
            Assert.All(findings, finding => Assert.Equal(id, finding.Id));
            Assert.All(findings, finding => Assert.Equal((9, true), (finding.Line, finding.Column > 7)));
            Assert.Contains("line 9", verdict.Reason, StringComparison.Ordinal);
            Assert.Contains(words!, $"{findings[0].Message}; {findings[0].Suggestion}", StringComparison.Ordinal);
            Assert.Contains(id, RuleLinter.Ids);
        }
    }

    [Theory]
    [InlineData("query: https://evil.example/path", "url-as-name", "write 'evil.example'")]
    [InlineData("query: evil.example:8080", "url-as-name", "write 'evil.example'")]
    [InlineData("query: 0/25.2.0.192.in-addr.arpa", null, null)]
    [InlineData("answers: evil.example.", "trailing-dot", "leave the dot out")]
    [InlineData("answers: '\"A sentence.\"'", null, null)]
    [InlineData(@"query|re: '^EVIL\.example$'", "upper-case-in-regex", "add the modifier i")]
    [InlineData("query|re: '[A-Z2-7]{30}'", "upper-case-in-regex", "'A' misses 'a'")]
    [InlineData(@"query|re: '^[A-Za-z0-9]{30}\.\S+\x2e\D$'", null, null)]
    [InlineData(@"query|re: '(?i)EVIL'", null, null)]
    [InlineData(@"query|re|i: 'EVIL'", null, null)]
    [InlineData("answers|re: 'EVIL'", null, null)]
    [InlineData("record_type: [TXT, TXTT]", "unknown-word", "did you mean 'TXT'")]
    [InlineData("record_type|neq: TXTT", "unknown-word", "did you mean 'TXT'")]
    [InlineData("record_type|re: '^TYPE652\\d\\d$'", null, null)]
    [InlineData("record_type: TYPE65280", null, null)]
    [InlineData("qtype|contains: '2'", null, null)]
    [InlineData("rejected: 'TRUE'", null, null)]
    [InlineData("src_ip|startswith: '10.'", null, null)]
    [InlineData("dst_ip: 2001:DB8::1", null, null)]
    public void A_value_that_is_unlikely_is_said_and_the_rule_runs(string match, string? id, string? words)
    {
        var (verdict, findings) = Load(match);

        Assert.Equal(RuleCoverage.Full, verdict.Coverage);
        Assert.Equal(id is null ? [] : [id], findings.Select(finding => finding.Id));
        Assert.All(findings, finding => Assert.Contains(words!, $"{finding.Message}; {finding.Suggestion}", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("qclass_name: C_INTERNET", true)]
    [InlineData("qclass_name: IN", true)]
    [InlineData("qclass_name: C_CHAOS", false)]
    [InlineData("AA: T", true)]
    [InlineData("rejected: F", true)]
    [InlineData("rejected: T", false)]
    [InlineData("answers: 'TXT 9 v=spf1 \\x01'", false)]
    [InlineData("answers|contains: 'TXT 9 v=spf1 -'", true)]
    [InlineData("answers: '\"v=spf1 -\\001\" \"b\"'", true)]
    [InlineData(@"answers|endswith: '\x01 TXT 1 b'", true)]
    [InlineData(@"answers|re: '^TXT 9 v=spf1 -\\x01'", true)]
    [InlineData("answers: mail.example", true)]
    [InlineData("answers: '10 mail.example'", true)]
    [InlineData("answers: ns.example", true)]
    [InlineData("answers: '<unknown type=65280>'", true)]
    [InlineData(@"query: 'a\x01b.example'", true)]
    [InlineData(@"query: 'a\001b.example'", true)]
    [InlineData(@"query|endswith: '\x01'", false)]
    [InlineData("qtype_name: '\\*'", true)]
    [InlineData("qtype_name: ANY", true)]
    [InlineData("opcode_name: query", true)]
    [InlineData("query|exists: false", false)]
    public void A_rule_for_Zeeks_log_may_use_its_words(string match, bool fires)
    {
        var message = DnsBytes.Message(
            1, 0x8580, [DnsBytes.Question("a\u0001b.example", 255)],
            [
                DnsBytes.Record("a\u0001b.example", DnsBytes.Txt, 60, [9, .. "v=spf1 -\u0001"u8, 1, (byte)'b']),
                DnsBytes.Record("a\u0001b.example", 15, 60, [0, 10, .. DnsBytes.Name("mail.example")]),
                DnsBytes.Record("a\u0001b.example", 6, 60, [.. DnsBytes.Name("ns.example"), .. DnsBytes.Name("root.example"), .. new byte[20]]),
                DnsBytes.Record("a\u0001b.example", 65280, 60, [1, 2]),
            ]);

        var run = DetectionRun.OfText(RuleText.Of(match, Zeek), new LookupCapture().Response(1, message));
        Assert.Equal(RuleCoverage.Full, Assert.Single(run.Rules.Verdicts).Coverage);
        Assert.Equal(fires ? 1 : 0, run.Alerts.Count);
    }

    [Theory]
    [InlineData("qtype_name: query-65280", 65280)]
    [InlineData("qtype_name: TYPE65280", 65280)]
    [InlineData("qtype_name: WINS", 65281)]
    public void Zeek_has_words_of_its_own_for_types(string match, ushort type) =>
        Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match, Zeek), new LookupCapture().Query(1, DnsBytes.Query("a.example", type: type))));

    [Theory]
    [InlineData("product: zeek\nservice: dns", 1)]
    [InlineData("category: dns", 0)]
    public void An_mdns_answer_without_a_question_has_its_first_owner_as_Zeeks_query(string logSource, int alerts)
    {
        var capture = new LookupCapture().Response(1, DnsBytes.Message(
            0, 0x8400, [], [DnsBytes.Address("printer.local", "192.0.2.7"), DnsBytes.Address("other.local", "192.0.2.8")]));

        foreach (var match in new[] { "query: printer.local", "query|endswith: .local", "query|re: '^printer'" })
        {
            Assert.Equal(alerts, DetectionRun.AlertsOf(RuleText.Of(match, logSource), capture).Count);
        }

        Assert.Equal(1 - alerts, DetectionRun.AlertsOf(RuleText.Of("query: null", logSource), capture).Count);
        Assert.Empty(DetectionRun.AlertsOf(RuleText.Of("query: other.local", logSource), capture));
    }

    [Theory]
    [InlineData("dns.rrname: www.a.example")]
    [InlineData("dns.query: www.a.example")]
    [InlineData("query_name: www.a.example")]
    [InlineData("dns.question.etld_plus_one: a.example")]
    [InlineData("SourceIp: 192.0.2.10")]
    [InlineData("DestinationPort: 53")]
    [InlineData("id_orig_h: 192.0.2.10")]
    [InlineData("winlog.event_data.QueryName: www.a.example")]
    [InlineData("Event.EventData.QueryName: www.a.example")]
    [InlineData("data.win.eventdata.queryName: www.a.example")]
    [InlineData("zeek.dns.qtype_name: A")]
    [InlineData("suricata.eve.dns.rrname: www.a.example")]
    [InlineData("dns_question_name: www.a.example")]
    [InlineData("query.hostname: www.a.example")]
    [InlineData("answers.rdata: 198.51.100.7")]
    [InlineData("rcode_id: 0")]
    [InlineData("reply_code: NoError")]
    [InlineData("dns.rcode: NOERROR")]
    [InlineData("DnsResponseCode: 0")]
    [InlineData("src: 192.0.2.10")]
    [InlineData("dest_port: 53")]
    [InlineData("transport: udp")]
    [InlineData("SrcIpAddr: 192.0.2.10")]
    [InlineData("network.dns.questions.name: www.a.example")]
    [InlineData("principal.ip: 192.0.2.10")]
    [InlineData("DomainName: www.a.example")]
    [InlineData("dns.flags.recursion_desired: true")]
    [InlineData("dns.answers_count: 1")]
    [InlineData("dns.type: query")]
    [InlineData("dns.type: answer")]
    [InlineData("message_type: response")]
    [InlineData("'@timestamp|year': 2025")]
    public void A_name_that_another_log_gives_to_what_is_on_the_wire_works(string match)
    {
        var capture = new LookupCapture().Query(1, DnsBytes.Query("www.a.example"))
            .Response(1.1, DnsBytes.Response("www.a.example", answers: DnsBytes.Address("www.a.example", "198.51.100.7")));

        Assert.Single(DetectionRun.AlertsOf(RuleText.Of(match), capture));
    }

    [Theory]
    [InlineData("Image: evil", "the program that asked", false)]
    [InlineData("winlog.event_data.ProcessGuid: evil", "the program that asked", false)]
    [InlineData("User: evil", "the user", false)]
    [InlineData("host.name: evil", "the host's own name", false)]
    [InlineData("source.geo.country_name: evil", "what other sources know", false)]
    [InlineData("querry: evil", "did you mean 'query'?", true)]
    [InlineData("frobnicated: evil", "no field of a lookup is called so", true)]
    public void A_field_that_is_not_on_the_wire_is_said_to_be_so(string match, string words, bool isUnknown)
    {
        var (verdict, findings) = Load(match);

        Assert.Equal(RuleCoverage.Inert, verdict.Coverage);
        Assert.Contains("which no wire carries", verdict.Reason, StringComparison.Ordinal);
        Assert.Contains(words, verdict.Reason, StringComparison.Ordinal);
        Assert.Equal(isUnknown ? ["unknown-field"] : [], findings.Select(finding => finding.Id));
    }

    [Fact]
    public void Nothing_that_a_message_has_is_called_impossible()
    {
        var messages = new Values();
        var worker = new Worker(messages);
        var run = new FileRun(worker);
        string[] files = [.. Directory.GetFiles(TestPaths.Shared("torture"), "*.pcap").Order(StringComparer.Ordinal)];
        Assert.NotEmpty(files);
        run.Read(files, areMerged: false, TestContext.Current.CancellationToken);

        Assert.True(messages.Count > 1000, $"{messages.Count} values show little");
        Assert.True(messages.Refused.Count == 0, string.Join(Environment.NewLine, messages.Refused.Take(10)));
    }

    private static (RuleVerdict Verdict, IReadOnlyList<SigmaDiagnostic> Findings) Load(string match, string logSource = "category: dns")
    {
        using var folder = new TemporaryFolder();
        var rules = LoadedRules.Load([folder.Write("rule.yml", RuleText.Of(match, logSource))]);
        Assert.DoesNotContain(rules.Diagnostics, diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return (Assert.Single(rules.Verdicts), [.. rules.Lint()]);
    }

    /// <summary>Uses each value of each field of each message as a rule's value, and keeps those that the judge refuses.</summary>
    private sealed class Values : IMessageConsumer
    {
        private static readonly LogSource[] Logs =
        [
            new() { Category = "dns" }, new() { Product = "zeek", Service = "dns" }, new() { Product = "windows", Service = "dns-server-analytic" },
        ];

        private readonly DnsEvent _event = new(PublicSuffixList.Shipped) { KeepsMessage = true };
        private readonly DnsFields _fields = new();
        private readonly SigmaRuleParser _parser = new();
        private readonly HashSet<string> _seen = [];

        public List<string> Refused { get; } = [];

        public int Count => _seen.Count;

        public void Consume(in ObservedMessage message, PacketSource source)
        {
            if (!message.Verdict.IsDelivered)
            {
                return;
            }

            _event.Load(message);
            foreach (var name in FieldNames.OfSigma)
            {
                foreach (var log in Logs)
                {
                    Assert.True(_fields.TryResolve(name, log, out var field));
                    Take(name, field, field.Id);
                    if (field.SpellingsId is { } other)
                    {
                        Take(name, field, other);
                    }
                }
            }
        }

        public void FinishSource()
        {
            // All is kept.
        }

        private void Take(string name, FieldDefinition field, int id)
        {
            for (var i = 0; i < Math.Min(_event.CountValues(id), 8); i++)
            {
                var value = _event.GetValue(id, i);
                var text = value.Kind == FieldValueKind.Number ? value.Number.ToString() : Encoding.UTF8.GetString(value.Text);
                if (text.Length < 2000 && _seen.Add($"{name} {field.SpellingsId} {text}"))
                {
                    var plain = text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("*", @"\*", StringComparison.Ordinal)
                        .Replace("?", @"\?", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal);
                    var rule = Assert.Single(_parser.Parse("rule", RuleText.Of($"'{name}': '{plain}'")).Rules);
                    var match = ((SelectionUse)rule.Detection.Root).Selection.Node;
                    var leaf = match as FieldMatch ?? (FieldMatch)((AllOf)match).Nodes[0];
                    if (ValueJudge.Find(Assert.Single(leaf.Values), field) is { IsNever: true } fault)
                    {
                        Refused.Add($"{name}: {text}: {fault.Message}");
                    }
                }
            }
        }
    }
}
