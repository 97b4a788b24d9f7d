namespace WireDns.Detection.Messages;

/// <summary>
/// The event ids that a lookup stands for in Windows logs: Sysmon's DNS query (22), the DNS client's query completed (3008), and the DNS server's
/// query received (256), response success (257) and response failure (258) in its analytic log.
/// </summary>
internal static class EventIds
{
    /// <summary>Sysmon: a DNS query.</summary>
    public const int Sysmon = 22;

    /// <summary>The DNS client: a query was completed.</summary>
    public const int DnsClient = 3008;

    /// <summary>The DNS server: a query was received.</summary>
    public const int QueryReceived = 256;

    /// <summary>The DNS server: a response with code 0 was sent.</summary>
    public const int ResponseSuccess = 257;

    /// <summary>The DNS server: a response with any other code was sent.</summary>
    public const int ResponseFailure = 258;

    /// <summary>How many values an event id field has. A response stands for two events of the server: its own, and that of its query.</summary>
    public static int Count(DnsField field, bool isResponse) => field switch
    {
        DnsField.DnsServerEventId => isResponse ? 2 : 1,
        DnsField.AnyEventId => isResponse ? 4 : 3,
        _ => 1,
    };

    /// <summary>A value of an event id field, by index from 0.</summary>
    public static long Get(DnsField field, int index, bool isFailure) => (field, index) switch
    {
        (DnsField.SysmonEventId, _) or (DnsField.AnyEventId, 0) => Sysmon,
        (DnsField.DnsClientEventId, _) or (DnsField.AnyEventId, 1) => DnsClient,
        (DnsField.DnsServerEventId, 0) or (DnsField.AnyEventId, 2) => QueryReceived,
        _ => isFailure ? ResponseFailure : ResponseSuccess,
    };

    /// <summary>The values of an event id field for each kind of message: a query, a successful response, a failed response.</summary>
    public static IEnumerable<long[]> Possible(DnsField field)
    {
        foreach (var (isResponse, isFailure) in new[] { (false, false), (true, false), (true, true) })
        {
            yield return [.. Enumerable.Range(0, Count(field, isResponse)).Select(index => Get(field, index, isFailure))];
        }
    }
}
