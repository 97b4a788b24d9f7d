using WireDns.Detection.Messages;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>The log sources that a lookup on the wire stands for. A rule for another one is not about DNS, and is said to be so.</summary>
internal static class LogSources
{
    /// <summary>What the log source is to us, in words; null where it is not about DNS lookups.</summary>
    public static string? Describe(LogSource source) => (Word(source.Product), Word(source.Category), Word(source.Service)) switch
    {
        (_, "dns", _) => "DNS queries and responses",
        (null or "windows", "dns_query", _) => "a DNS query as Sysmon logs it (event 22)",
        ("windows", _, "dns-client") => "a DNS query as the Windows DNS client logs it (event 3008)",
        ("windows", _, "dns-server-analytic") => "a DNS query as the Windows DNS server logs it (event 257)",
        ("zeek", _, "dns") => "a lookup as Zeek logs it (dns.log)",
        (_, "network", "dns") => "DNS on the network",
        _ => null,
    };

    /// <summary>
    /// What the field EventID is in a rule for the log source: the one event that a lookup stands for there, or any of them where the source is
    /// Windows and no more is said. Null where the log has no such field.
    /// </summary>
    public static DnsField? EventIdOf(LogSource source) => (Word(source.Product), Word(source.Category), Word(source.Service)) switch
    {
        (null or "windows", "dns_query", _) => DnsField.SysmonEventId,
        ("windows", _, "dns-client") => DnsField.DnsClientEventId,
        ("windows", _, "dns-server-analytic") => DnsField.DnsServerEventId,
        ("windows", "dns", _) => DnsField.AnyEventId,
        _ => null,
    };

    private static string? Word(string? text) => text?.ToLowerInvariant();
}
