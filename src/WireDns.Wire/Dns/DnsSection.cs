namespace WireDns.Wire.Dns;

/// <summary>The section that a record stands in (RFC 1035 §4.1); for an UPDATE, RFC 2136 §2.2 names them otherwise.</summary>
public enum DnsSection : byte
{
    /// <summary>Answer; prerequisite in an UPDATE.</summary>
    Answer,

    /// <summary>Authority; update in an UPDATE.</summary>
    Authority,

    /// <summary>Additional.</summary>
    Additional,
}
