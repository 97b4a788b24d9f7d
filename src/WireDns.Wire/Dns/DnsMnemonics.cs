using System.Globalization;
using System.Text;

namespace WireDns.Wire.Dns;

/// <summary>
/// The IANA mnemonics of types, classes, opcodes and response codes, both ways. A value without one is written as a prefix and the number:
/// <c>TYPE65280</c>, <c>CLASS2</c> (RFC 3597 §5), <c>OPCODE7</c>, <c>RCODE12</c>. Writing never allocates.
/// </summary>
public static partial class DnsMnemonics
{
    /// <summary>The longest text that any of the <c>Write</c> methods writes, in bytes.</summary>
    public const int MaximumTextLength = 10;

    // The texts of usual numbers, which all who ask share. Threads may make one twice; both are alike.
    private static readonly string?[] TypeTexts = new string?[258];
    private static readonly string?[] ClassTexts = new string?[256];
    private static readonly string?[] OpcodeTexts = new string?[16];
    private static readonly string?[] CodeTexts = new string?[24];

    /// <summary>The mnemonic in ASCII, or empty where the type has none.</summary>
    public static ReadOnlySpan<byte> Get(DnsRecordType type) => type switch
    {
        DnsRecordType.A => "A"u8,
        DnsRecordType.NS => "NS"u8,
        DnsRecordType.MD => "MD"u8,
        DnsRecordType.MF => "MF"u8,
        DnsRecordType.CNAME => "CNAME"u8,
        DnsRecordType.SOA => "SOA"u8,
        DnsRecordType.MB => "MB"u8,
        DnsRecordType.MG => "MG"u8,
        DnsRecordType.MR => "MR"u8,
        DnsRecordType.NULL => "NULL"u8,
        DnsRecordType.WKS => "WKS"u8,
        DnsRecordType.PTR => "PTR"u8,
        DnsRecordType.HINFO => "HINFO"u8,
        DnsRecordType.MINFO => "MINFO"u8,
        DnsRecordType.MX => "MX"u8,
        DnsRecordType.TXT => "TXT"u8,
        DnsRecordType.RP => "RP"u8,
        DnsRecordType.AFSDB => "AFSDB"u8,
        DnsRecordType.X25 => "X25"u8,
        DnsRecordType.ISDN => "ISDN"u8,
        DnsRecordType.RT => "RT"u8,
        DnsRecordType.NSAP => "NSAP"u8,
        DnsRecordType.NSAPPTR => "NSAP-PTR"u8,
        DnsRecordType.SIG => "SIG"u8,
        DnsRecordType.KEY => "KEY"u8,
        DnsRecordType.PX => "PX"u8,
        DnsRecordType.GPOS => "GPOS"u8,
        DnsRecordType.AAAA => "AAAA"u8,
        DnsRecordType.LOC => "LOC"u8,
        DnsRecordType.NXT => "NXT"u8,
        DnsRecordType.EID => "EID"u8,
        DnsRecordType.NIMLOC => "NIMLOC"u8,
        DnsRecordType.SRV => "SRV"u8,
        DnsRecordType.ATMA => "ATMA"u8,
        DnsRecordType.NAPTR => "NAPTR"u8,
        DnsRecordType.KX => "KX"u8,
        DnsRecordType.CERT => "CERT"u8,
        DnsRecordType.A6 => "A6"u8,
        DnsRecordType.DNAME => "DNAME"u8,
        DnsRecordType.SINK => "SINK"u8,
        DnsRecordType.OPT => "OPT"u8,
        DnsRecordType.APL => "APL"u8,
        DnsRecordType.DS => "DS"u8,
        DnsRecordType.SSHFP => "SSHFP"u8,
        DnsRecordType.IPSECKEY => "IPSECKEY"u8,
        DnsRecordType.RRSIG => "RRSIG"u8,
        DnsRecordType.NSEC => "NSEC"u8,
        DnsRecordType.DNSKEY => "DNSKEY"u8,
        DnsRecordType.DHCID => "DHCID"u8,
        DnsRecordType.NSEC3 => "NSEC3"u8,
        DnsRecordType.NSEC3PARAM => "NSEC3PARAM"u8,
        DnsRecordType.TLSA => "TLSA"u8,
        DnsRecordType.SMIMEA => "SMIMEA"u8,
        DnsRecordType.HIP => "HIP"u8,
        DnsRecordType.NINFO => "NINFO"u8,
        DnsRecordType.RKEY => "RKEY"u8,
        DnsRecordType.TALINK => "TALINK"u8,
        DnsRecordType.CDS => "CDS"u8,
        DnsRecordType.CDNSKEY => "CDNSKEY"u8,
        DnsRecordType.OPENPGPKEY => "OPENPGPKEY"u8,
        DnsRecordType.CSYNC => "CSYNC"u8,
        DnsRecordType.ZONEMD => "ZONEMD"u8,
        DnsRecordType.SVCB => "SVCB"u8,
        DnsRecordType.HTTPS => "HTTPS"u8,
        DnsRecordType.DSYNC => "DSYNC"u8,
        DnsRecordType.HHIT => "HHIT"u8,
        DnsRecordType.BRID => "BRID"u8,
        DnsRecordType.SPF => "SPF"u8,
        DnsRecordType.UINFO => "UINFO"u8,
        DnsRecordType.UID => "UID"u8,
        DnsRecordType.GID => "GID"u8,
        DnsRecordType.UNSPEC => "UNSPEC"u8,
        DnsRecordType.NID => "NID"u8,
        DnsRecordType.L32 => "L32"u8,
        DnsRecordType.L64 => "L64"u8,
        DnsRecordType.LP => "LP"u8,
        DnsRecordType.EUI48 => "EUI48"u8,
        DnsRecordType.EUI64 => "EUI64"u8,
        DnsRecordType.NXNAME => "NXNAME"u8,
        DnsRecordType.TKEY => "TKEY"u8,
        DnsRecordType.TSIG => "TSIG"u8,
        DnsRecordType.IXFR => "IXFR"u8,
        DnsRecordType.AXFR => "AXFR"u8,
        DnsRecordType.MAILB => "MAILB"u8,
        DnsRecordType.MAILA => "MAILA"u8,
        DnsRecordType.ANY => "ANY"u8,
        DnsRecordType.URI => "URI"u8,
        DnsRecordType.CAA => "CAA"u8,
        DnsRecordType.AVC => "AVC"u8,
        DnsRecordType.DOA => "DOA"u8,
        DnsRecordType.AMTRELAY => "AMTRELAY"u8,
        DnsRecordType.RESINFO => "RESINFO"u8,
        DnsRecordType.WALLET => "WALLET"u8,
        DnsRecordType.CLA => "CLA"u8,
        DnsRecordType.IPN => "IPN"u8,
        DnsRecordType.TA => "TA"u8,
        DnsRecordType.DLV => "DLV"u8,
        _ => default,
    };

    /// <summary>The mnemonic in ASCII, or empty where the class has none.</summary>
    public static ReadOnlySpan<byte> Get(DnsClass dnsClass) => dnsClass switch
    {
        DnsClass.IN => "IN"u8,
        DnsClass.CH => "CH"u8,
        DnsClass.HS => "HS"u8,
        DnsClass.NONE => "NONE"u8,
        DnsClass.ANY => "ANY"u8,
        _ => default,
    };

    /// <summary>The mnemonic in ASCII, or empty where the opcode has none.</summary>
    public static ReadOnlySpan<byte> Get(DnsOpcode opcode) => opcode switch
    {
        DnsOpcode.Query => "QUERY"u8,
        DnsOpcode.IQuery => "IQUERY"u8,
        DnsOpcode.Status => "STATUS"u8,
        DnsOpcode.Notify => "NOTIFY"u8,
        DnsOpcode.Update => "UPDATE"u8,
        DnsOpcode.Dso => "DSO"u8,
        _ => default,
    };

    /// <summary>
    /// The mnemonic in ASCII, or empty where the response code has none; 16 is <c>BADVERS</c>, its meaning outside TSIG.
    /// </summary>
    public static ReadOnlySpan<byte> Get(DnsResponseCode code) => code switch
    {
        DnsResponseCode.NoError => "NOERROR"u8,
        DnsResponseCode.FormErr => "FORMERR"u8,
        DnsResponseCode.ServFail => "SERVFAIL"u8,
        DnsResponseCode.NXDomain => "NXDOMAIN"u8,
        DnsResponseCode.NotImp => "NOTIMP"u8,
        DnsResponseCode.Refused => "REFUSED"u8,
        DnsResponseCode.YXDomain => "YXDOMAIN"u8,
        DnsResponseCode.YXRRSet => "YXRRSET"u8,
        DnsResponseCode.NXRRSet => "NXRRSET"u8,
        DnsResponseCode.NotAuth => "NOTAUTH"u8,
        DnsResponseCode.NotZone => "NOTZONE"u8,
        DnsResponseCode.DsoTypeNI => "DSOTYPENI"u8,
        DnsResponseCode.BadVers => "BADVERS"u8,
        DnsResponseCode.BadKey => "BADKEY"u8,
        DnsResponseCode.BadTime => "BADTIME"u8,
        DnsResponseCode.BadMode => "BADMODE"u8,
        DnsResponseCode.BadName => "BADNAME"u8,
        DnsResponseCode.BadAlg => "BADALG"u8,
        DnsResponseCode.BadTrunc => "BADTRUNC"u8,
        DnsResponseCode.BadCookie => "BADCOOKIE"u8,
        _ => default,
    };

    /// <summary>The name of a service parameter in ASCII; empty where the key has none and is written as <c>keyN</c> (RFC 9460 §2.1).</summary>
    public static ReadOnlySpan<byte> Get(DnsServiceParameterKey key) => key switch
    {
        DnsServiceParameterKey.Mandatory => "mandatory"u8,
        DnsServiceParameterKey.Alpn => "alpn"u8,
        DnsServiceParameterKey.NoDefaultAlpn => "no-default-alpn"u8,
        DnsServiceParameterKey.Port => "port"u8,
        DnsServiceParameterKey.Ipv4Hint => "ipv4hint"u8,
        DnsServiceParameterKey.Ech => "ech"u8,
        DnsServiceParameterKey.Ipv6Hint => "ipv6hint"u8,
        DnsServiceParameterKey.DohPath => "dohpath"u8,
        DnsServiceParameterKey.Ohttp => "ohttp"u8,
        DnsServiceParameterKey.TlsSupportedGroups => "tls-supported-groups"u8,
        _ => default,
    };

    /// <summary>Writes the mnemonic or <c>TYPEn</c> as ASCII and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the text.</exception>
    public static int Write(DnsRecordType type, Span<byte> destination) => Write(Get(type), "TYPE"u8, (ushort)type, destination);

    /// <summary>Writes the mnemonic or <c>CLASSn</c> as ASCII and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the text.</exception>
    public static int Write(DnsClass dnsClass, Span<byte> destination) =>
        Write(Get(dnsClass), "CLASS"u8, (ushort)dnsClass, destination);

    /// <summary>Writes the mnemonic or <c>OPCODEn</c> as ASCII and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the text.</exception>
    public static int Write(DnsOpcode opcode, Span<byte> destination) => Write(Get(opcode), "OPCODE"u8, (byte)opcode, destination);

    /// <summary>Writes the mnemonic or <c>RCODEn</c> as ASCII and returns its length in bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than the text.</exception>
    public static int Write(DnsResponseCode code, Span<byte> destination) => Write(Get(code), "RCODE"u8, (ushort)code, destination);

    /// <summary>What <see cref="Write(DnsRecordType, Span{byte})"/> writes, as a string.</summary>
    public static string Text(DnsRecordType type) => (uint)type < (uint)TypeTexts.Length ? TypeTexts[(int)type] ??= NewText(Get(type), "TYPE"u8, (int)type) : NewText(Get(type), "TYPE"u8, (int)type);

    /// <summary>What <see cref="Write(DnsClass, Span{byte})"/> writes, as a string.</summary>
    public static string Text(DnsClass dnsClass) => (uint)dnsClass < (uint)ClassTexts.Length ? ClassTexts[(int)dnsClass] ??= NewText(Get(dnsClass), "CLASS"u8, (int)dnsClass) : NewText(Get(dnsClass), "CLASS"u8, (int)dnsClass);

    /// <summary>What <see cref="Write(DnsOpcode, Span{byte})"/> writes, as a string.</summary>
    public static string Text(DnsOpcode opcode) => (uint)opcode < (uint)OpcodeTexts.Length ? OpcodeTexts[(int)opcode] ??= NewText(Get(opcode), "OPCODE"u8, (int)opcode) : NewText(Get(opcode), "OPCODE"u8, (int)opcode);

    /// <summary>What <see cref="Write(DnsResponseCode, Span{byte})"/> writes, as a string.</summary>
    public static string Text(DnsResponseCode code) => (uint)code < (uint)CodeTexts.Length ? CodeTexts[(int)code] ??= NewText(Get(code), "RCODE"u8, (int)code) : NewText(Get(code), "RCODE"u8, (int)code);

    private static string NewText(ReadOnlySpan<byte> mnemonic, ReadOnlySpan<byte> prefix, int number)
    {
        Span<byte> text = stackalloc byte[MaximumTextLength];
        return Encoding.ASCII.GetString(text[..Write(mnemonic, prefix, number, text)]);
    }

    private static int Write(ReadOnlySpan<byte> mnemonic, ReadOnlySpan<byte> prefix, int number, Span<byte> destination)
    {
        if (!mnemonic.IsEmpty)
        {
            mnemonic.CopyTo(destination);
            return mnemonic.Length;
        }

        prefix.CopyTo(destination);
        return number.TryFormat(destination[prefix.Length..], out var length, default, CultureInfo.InvariantCulture)
            ? prefix.Length + length
            : throw new ArgumentException("shorter than the text", nameof(destination));
    }
}
