namespace WireDns.Wire.Dns;

/// <summary>
/// How a server answered: IANA "DNS RCODEs". Four bits in the header, twelve with EDNS, sixteen in TSIG and TKEY records; values without
/// a member may occur.
/// </summary>
public enum DnsResponseCode : ushort
{
    /// <summary>No error condition.</summary>
    NoError = 0,

    /// <summary>The server could not read the query.</summary>
    FormErr = 1,

    /// <summary>The server failed.</summary>
    ServFail = 2,

    /// <summary>The name does not exist.</summary>
    NXDomain = 3,

    /// <summary>Not implemented.</summary>
    NotImp = 4,

    /// <summary>Refused by policy.</summary>
    Refused = 5,

    /// <summary>A name exists that should not (RFC 2136).</summary>
    YXDomain = 6,

    /// <summary>A record set exists that should not (RFC 2136).</summary>
    YXRRSet = 7,

    /// <summary>A record set that should exist does not (RFC 2136).</summary>
    NXRRSet = 8,

    /// <summary>Not authoritative for the zone (RFC 2136), or not authorised (RFC 8945).</summary>
    NotAuth = 9,

    /// <summary>A name is not in the zone (RFC 2136).</summary>
    NotZone = 10,

    /// <summary>DSO-TYPE not implemented (RFC 8490).</summary>
    DsoTypeNI = 11,

    /// <summary>EDNS version not supported (RFC 6891); in a TSIG record <c>BADSIG</c>, a signature that fails (RFC 8945).</summary>
    BadVers = 16,

    /// <summary>Key not recognised (RFC 8945).</summary>
    BadKey = 17,

    /// <summary>Signature out of its time window (RFC 8945).</summary>
    BadTime = 18,

    /// <summary>Bad TKEY mode (RFC 2930).</summary>
    BadMode = 19,

    /// <summary>Duplicate key name (RFC 2930).</summary>
    BadName = 20,

    /// <summary>Algorithm not supported (RFC 2930).</summary>
    BadAlg = 21,

    /// <summary>Bad truncation of a MAC (RFC 8945).</summary>
    BadTrunc = 22,

    /// <summary>Bad or missing server cookie (RFC 7873).</summary>
    BadCookie = 23,
}
