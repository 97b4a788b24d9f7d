using System.Text;
using WireDns.Detection.Messages;

namespace WireDns.Detection.Rules;

/// <summary>
/// The names that logs give to the fields of a lookup: those of Sigma's taxonomies, and those of other products, so that rules written with them run.
/// docs/fields.md has those of Sigma for readers; wiredns rules fields -v lists all.
/// </summary>
internal static class FieldNames
{
    // Objects in which products nest the fields of an event. The last is tried after all others.
    private static readonly string[] Containers =
    [
        "winlog.event_data.", "Event.EventData.", "EventData.", "event_data.", "Event.System.", "System.", "data.win.eventdata.", "data.win.system.",
        "zeek.dns.", "zeek.", "suricata.eve.", "suricata.", "eve.", "jsonPayload.", "network.", "dns.",
    ];

    private static readonly (DnsField Field, string[] Names)[] Sigma =
    [
        (DnsField.QuestionName, ["query", "QueryName", "QNAME", "dns.question.name"]),
        (DnsField.RecordType, ["record_type"]),
        (DnsField.QuestionType, ["qtype_name", "dns.question.type"]),
        (DnsField.QuestionTypeNumber, ["qtype", "QueryType"]),
        (DnsField.QuestionClassNumber, ["qclass"]),
        (DnsField.QuestionClass, ["qclass_name", "dns.question.class"]),
        (DnsField.AnswerData, ["answer", "answers", "QueryResults", "dns.answers.data"]),
        (DnsField.AnswerName, ["dns.answers.name"]),
        (DnsField.AnswerType, ["dns.answers.type"]),
        (DnsField.AnswerClass, ["dns.answers.class"]),
        (DnsField.AnswerTimeToLive, ["dns.answers.ttl", "TTLs", "ttl"]),
        (DnsField.AnswerCount, ["dns.answers_count", "answer_count", "total_answers"]),
        (DnsField.Subdomain, ["subdomain", "dns.question.subdomain"]),
        (DnsField.RegisteredDomain, ["parent_domain", "query_etld_plus_one", "dns.question.registered_domain"]),
        (DnsField.PublicSuffix, ["dns.question.top_level_domain"]),
        (DnsField.ResolvedAddress, ["dns.resolved_ip"]),
        (DnsField.ResponseCodeNumber, ["rcode"]),
        (DnsField.ResponseCode, ["rcode_name", "dns.response_code", "dns.response.code"]),
        (DnsField.QueryStatus, ["QueryStatus"]),
        (DnsField.Rejected, ["rejected"]),
        (DnsField.RoundTripTime, ["rtt"]),
        (DnsField.ClientAddress, ["src_ip", "source.ip", "id.orig_h", "client.ip"]),
        (DnsField.ClientPort, ["src_port", "source.port", "id.orig_p", "client.port"]),
        (DnsField.ServerAddress, ["dst_ip", "destination.ip", "id.resp_h", "server.ip"]),
        (DnsField.ServerPort, ["dst_port", "destination.port", "id.resp_p", "server.port"]),
        (DnsField.Transport, ["proto", "network.transport"]),
        (DnsField.MessageId, ["trans_id", "dns.id"]),
        (DnsField.MessageKind, ["dns.type"]),
        (DnsField.MessageTime, ["@timestamp", "ts", "UtcTime"]),
        (DnsField.OpcodeNumber, ["opcode"]),
        (DnsField.Opcode, ["opcode_name", "dns.op_code"]),
        (DnsField.AuthoritativeAnswer, ["AA"]),
        (DnsField.TruncatedAnswer, ["TC"]),
        (DnsField.RecursionDesired, ["RD"]),
        (DnsField.RecursionAvailable, ["RA"]),
        (DnsField.AuthenticData, ["AD"]),
        (DnsField.CheckingDisabled, ["CD"]),
        (DnsField.ReservedBits, ["Z"]),
        (DnsField.HeaderFlags, ["dns.header_flags"]),
        (DnsField.Malformed, ["dns.malformed"]),
        (DnsField.QuestionLength, ["query_length", "question_length"]),
        (DnsField.QuestionOctets, ["query_octets"]),
        (DnsField.CommunityId, ["network.community_id"]),
    ];

    // The spellings of Suricata's EVE, Packetbeat, OCSF, Splunk's CIM, ASIM and Microsoft Sentinel's DnsEvents, CrowdStrike's Falcon, Google's UDM,
    // Amazon's Route 53, Wireshark.
    private static readonly (DnsField Field, string[] Names)[] Others =
    [
        (DnsField.QuestionName,
        [
            "dns.query", "dns.rrname", "dns.queries.rrname", "dns.query.rrname", "query_name", "query.hostname", "DnsQuery", "DomainName", "domain", "dns_query",
            "dns.questions.name", "dns.qry.name", "DnsQueryString",
        ]),
        (DnsField.QuestionType, ["dns.rrtype", "dns.queries.rrtype", "dns.query.rrtype", "query_type", "query.type", "DnsQueryTypeName", "QueryTypeName"]),
        (DnsField.QuestionTypeNumber, ["DnsQueryType", "RequestType", "dns.questions.type", "dns.qry.type"]),
        (DnsField.QuestionClass, ["query_class", "query.class", "DnsQueryClassName"]),
        (DnsField.QuestionClassNumber, ["DnsQueryClass", "dns.questions.class", "dns.qry.class"]),
        (DnsField.AnswerData, ["dns.answers.rdata", "answers.rdata", "dns.rdata", "rdata", "DnsResponseName", "ResponseName"]),
        (DnsField.AnswerName, ["dns.answers.rrname", "answers.name", "dns.resp.name"]),
        (DnsField.AnswerType, ["dns.answers.rrtype", "answers.type"]),
        (DnsField.AnswerClass, ["answers.class"]),
        (DnsField.AnswerTimeToLive, ["answers.ttl", "dns.resp.ttl", "dns.ttl"]),
        (DnsField.AnswerCount, ["answers_count", "dns.count.answers"]),
        (DnsField.RegisteredDomain, ["dns.question.etld_plus_one", "etld_plus_one", "registered_domain"]),
        (DnsField.PublicSuffix, ["top_level_domain"]),
        (DnsField.ResolvedAddress, ["resolved_ip", "dns.grouped.A", "dns.grouped.AAAA", "IPAddresses", "IP4Records", "IP6Records", "dns.a", "dns.aaaa"]),
        (DnsField.ResponseCode, ["dns.rcode", "reply_code", "DnsResponseCodeName", "response_code", "ResponseCodeName"]),
        (DnsField.ResponseCodeNumber, ["rcode_id", "reply_code_id", "DnsResponseCode", "ResultCode", "dns.flags.rcode"]),
        (DnsField.ClientAddress,
        [
            "SourceIp", "src", "srcip", "source_ip", "src_addr", "srcaddr", "source.address", "client.address", "SourceAddress", "ClientIP", "ClientIPAddress", "c-ip",
            "orig_h", "SrcIpAddr", "src_endpoint.ip", "principal.ip",
        ]),
        (DnsField.ClientPort, ["SourcePort", "srcport", "client_port", "c-port", "orig_p", "SrcPortNumber", "src_endpoint.port", "principal.port", "sport"]),
        (DnsField.ServerAddress,
        [
            "DestinationIp", "dest", "dst", "dest_ip", "destip", "dstip", "destination_ip", "dest_addr", "dst_addr", "dstaddr", "destination.address", "server.address",
            "DestinationAddress", "DestAddress", "ServerIP", "s-ip", "resp_h", "DstIpAddr", "dst_endpoint.ip", "target.ip",
        ]),
        (DnsField.ServerPort,
        [
            "DestinationPort", "dest_port", "destport", "dstport", "s-port", "resp_p", "DstPortNumber", "dst_endpoint.port", "target.port", "dport",
        ]),
        (DnsField.Transport, ["Protocol", "transport", "network.ip_protocol", "NetworkProtocol", "connection_info.protocol_name", "ip_proto"]),
        (DnsField.MessageId, ["transaction_id", "XID", "query.packet_uid"]),
        (DnsField.MessageKind, ["message_type"]),
        (DnsField.MessageTime, ["timestamp", "_time", "TimeGenerated", "TimeCreated", "event.created"]),
        (DnsField.Opcode, ["query.opcode"]),
        (DnsField.OpcodeNumber, ["query.opcode_id", "dns.opcode", "dns.flags.opcode"]),
        (DnsField.AuthoritativeAnswer, ["dns.aa", "dns.flags.authoritative", "DnsFlagsAuthoritative"]),
        (DnsField.TruncatedMessage, ["dns.tc", "dns.flags.truncated", "dns.flags.truncated_response", "DnsFlagsTruncated"]),
        (DnsField.RecursionDesired, ["dns.rd", "dns.flags.recursion_desired", "dns.flags.recdesired", "DnsFlagsRecursionDesired"]),
        (DnsField.RecursionAvailable, ["dns.ra", "dns.flags.recursion_available", "dns.flags.recavail", "DnsFlagsRecursionAvailable"]),
        (DnsField.AuthenticData, ["dns.ad", "dns.flags.authentic_data", "dns.flags.authenticated", "DnsFlagsAuthenticated"]),
        (DnsField.CheckingDisabled, ["dns.cd", "dns.flags.checking_disabled", "dns.flags.checkdisable", "DnsFlagsCheckingDisabled"]),
        (DnsField.CommunityId, ["community_id"]),
    ];

    private static readonly Dictionary<string, DnsField> Exact = Build(name => name);
    private static readonly Dictionary<string, DnsField> Plain = Build(Simplify);

    /// <summary>The names from Sigma's taxonomies.</summary>
    public static IReadOnlyCollection<string> OfSigma { get; } = [.. Sigma.SelectMany(row => row.Names)];

    /// <summary>The names used by other products.</summary>
    public static IReadOnlyCollection<string> OfOthers { get; } = [.. Others.SelectMany(row => row.Names)];

    /// <summary>The names of one field from Sigma's taxonomies, the usual one first.</summary>
    public static IReadOnlyList<string> SigmaOf(DnsField field) => Of(Sigma, field);

    /// <summary>The names of one field in other products.</summary>
    public static IReadOnlyList<string> OthersOf(DnsField field) => Of(Others, field);

    /// <summary>
    /// Finds a field by its name in any case. If there is no such name, ignores dots, hyphens, underscores and a container prefix
    /// (<c>winlog.event_data.QueryName</c>, <c>id_orig_h</c>).
    /// </summary>
    public static bool TryFind(string name, out DnsField field)
    {
        if (Exact.TryGetValue(name, out field) || Plain.TryGetValue(Simplify(name), out field))
        {
            return true;
        }

        foreach (var inner in Within(name))
        {
            if (Exact.TryGetValue(inner, out field) || Plain.TryGetValue(Simplify(inner), out field))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The name without its container prefix, once for each container that matches.</summary>
    public static IEnumerable<string> Within(string name) =>
        Containers.Where(container => name.Length > container.Length && name.StartsWith(container, StringComparison.OrdinalIgnoreCase)).Select(container => name[container.Length..]);

    /// <summary>The name in lower case, without separators between its words.</summary>
    public static string Simplify(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name.Where(char.IsAsciiLetterOrDigit))
        {
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static string[] Of((DnsField Field, string[] Names)[] rows, DnsField field) => [.. rows.Where(row => row.Field == field).SelectMany(row => row.Names)];

    // If two names become the same, the first one wins.
    private static Dictionary<string, DnsField> Build(Func<string, string> form)
    {
        var names = new Dictionary<string, DnsField>(StringComparer.OrdinalIgnoreCase);
        foreach (var (field, spellings) in Sigma.Concat(Others))
        {
            foreach (var name in spellings)
            {
                names.TryAdd(form(name), field);
            }
        }

        return names;
    }
}
