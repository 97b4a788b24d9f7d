using WireDns.Wire.Dns;

namespace WireDns.Inspection;

/// <summary>The fields of the record types that captures hold most, by the names of their RFCs.</summary>
internal static class DataFields
{
    private static readonly DataField[] TargetAlone = [new("target", DataFieldForm.Name)];
    private static readonly DataField[] DigestOfKey =
    [
        new("key tag", DataFieldForm.UInt16), new("algorithm", DataFieldForm.UInt8), new("digest type", DataFieldForm.UInt8),
        new("digest", DataFieldForm.Octets),
    ];

    private static readonly DataField[] Key =
    [
        new("flags", DataFieldForm.UInt16), new("protocol", DataFieldForm.UInt8), new("algorithm", DataFieldForm.UInt8),
        new("public key", DataFieldForm.Octets),
    ];

    private static readonly DataField[] PreferenceAndExchange =
    [
        new("preference", DataFieldForm.UInt16), new("exchange", DataFieldForm.Name),
    ];

    private static readonly DataField[] Certificate =
    [
        new("usage", DataFieldForm.UInt8), new("selector", DataFieldForm.UInt8), new("matching type", DataFieldForm.UInt8),
        new("certificate data", DataFieldForm.Octets),
    ];

    private static readonly DataField[] StartOfAuthority =
    [
        new("MNAME", DataFieldForm.Name), new("RNAME", DataFieldForm.Name), new("serial", DataFieldForm.UInt32),
        new("refresh", DataFieldForm.Seconds), new("retry", DataFieldForm.Seconds), new("expire", DataFieldForm.Seconds),
        new("minimum", DataFieldForm.Seconds),
    ];

    private static readonly DataField[] Service =
    [
        new("priority", DataFieldForm.UInt16), new("weight", DataFieldForm.UInt16), new("port", DataFieldForm.UInt16),
        new("target", DataFieldForm.Name),
    ];

    private static readonly DataField[] ServiceBinding =
    [
        new("priority", DataFieldForm.UInt16), new("target", DataFieldForm.Name), new("parameters", DataFieldForm.ServiceParameters),
    ];

    private static readonly DataField[] NamingAuthorityPointer =
    [
        new("order", DataFieldForm.UInt16), new("preference", DataFieldForm.UInt16), new("flags", DataFieldForm.String),
        new("services", DataFieldForm.String), new("regexp", DataFieldForm.String), new("replacement", DataFieldForm.Name),
    ];

    private static readonly DataField[] Signature =
    [
        new("type covered", DataFieldForm.Type), new("algorithm", DataFieldForm.UInt8), new("labels", DataFieldForm.UInt8),
        new("original TTL", DataFieldForm.Seconds), new("expiration", DataFieldForm.Time), new("inception", DataFieldForm.Time),
        new("key tag", DataFieldForm.UInt16), new("signer", DataFieldForm.Name), new("signature", DataFieldForm.Octets),
    ];

    private static readonly DataField[] NextSecure = [new("next name", DataFieldForm.Name), new("types", DataFieldForm.TypeBitmap)];

    private static readonly DataField[] NextSecureHashed =
    [
        new("hash algorithm", DataFieldForm.UInt8), new("flags", DataFieldForm.UInt8), new("iterations", DataFieldForm.UInt16),
        new("salt", DataFieldForm.CountedOctets), new("next hash", DataFieldForm.CountedOctets), new("types", DataFieldForm.TypeBitmap),
    ];

    private static readonly DataField[] TransactionSignature =
    [
        new("algorithm", DataFieldForm.Name), new("time signed", DataFieldForm.UInt48), new("fudge", DataFieldForm.UInt16),
        new("MAC", DataFieldForm.LongCountedOctets), new("original ID", DataFieldForm.UInt16), new("error", DataFieldForm.UInt16),
        new("other data", DataFieldForm.LongCountedOctets),
    ];

    /// <summary>The fields of a type; empty for a type that is shown by its octets alone.</summary>
    public static DataField[] Of(DnsRecordType type) => type switch
    {
        DnsRecordType.A => [new("address", DataFieldForm.Ipv4)],
        DnsRecordType.AAAA => [new("address", DataFieldForm.Ipv6)],
        DnsRecordType.CNAME or DnsRecordType.NS or DnsRecordType.PTR or DnsRecordType.DNAME => TargetAlone,
        DnsRecordType.TXT or DnsRecordType.SPF => [new("text", DataFieldForm.Strings)],
        DnsRecordType.HINFO => [new("CPU", DataFieldForm.String), new("OS", DataFieldForm.String)],
        DnsRecordType.SOA => StartOfAuthority,
        DnsRecordType.MX or DnsRecordType.KX => PreferenceAndExchange,
        DnsRecordType.SRV => Service,
        DnsRecordType.SVCB or DnsRecordType.HTTPS => ServiceBinding,
        DnsRecordType.NAPTR => NamingAuthorityPointer,
        DnsRecordType.CAA => [new("flags", DataFieldForm.UInt8), new("tag", DataFieldForm.String), new("value", DataFieldForm.Text)],
        DnsRecordType.DS or DnsRecordType.CDS => DigestOfKey,
        DnsRecordType.DNSKEY or DnsRecordType.CDNSKEY => Key,
        DnsRecordType.RRSIG or DnsRecordType.SIG => Signature,
        DnsRecordType.NSEC => NextSecure,
        DnsRecordType.NSEC3 => NextSecureHashed,
        DnsRecordType.NSEC3PARAM => NextSecureHashed[..4],
        DnsRecordType.TLSA or DnsRecordType.SMIMEA => Certificate,
        DnsRecordType.SSHFP =>
            [new("algorithm", DataFieldForm.UInt8), new("fingerprint type", DataFieldForm.UInt8), new("fingerprint", DataFieldForm.Octets)],
        DnsRecordType.URI =>
            [new("priority", DataFieldForm.UInt16), new("weight", DataFieldForm.UInt16), new("target", DataFieldForm.Text)],
        DnsRecordType.TSIG => TransactionSignature,
        _ => [],
    };
}
