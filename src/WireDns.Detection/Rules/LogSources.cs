using WireDns.Detection.Messages;
using WireDns.Sigma.Rules;

namespace WireDns.Detection.Rules;

/// <summary>The log sources that a lookup on the wire stands for. A rule for any other source is reported as not being about DNS.</summary>
public static class LogSources
{
    /// <summary>The kind of log that a source refers to.</summary>
    internal static LogKind KindOf(LogSource source) => (Word(source.Product), Word(source.Category), Word(source.Service)) switch
    {
        ("zeek", _, "dns") or ("zeek", "dns", null) => LogKind.Zeek,
        ("windows", "dns", _) => LogKind.Windows,
        (_, "dns", _) => LogKind.Network,
        (null or "windows", "dns_query", _) or (null or "windows", null, "sysmon") => LogKind.Sysmon,
        ("linux" or "macos", "dns_query", _) => LogKind.OtherDnsQuery,
        ("windows", _, "dns-client") => LogKind.DnsClient,
        ("windows", _, "dns-server-analytic") => LogKind.DnsServerAnalytic,
        (_, "network", "dns") => LogKind.Network,
        _ => LogKind.None,
    };

    /// <summary>A description of the log source; null if it is not about DNS lookups.</summary>
    public static string? Describe(LogSource source) => KindOf(source) switch
    {
        LogKind.Zeek => "a lookup as Zeek logs it (dns.log)",
        LogKind.Windows or LogKind.Network when Word(source.Category) == "dns" => "DNS queries and responses",
        LogKind.Network => "DNS on the network",
        LogKind.Sysmon => "a DNS query as Sysmon logs it (event 22)",
        LogKind.OtherDnsQuery => "a DNS query in Sysmon's words (event 22)",
        LogKind.DnsClient => "a DNS query as the Windows DNS client logs it (event 3008)",
        LogKind.DnsServerAnalytic => "a lookup as the Windows DNS server logs it (events 256 to 258)",
        _ => null,
    };

    /// <summary>
    /// The field that EventID stands for in a rule for this log source: the event numbers that a lookup has in that log, or those of any Windows log
    /// if the source says only Windows. Null if the log has no such field.
    /// </summary>
    internal static DnsField? EventIdOf(LogSource source) => KindOf(source) switch
    {
        LogKind.Sysmon or LogKind.OtherDnsQuery => DnsField.SysmonEventId,
        LogKind.DnsClient => DnsField.DnsClientEventId,
        LogKind.DnsServerAnalytic => DnsField.DnsServerEventId,
        LogKind.Windows => DnsField.AnyEventId,
        _ => null,
    };

    private static string? Word(string? text) => text?.ToLowerInvariant();
}
