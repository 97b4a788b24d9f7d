using System.Globalization;

namespace WireDns.RuleTools;

/// <summary>A rule to begin with, and test cases that it passes: both with comments that say what to change. Immutable.</summary>
internal sealed record RuleTemplate
{
    /// <summary>The kinds of templates, the usual one first.</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["query", "response", "answer", "correlation", "filter"];

    /// <summary>The rule file.</summary>
    public required string Rule { get; init; }

    // The cases of its test file, one YAML list.
    private string Cases { get; init; } = "";

    /// <summary>The template of a kind, with new ids.</summary>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="today">The date of the rule.</param>
    public static RuleTemplate Make(string kind, DateOnly today)
    {
        var (id, other) = (Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        return kind switch
        {
            "response" => new RuleTemplate { Rule = Head(id, today, "A Server That Fails For A Name", "A response with an error.") + Response, Cases = CasesOf(id, ResponseCases) },
            "answer" => new RuleTemplate { Rule = Head(id, today, "An Answer In A Known Network", "A name that resolves to an address of a network.") + Answer, Cases = CasesOf(id, AnswerCases) },
            "correlation" => new RuleTemplate
            {
                Rule = Head(id, today, "Many Lookups Below One Domain By One Client", "One client looks up many different names.") + Correlation
                    + Head(other, today, "A Lookup Below The Domain", "One lookup. The correlation counts them.", $"name: lookup_{other[..8]}\n") + CorrelationRule,
                Cases = CasesOf(id, CorrelationCases),
            }.Replace("OTHER", $"lookup_{other[..8]}"),
            "filter" => new RuleTemplate
            {
                Rule = Head(id, today, "Lookups That Our Scanner Makes", "Lookups that are no incident at our site.", level: false) + Filter
                    + Head(other, today, "A Lookup Of An Unwanted Name", "The rule that is filtered.") + Query,
                Cases = CasesOf(other, FilterCases),
            }.Replace("OTHER", other),
            _ => new RuleTemplate { Rule = Head(id, today, "A Lookup Of An Unwanted Name", "A client asks for a name that it has no reason to ask for.") + Query, Cases = CasesOf(id, QueryCases) },
        };
    }

    /// <summary>The test file.</summary>
    /// <param name="rulePath">The rule file as the test file names it.</param>
    public string Test(string rulePath) => $"""
        # Test cases of {rulePath}. Run them with: wiredns rules test FILE
        # An event has the field names that the rule uses. Instead of events a case can have
        # a capture:  capture: sample.pcap
        rules: '{rulePath.Replace("'", "''", StringComparison.Ordinal)}'
        cases:

        """ + Cases;

    private RuleTemplate Replace(string word, string text) => this with { Rule = Rule.Replace(word, text, StringComparison.Ordinal) };

    private static string Head(string id, DateOnly today, string title, string description, string name = "", bool level = true) => $"""
        title: {title}
        # A UUID of its own. Alerts carry it, and other rules refer to it.
        id: {id}
        {name}status: experimental
        description: {description}
        # references:
        #     - https://example.org/where-this-is-described
        author: Your Name
        date: {today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}
        # tags:
        #     - attack.command-and-control
        #     - attack.t1071.004

        """ + (level ? "# informational, low, medium, high or critical\nlevel: medium\n" : "");

    private static string CasesOf(string id, string cases) => cases.Replace("RULE", id, StringComparison.Ordinal);

    private const string Query = """
        logsource:
            # DNS on the network. category: dns_query with product: windows is Sysmon's log.
            category: dns
        detection:
            selection:
                # The names below a domain. 'wiredns rules fields' lists the fields;
                # the values of a list are alternatives, and case does not matter.
                query|endswith:
                    - .unwanted.example
            apex:
                # The domain itself does not end with .unwanted.example.
                query: unwanted.example
            condition: selection or apex
        falsepositives:
            - Who may ask for such a name for a good reason

        """;

    private const string QueryCases = """
          - name: the domain and the names below it, in any case
            events:
              - {query: unwanted.example}
              - {query: WWW.Unwanted.Example}
            expect:
              RULE: [0, 1]
          - name: not another domain that only looks like it
            events:
              - {query: notunwanted.example}
              - {query: unwanted.example.org}
            expect: []

        """;

    private const string Response = """
        logsource:
            category: dns
        detection:
            selection:
                # NOERROR, FORMERR, SERVFAIL, NXDOMAIN, REFUSED and others. A rule that names a
                # field of the response waits for the response.
                rcode_name:
                    - SERVFAIL
                    - REFUSED
            filter_local:
                # Names that are expected to fail.
                query|endswith: .internal.example
            condition: selection and not filter_local
        falsepositives:
            - A server that is being repaired

        """;

    private const string ResponseCases = """
          - name: a response with an error
            events:
              - {query: www.example.org, rcode_name: SERVFAIL}
              - {query: www.example.org, rcode_name: refused}
            expect:
              RULE: [0, 1]
          - name: not a good response, and not a name that is expected to fail
            events:
              - {query: www.example.org, rcode_name: NOERROR}
              - {query: build.internal.example, rcode_name: SERVFAIL}
            expect: []

        """;

    private const string Answer = """
        logsource:
            category: dns
        detection:
            selection:
                # The addresses of A and AAAA records of the answer. IPv4 and IPv6 networks.
                dns.resolved_ip|cidr:
                    - 192.0.2.0/24
                    - 2001:db8:1::/48
            filter_known:
                query|endswith: .known.example
            condition: selection and not filter_known
        falsepositives:
            - Other names that are hosted in the network

        """;

    private const string AnswerCases = """
          - name: an address of the network among the answers
            events:
              - {query: www.example.org, dns.resolved_ip: [198.51.100.7, 192.0.2.7]}
              - {query: www.example.org, dns.resolved_ip: '2001:db8:1::7'}
            expect:
              RULE: [0, 1]
          - name: not another address, and not a known name
            events:
              - {query: www.example.org, dns.resolved_ip: 198.51.100.7}
              - {query: www.known.example, dns.resolved_ip: 192.0.2.7}
            expect: []

        """;

    private const string Correlation = """
        correlation:
            # event_count counts lookups, value_count the different values of a field.
            type: value_count
            rules:
                - OTHER
            group-by:
                - src_ip
            timespan: 5m
            condition:
                field: query
                gte: 3
        falsepositives:
            - Who may make that many lookups for a good reason
        ---

        """;

    private const string CorrelationRule = """
        logsource:
            category: dns
        detection:
            selection:
                query|endswith: .counted.example
            condition: selection

        """;

    private const string CorrelationCases = """
          - name: three names within five minutes
            timestamp: ts
            events:
              - {ts: 1000, src_ip: 192.0.2.1, query: a.counted.example}
              - {ts: 1100, src_ip: 192.0.2.1, query: b.counted.example}
              - {ts: 1299, src_ip: 192.0.2.1, query: c.counted.example}
            expect:
              RULE: [2]
          - name: not by two clients, not in more than five minutes, and not one name three times
            timestamp: ts
            events:
              - {ts: 1000, src_ip: 192.0.2.1, query: a.counted.example}
              - {ts: 1001, src_ip: 192.0.2.2, query: b.counted.example}
              - {ts: 1002, src_ip: 192.0.2.1, query: b.counted.example}
              - {ts: 1003, src_ip: 192.0.2.1, query: b.counted.example}
              - {ts: 1301, src_ip: 192.0.2.1, query: c.counted.example}
            expect: []

        """;

    private const string Filter = """
        # A filter narrows rules without a change to their files.
        logsource:
            # It applies to rules whose log source has these parts.
            category: dns
        filter:
            # Ids or names of rules, or any. The rule below only shows the filter at work:
            # put the ids of your rules here, and remove it with its '---'.
            rules:
                - OTHER
            selection:
                src_ip: 192.0.2.99
            # What must be true besides the rule's own condition.
            condition: not selection
        ---

        """;

    private const string FilterCases = """
          - name: the rule fires for others, and not for the scanner
            events:
              - {src_ip: 192.0.2.1, query: www.unwanted.example}
              - {src_ip: 192.0.2.99, query: www.unwanted.example}
            expect:
              RULE: [0]

        """;
}
