namespace WireDns.Detection.Messages;

/// <summary>
/// The event ids that a lookup stands for in Windows' logs: Sysmon's DNS query (22), the DNS client's query completed (3008) and the DNS
/// server's analytic query received (257).
/// </summary>
internal static class EventIds
{
    /// <summary>How many values a field of event ids has.</summary>
    public static int Count(DnsField field) => field == DnsField.AnyEventId ? 3 : 1;

    /// <summary>One of its values, by index.</summary>
    public static long Get(DnsField field, int index) => (field, index) switch
    {
        (DnsField.SysmonEventId, _) or (DnsField.AnyEventId, 0) => 22,
        (DnsField.DnsClientEventId, _) or (DnsField.AnyEventId, 1) => 3008,
        _ => 257,
    };
}
