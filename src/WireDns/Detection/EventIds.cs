namespace WireDns.Detection;

/// <summary>
/// The event ids that a lookup stands for in Windows' logs: Sysmon's DNS query (22), the DNS client's query completed (3008) and the DNS
/// server's analytic query received (257).
/// </summary>
internal static class EventIds
{
    /// <summary>How many there are.</summary>
    public const int Count = 3;

    /// <summary>One of them, by index.</summary>
    public static long Get(int index) => index switch
    {
        0 => 22,
        1 => 3008,
        _ => 257,
    };
}
