namespace WireDns.Wire.Dns;

/// <summary>What extended DNS errors mean: IANA "Extended DNS Error Codes" (RFC 8914 §4).</summary>
internal static class DnsExtendedErrorText
{
    /// <summary>The meaning as the registry has it, in ASCII, or empty where the code is not assigned.</summary>
    public static ReadOnlySpan<byte> Get(ushort code) => code switch
    {
        0 => "Other Error"u8,
        1 => "Unsupported DNSKEY Algorithm"u8,
        2 => "Unsupported DS Digest Type"u8,
        3 => "Stale Answer"u8,
        4 => "Forged Answer"u8,
        5 => "DNSSEC Indeterminate"u8,
        6 => "DNSSEC Bogus"u8,
        7 => "Signature Expired"u8,
        8 => "Signature Not Yet Valid"u8,
        9 => "DNSKEY Missing"u8,
        10 => "RRSIGs Missing"u8,
        11 => "No Zone Key Bit Set"u8,
        12 => "NSEC Missing"u8,
        13 => "Cached Error"u8,
        14 => "Not Ready"u8,
        15 => "Blocked"u8,
        16 => "Censored"u8,
        17 => "Filtered"u8,
        18 => "Prohibited"u8,
        19 => "Stale NXDOMAIN Answer"u8,
        20 => "Not Authoritative"u8,
        21 => "Not Supported"u8,
        22 => "No Reachable Authority"u8,
        23 => "Network Error"u8,
        24 => "Invalid Data"u8,
        25 => "Signature Expired before Valid"u8,
        26 => "Too Early"u8,
        27 => "Unsupported NSEC3 Iterations Value"u8,
        28 => "Unable to conform to policy"u8,
        29 => "Synthesized"u8,
        30 => "Invalid Query Type"u8,
        _ => default,
    };
}
