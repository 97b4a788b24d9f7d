using System.Runtime.InteropServices;

namespace WireDns.Wire.Dns;

/// <summary>
/// What the data of a record type is made of: its fields in the order of wire and text alike, with the names that the RFC of the type gives
/// them. The one description of record data: the text of a record and the inspection of its octets both follow it.
/// </summary>
public readonly ref struct DnsRecordLayout
{
    private readonly ReadOnlySpan<byte> _letters;
    private readonly string? _names;

    // A string of letters needs no allocation; DnsRecordField says what each stands for.
    private DnsRecordLayout(ReadOnlySpan<byte> letters, string names)
    {
        _letters = letters;
        _names = names;
    }

    /// <summary>The forms of the fields; empty for a type that has no layout and is written as RFC 3597 §5 says.</summary>
    public ReadOnlySpan<DnsRecordField> Fields => MemoryMarshal.Cast<byte, DnsRecordField>(_letters);

    /// <summary>A name for each of <see cref="Fields"/>. Allocates: for showing a record to a person.</summary>
    public string[] Names => _names?.Split(", ") ?? [];

    /// <summary>
    /// Whether octets after the last field leave the fields as they are. Rules search for names: octets after a name must not hide it.
    /// </summary>
    internal bool ToleratesSlack => _letters.Contains((byte)DnsRecordField.Name);

    /// <summary>The layout of a type.</summary>
    public static DnsRecordLayout Of(DnsRecordType type) => type switch
    {
        DnsRecordType.A => new("4"u8, "address"),
        DnsRecordType.AAAA => new("6"u8, "address"),
        DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR or DnsRecordType.DNAME or DnsRecordType.MB or DnsRecordType.MD
            or DnsRecordType.MF or DnsRecordType.MG or DnsRecordType.MR or DnsRecordType.NSAPPTR => new("n"u8, "target"),
        DnsRecordType.TXT or DnsRecordType.SPF or DnsRecordType.AVC or DnsRecordType.NINFO or DnsRecordType.RESINFO
            or DnsRecordType.WALLET or DnsRecordType.CLA => new("Q"u8, "text"),
        DnsRecordType.ISDN => new("Q"u8, "ISDN address"),
        DnsRecordType.SOA => new("nnlSSSS"u8, "MNAME, RNAME, serial, refresh, retry, expire, minimum"),
        DnsRecordType.MX or DnsRecordType.KX => new("sn"u8, "preference, exchange"),
        DnsRecordType.RT => new("sn"u8, "preference, intermediate host"),
        DnsRecordType.AFSDB => new("sn"u8, "subtype, host"),
        DnsRecordType.LP => new("sn"u8, "preference, FQDN"),
        DnsRecordType.HTTPS or DnsRecordType.SVCB => new("snp"u8, "priority, target, parameter"),
        DnsRecordType.SRV => new("sssn"u8, "priority, weight, port, target"),
        DnsRecordType.RRSIG or DnsRecordType.SIG => new(
            "tbbSddsne"u8, "type covered, algorithm, labels, original TTL, expiration, inception, key tag, signer, signature"),
        DnsRecordType.DS or DnsRecordType.CDS or DnsRecordType.DLV or DnsRecordType.TA =>
            new("sbbx"u8, "key tag, algorithm, digest type, digest"),
        DnsRecordType.DNSKEY or DnsRecordType.CDNSKEY or DnsRecordType.KEY or DnsRecordType.RKEY =>
            new("sbbe"u8, "flags, protocol, algorithm, public key"),
        DnsRecordType.NSEC => new("nm"u8, "next name, types"),
        DnsRecordType.NSEC3 => new("bbshkm"u8, "hash algorithm, flags, iterations, salt, next hash, types"),
        DnsRecordType.NSEC3PARAM => new("bbsh"u8, "hash algorithm, flags, iterations, salt"),
        DnsRecordType.OPT => new("O"u8, "options"),
        DnsRecordType.TSIG => new("nTszsrz"u8, "algorithm, time signed, fudge, MAC, original ID, error, other data"),
        DnsRecordType.TKEY => new("nddsrzz"u8, "algorithm, inception, expiration, mode, error, key, other data"),
        DnsRecordType.NAPTR => new("ssqqqn"u8, "order, preference, flags, services, regexp, replacement"),
        DnsRecordType.CAA => new("bgu"u8, "flags, tag, value"),
        DnsRecordType.TLSA or DnsRecordType.SMIMEA => new("bbbx"u8, "usage, selector, matching type, certificate data"),
        DnsRecordType.SSHFP => new("bbx"u8, "algorithm, fingerprint type, fingerprint"),
        DnsRecordType.URI => new("ssu"u8, "priority, weight, target"),
        DnsRecordType.HINFO => new("qq"u8, "CPU, OS"),
        DnsRecordType.RP => new("nn"u8, "mailbox, text name"),
        DnsRecordType.MINFO => new("nn"u8, "responsible mailbox, error mailbox"),
        DnsRecordType.TALINK => new("nn"u8, "previous name, next name"),
        DnsRecordType.CERT => new("csbe"u8, "certificate type, key tag, algorithm, certificate"),
        DnsRecordType.LOC => new("L"u8, "location"),
        DnsRecordType.APL => new("a"u8, "prefixes"),
        DnsRecordType.CSYNC => new("lsm"u8, "SOA serial, flags, types"),
        DnsRecordType.ZONEMD => new("lbbx"u8, "serial, scheme, hash algorithm, digest"),
        DnsRecordType.DHCID => new("e"u8, "identifier"),
        DnsRecordType.OPENPGPKEY => new("e"u8, "public key"),
        DnsRecordType.HHIT or DnsRecordType.BRID => new("e"u8, "identity"),
        DnsRecordType.IPSECKEY => new("bI"u8, "precedence, gateway and key"),
        DnsRecordType.AMTRELAY => new("bR"u8, "precedence, relay"),
        DnsRecordType.HIP => new("H"u8, "host identity"),
        DnsRecordType.DSYNC => new("tbsn"u8, "type, scheme, port, target"),
        DnsRecordType.WKS => new("4w"u8, "address, services"),
        DnsRecordType.NXT => new("no"u8, "next name, types"),
        DnsRecordType.PX => new("snn"u8, "preference, MAP822, MAPX400"),
        DnsRecordType.X25 => new("q"u8, "PSDN address"),
        DnsRecordType.GPOS => new("qqq"u8, "longitude, latitude, altitude"),
        DnsRecordType.NSAP => new("N"u8, "address"),
        DnsRecordType.EUI48 => new("E"u8, "address"),
        DnsRecordType.EUI64 => new("F"u8, "address"),
        DnsRecordType.NID => new("si"u8, "preference, node ID"),
        DnsRecordType.L64 => new("si"u8, "preference, locator"),
        DnsRecordType.L32 => new("s4"u8, "preference, locator"),
        DnsRecordType.DOA => new("llbqe"u8, "enterprise, type, location, media type, data"),
        DnsRecordType.IPN => new("D"u8, "node number"),
        _ => default,
    };
}
