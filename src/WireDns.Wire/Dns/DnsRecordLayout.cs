namespace WireDns.Wire.Dns;

/// <summary>
/// What the data of a type is made of, as a string of <see cref="DnsRecordField"/> letters, in the order of wire and text alike.
/// </summary>
internal static class DnsRecordLayout
{
    /// <summary>The layout of a type, or empty where it has none and is written as RFC 3597 §5 says.</summary>
    public static ReadOnlySpan<byte> Get(DnsRecordType type) => type switch
    {
        DnsRecordType.A => "4"u8,
        DnsRecordType.AAAA => "6"u8,
        DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR or DnsRecordType.DNAME or DnsRecordType.MB or DnsRecordType.MD
            or DnsRecordType.MF or DnsRecordType.MG or DnsRecordType.MR or DnsRecordType.NSAPPTR => "n"u8,
        DnsRecordType.TXT or DnsRecordType.SPF or DnsRecordType.AVC or DnsRecordType.NINFO or DnsRecordType.RESINFO
            or DnsRecordType.WALLET or DnsRecordType.CLA or DnsRecordType.ISDN => "Q"u8,
        DnsRecordType.SOA => "nnlllll"u8,
        DnsRecordType.MX or DnsRecordType.KX or DnsRecordType.RT or DnsRecordType.AFSDB or DnsRecordType.LP => "sn"u8,
        DnsRecordType.HTTPS or DnsRecordType.SVCB => "snp"u8,
        DnsRecordType.SRV => "sssn"u8,
        DnsRecordType.RRSIG or DnsRecordType.SIG => "tbblddsne"u8,
        DnsRecordType.DS or DnsRecordType.CDS or DnsRecordType.DLV or DnsRecordType.TA => "sbbx"u8,
        DnsRecordType.DNSKEY or DnsRecordType.CDNSKEY or DnsRecordType.KEY or DnsRecordType.RKEY => "sbbe"u8,
        DnsRecordType.NSEC => "nm"u8,
        DnsRecordType.NSEC3 => "bbshkm"u8,
        DnsRecordType.NSEC3PARAM => "bbsh"u8,
        DnsRecordType.OPT => "O"u8,
        DnsRecordType.TSIG => "nTszsrz"u8,
        DnsRecordType.TKEY => "nddsrzz"u8,
        DnsRecordType.NAPTR => "ssqqqn"u8,
        DnsRecordType.CAA => "bgu"u8,
        DnsRecordType.TLSA or DnsRecordType.SMIMEA => "bbbx"u8,
        DnsRecordType.SSHFP => "bbx"u8,
        DnsRecordType.URI => "ssu"u8,
        DnsRecordType.HINFO => "qq"u8,
        DnsRecordType.RP or DnsRecordType.MINFO or DnsRecordType.TALINK => "nn"u8,
        DnsRecordType.CERT => "csbe"u8,
        DnsRecordType.LOC => "L"u8,
        DnsRecordType.APL => "a"u8,
        DnsRecordType.CSYNC => "lsm"u8,
        DnsRecordType.ZONEMD => "lbbx"u8,
        DnsRecordType.DHCID or DnsRecordType.OPENPGPKEY or DnsRecordType.HHIT or DnsRecordType.BRID => "e"u8,
        DnsRecordType.IPSECKEY => "bI"u8,
        DnsRecordType.AMTRELAY => "bR"u8,
        DnsRecordType.HIP => "H"u8,
        DnsRecordType.DSYNC => "tbsn"u8,
        DnsRecordType.WKS => "4w"u8,
        DnsRecordType.NXT => "no"u8,
        DnsRecordType.PX => "snn"u8,
        DnsRecordType.X25 => "q"u8,
        DnsRecordType.GPOS => "qqq"u8,
        DnsRecordType.NSAP => "N"u8,
        DnsRecordType.EUI48 => "E"u8,
        DnsRecordType.EUI64 => "F"u8,
        DnsRecordType.NID or DnsRecordType.L64 => "si"u8,
        DnsRecordType.L32 => "s4"u8,
        DnsRecordType.DOA => "llbqe"u8,
        DnsRecordType.IPN => "D"u8,
        _ => default,
    };

    /// <summary>
    /// Whether octets after the last field leave the fields as they are. Names are what rules search for: octets after them must not
    /// hide them.
    /// </summary>
    public static bool ToleratesSlack(ReadOnlySpan<byte> layout) => layout.Contains((byte)DnsRecordField.Name);
}
