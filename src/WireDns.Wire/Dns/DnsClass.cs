namespace WireDns.Wire.Dns;

/// <summary>Class of a question or record: IANA "DNS CLASSes". Sixteen bits; values without a member may occur.</summary>
public enum DnsClass : ushort
{
    /// <summary>Internet.</summary>
    IN = 1,

    /// <summary>Chaos.</summary>
    CH = 3,

    /// <summary>Hesiod.</summary>
    HS = 4,

    /// <summary>None (RFC 2136): in updates, a record to delete or one that must not exist.</summary>
    NONE = 254,

    /// <summary>Any class.</summary>
    ANY = 255,
}
