namespace WireDns.Wire.Dns;

/// <summary>What a message does: IANA "DNS OpCodes". Four bits; values without a member may occur.</summary>
public enum DnsOpcode : byte
{
    /// <summary>Standard query (RFC 1035).</summary>
    Query = 0,

    /// <summary>Inverse query, obsolete (RFC 3425): answers without a question.</summary>
    IQuery = 1,

    /// <summary>Server status request (RFC 1035).</summary>
    Status = 2,

    /// <summary>A zone changed (RFC 1996).</summary>
    Notify = 4,

    /// <summary>Dynamic update (RFC 2136): zone, prerequisite, update and additional sections.</summary>
    Update = 5,

    /// <summary>DNS stateful operations (RFC 8490): TLVs instead of sections.</summary>
    Dso = 6,
}
