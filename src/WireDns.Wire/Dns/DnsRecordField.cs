namespace WireDns.Wire.Dns;

/// <summary>The form of a field in a record's data: how it stands on the wire and how it is written. <see cref="DnsRecordLayout"/> uses the letters.</summary>
public enum DnsRecordField : byte
{
    /// <summary>8 bits, decimal.</summary>
    UInt8 = (byte)'b',

    /// <summary>16 bits, decimal.</summary>
    UInt16 = (byte)'s',

    /// <summary>32 bits, decimal.</summary>
    UInt32 = (byte)'l',

    /// <summary>32 bits, a span of time in seconds, decimal.</summary>
    Seconds = (byte)'S',

    /// <summary>48 bits, decimal.</summary>
    UInt48 = (byte)'T',

    /// <summary>64 bits, decimal.</summary>
    UInt64 = (byte)'D',

    /// <summary>32 bits, seconds since 1970 in UTC (RFC 4034 §3.1.5).</summary>
    Time = (byte)'d',

    /// <summary>16 bits, the mnemonic of a type.</summary>
    Type = (byte)'t',

    /// <summary>16 bits, the mnemonic of a TSIG or TKEY error.</summary>
    SignatureError = (byte)'r',

    /// <summary>16 bits, the mnemonic of a certificate type.</summary>
    CertificateType = (byte)'c',

    /// <summary>A domain name.</summary>
    Name = (byte)'n',

    /// <summary>An IPv4 address.</summary>
    Ipv4 = (byte)'4',

    /// <summary>An IPv6 address.</summary>
    Ipv6 = (byte)'6',

    /// <summary>64 bits as four groups of hexadecimal digits.</summary>
    Locator64 = (byte)'i',

    /// <summary>Six octets with hyphens.</summary>
    Eui48 = (byte)'E',

    /// <summary>Eight octets with hyphens.</summary>
    Eui64 = (byte)'F',

    /// <summary>A character string in quotes.</summary>
    String = (byte)'q',

    /// <summary>One or more character strings to the end.</summary>
    Strings = (byte)'Q',

    /// <summary>The rest as one string in quotes.</summary>
    StringRest = (byte)'u',

    /// <summary>A character string of letters and digits, without quotes.</summary>
    Tag = (byte)'g',

    /// <summary>The rest in hexadecimal.</summary>
    HexRest = (byte)'x',

    /// <summary>The rest in base 64.</summary>
    Base64Rest = (byte)'e',

    /// <summary>A 16-bit length, and that many octets in base 64.</summary>
    CountedBase64 = (byte)'z',

    /// <summary>An 8-bit length, and that many octets in hexadecimal; a hyphen where there are none.</summary>
    Salt = (byte)'h',

    /// <summary>An 8-bit length, and that many octets in base 32.</summary>
    HashedName = (byte)'k',

    /// <summary>A bitmap of types in windows, to the end.</summary>
    TypeBitmap = (byte)'m',

    /// <summary>A bitmap of the types below 128, to the end (RFC 2535 §5.2).</summary>
    OldTypeBitmap = (byte)'o',

    /// <summary>A protocol and a bitmap of its ports, to the end (RFC 1035 §3.4.2).</summary>
    Services = (byte)'w',

    /// <summary>Service parameters, to the end (RFC 9460 §2.1).</summary>
    ServiceParameters = (byte)'p',

    /// <summary>A location (RFC 1876).</summary>
    Location = (byte)'L',

    /// <summary>Address prefixes, to the end (RFC 3123).</summary>
    AddressPrefixes = (byte)'a',

    /// <summary>Gateway type, algorithm, gateway and key, to the end (RFC 4025).</summary>
    IpsecGateway = (byte)'I',

    /// <summary>Discovery bit, relay type and relay (RFC 8777).</summary>
    Relay = (byte)'R',

    /// <summary>A host identity and its rendezvous servers, to the end (RFC 8005).</summary>
    HostIdentity = (byte)'H',

    /// <summary>The rest in hexadecimal after <c>0x</c> (RFC 1706).</summary>
    NsapAddress = (byte)'N',

    /// <summary>EDNS options, to the end.</summary>
    EdnsOptions = (byte)'O',
}
