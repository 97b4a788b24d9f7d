namespace WireDns.Detection.Messages;

/// <summary>
/// The event ids that a lookup stands for in Windows' logs: Sysmon's DNS query (22), the DNS client's query completed (3008), and the DNS
/// server's analytic query received (256), response success (257) and response failure (258).
/// </summary>
internal static class EventIds
{
    /// <summary>Sysmon: a DNS query.</summary>
    public const int Sysmon = 22;

    /// <summary>The DNS client: a query is completed.</summary>
    public const int DnsClient = 3008;

    /// <summary>The DNS server: a query was received.</summary>
    public const int QueryReceived = 256;

    /// <summary>The DNS server: a response was sent whose code is 0.</summary>
    public const int ResponseSuccess = 257;

    /// <summary>The DNS server: a response was sent with another code.</summary>
    public const int ResponseFailure = 258;

    /// <summary>How many values a field of event ids has. A response stands for the server's two events: its own, and that of the query.</summary>
    public static int Count(DnsField field, bool isResponse) => field switch
    {
        DnsField.DnsServerEventId => isResponse ? 2 : 1,
        DnsField.AnyEventId => isResponse ? 4 : 3,
        _ => 1,
    };

    /// <summary>One of its values, by index.</summary>
    public static long Get(DnsField field, int index, bool isFailure) => (field, index) switch
    {
        (DnsField.SysmonEventId, _) or (DnsField.AnyEventId, 0) => Sysmon,
        (DnsField.DnsClientEventId, _) or (DnsField.AnyEventId, 1) => DnsClient,
        (DnsField.DnsServerEventId, 0) or (DnsField.AnyEventId, 2) => QueryReceived,
        _ => isFailure ? ResponseFailure : ResponseSuccess,
    };

    /// <summary>What a field of event ids holds for each kind of message: a query, a response that succeeds, one that fails.</summary>
    public static IEnumerable<long[]> Possible(DnsField field)
    {
        foreach (var (isResponse, isFailure) in new[] { (false, false), (true, false), (true, true) })
        {
            yield return [.. Enumerable.Range(0, Count(field, isResponse)).Select(index => Get(field, index, isFailure))];
        }
    }
}
