namespace WireDns.Wire.Dns;

/// <summary>
/// Type of a question or record: IANA "Resource Record (RR) TYPEs". Sixteen bits; values without a member may occur.
/// </summary>
public enum DnsRecordType : ushort
{
    /// <summary>IPv4 address (RFC 1035).</summary>
    A = 1,

    /// <summary>Authoritative name server (RFC 1035).</summary>
    NS = 2,

    /// <summary>Mail destination, obsolete (RFC 1035).</summary>
    MD = 3,

    /// <summary>Mail forwarder, obsolete (RFC 1035).</summary>
    MF = 4,

    /// <summary>Canonical name of an alias (RFC 1035).</summary>
    CNAME = 5,

    /// <summary>Start of a zone of authority (RFC 1035).</summary>
    SOA = 6,

    /// <summary>Mailbox domain name (RFC 1035).</summary>
    MB = 7,

    /// <summary>Mail group member (RFC 1035).</summary>
    MG = 8,

    /// <summary>Mail rename domain name (RFC 1035).</summary>
    MR = 9,

    /// <summary>Any octets (RFC 1035).</summary>
    NULL = 10,

    /// <summary>Well-known services (RFC 1035).</summary>
    WKS = 11,

    /// <summary>Domain name pointer (RFC 1035).</summary>
    PTR = 12,

    /// <summary>Host information (RFC 1035).</summary>
    HINFO = 13,

    /// <summary>Mailbox or mail list information (RFC 1035).</summary>
    MINFO = 14,

    /// <summary>Mail exchange (RFC 1035).</summary>
    MX = 15,

    /// <summary>Text strings (RFC 1035).</summary>
    TXT = 16,

    /// <summary>Responsible person (RFC 1183).</summary>
    RP = 17,

    /// <summary>AFS database location (RFC 1183).</summary>
    AFSDB = 18,

    /// <summary>X.25 address (RFC 1183).</summary>
    X25 = 19,

    /// <summary>ISDN address (RFC 1183).</summary>
    ISDN = 20,

    /// <summary>Route through (RFC 1183).</summary>
    RT = 21,

    /// <summary>NSAP address (RFC 1706).</summary>
    NSAP = 22,

    /// <summary>Name pointer in NSAP style, NSAP-PTR (RFC 1706).</summary>
    NSAPPTR = 23,

    /// <summary>Security signature (RFC 2535).</summary>
    SIG = 24,

    /// <summary>Security key (RFC 2535).</summary>
    KEY = 25,

    /// <summary>X.400 mail mapping (RFC 2163).</summary>
    PX = 26,

    /// <summary>Geographical position (RFC 1712).</summary>
    GPOS = 27,

    /// <summary>IPv6 address (RFC 3596).</summary>
    AAAA = 28,

    /// <summary>Location (RFC 1876).</summary>
    LOC = 29,

    /// <summary>Next domain, obsolete (RFC 2535).</summary>
    NXT = 30,

    /// <summary>Endpoint identifier.</summary>
    EID = 31,

    /// <summary>Nimrod locator.</summary>
    NIMLOC = 32,

    /// <summary>Server selection (RFC 2782).</summary>
    SRV = 33,

    /// <summary>ATM address.</summary>
    ATMA = 34,

    /// <summary>Naming authority pointer (RFC 3403).</summary>
    NAPTR = 35,

    /// <summary>Key exchanger (RFC 2230).</summary>
    KX = 36,

    /// <summary>Certificate (RFC 4398).</summary>
    CERT = 37,

    /// <summary>IPv6 address in parts, obsolete (RFC 2874).</summary>
    A6 = 38,

    /// <summary>Redirection of a subtree (RFC 6672).</summary>
    DNAME = 39,

    /// <summary>Kitchen sink.</summary>
    SINK = 40,

    /// <summary>EDNS pseudo record (RFC 6891).</summary>
    OPT = 41,

    /// <summary>Address prefixes (RFC 3123).</summary>
    APL = 42,

    /// <summary>Delegation signer (RFC 4034).</summary>
    DS = 43,

    /// <summary>SSH key fingerprint (RFC 4255).</summary>
    SSHFP = 44,

    /// <summary>IPsec key (RFC 4025).</summary>
    IPSECKEY = 45,

    /// <summary>Signature of a record set (RFC 4034).</summary>
    RRSIG = 46,

    /// <summary>Next name (RFC 4034).</summary>
    NSEC = 47,

    /// <summary>Zone key (RFC 4034).</summary>
    DNSKEY = 48,

    /// <summary>DHCP identifier (RFC 4701).</summary>
    DHCID = 49,

    /// <summary>Next hashed name (RFC 5155).</summary>
    NSEC3 = 50,

    /// <summary>Parameters of hashed names (RFC 5155).</summary>
    NSEC3PARAM = 51,

    /// <summary>TLS certificate association (RFC 6698).</summary>
    TLSA = 52,

    /// <summary>S/MIME certificate association (RFC 8162).</summary>
    SMIMEA = 53,

    /// <summary>Host identity (RFC 8005).</summary>
    HIP = 55,

    /// <summary>Zone status.</summary>
    NINFO = 56,

    /// <summary>Key for encrypting records.</summary>
    RKEY = 57,

    /// <summary>Trust anchor link.</summary>
    TALINK = 58,

    /// <summary>Child's copy of DS (RFC 7344).</summary>
    CDS = 59,

    /// <summary>Child's copy of DNSKEY (RFC 7344).</summary>
    CDNSKEY = 60,

    /// <summary>OpenPGP key (RFC 7929).</summary>
    OPENPGPKEY = 61,

    /// <summary>Child to parent synchronisation (RFC 7477).</summary>
    CSYNC = 62,

    /// <summary>Digest of a zone (RFC 8976).</summary>
    ZONEMD = 63,

    /// <summary>Service binding (RFC 9460).</summary>
    SVCB = 64,

    /// <summary>Service binding for HTTPS (RFC 9460).</summary>
    HTTPS = 65,

    /// <summary>Where to send notifications about delegations (RFC 9859).</summary>
    DSYNC = 66,

    /// <summary>Hierarchical host identity tag.</summary>
    HHIT = 67,

    /// <summary>Broadcast remote identification.</summary>
    BRID = 68,

    /// <summary>Sender policy, obsolete (RFC 7208).</summary>
    SPF = 99,

    /// <summary>User information.</summary>
    UINFO = 100,

    /// <summary>User identifier.</summary>
    UID = 101,

    /// <summary>Group identifier.</summary>
    GID = 102,

    /// <summary>Unspecified.</summary>
    UNSPEC = 103,

    /// <summary>Node identifier (RFC 6742).</summary>
    NID = 104,

    /// <summary>Locator of 32 bits (RFC 6742).</summary>
    L32 = 105,

    /// <summary>Locator of 64 bits (RFC 6742).</summary>
    L64 = 106,

    /// <summary>Locator pointer (RFC 6742).</summary>
    LP = 107,

    /// <summary>EUI-48 address (RFC 7043).</summary>
    EUI48 = 108,

    /// <summary>EUI-64 address (RFC 7043).</summary>
    EUI64 = 109,

    /// <summary>Marks a name that does not exist, in compact denial (RFC 9824).</summary>
    NXNAME = 128,

    /// <summary>Transaction key (RFC 2930).</summary>
    TKEY = 249,

    /// <summary>Transaction signature (RFC 8945).</summary>
    TSIG = 250,

    /// <summary>Query type: incremental transfer (RFC 1995).</summary>
    IXFR = 251,

    /// <summary>Query type: transfer of a zone (RFC 5936).</summary>
    AXFR = 252,

    /// <summary>Query type: mailbox records (RFC 1035).</summary>
    MAILB = 253,

    /// <summary>Query type: mail agents, obsolete (RFC 1035).</summary>
    MAILA = 254,

    /// <summary>Query type: some or all records, written * by IANA (RFC 8482).</summary>
    ANY = 255,

    /// <summary>Uniform resource identifier (RFC 7553).</summary>
    URI = 256,

    /// <summary>Certification authority authorisation (RFC 8659).</summary>
    CAA = 257,

    /// <summary>Application visibility and control.</summary>
    AVC = 258,

    /// <summary>Digital object architecture.</summary>
    DOA = 259,

    /// <summary>Automatic multicast tunnelling relay (RFC 8777).</summary>
    AMTRELAY = 260,

    /// <summary>Information about a resolver (RFC 9606).</summary>
    RESINFO = 261,

    /// <summary>Public wallet address.</summary>
    WALLET = 262,

    /// <summary>BP convergence layer adapter (RFC 9758).</summary>
    CLA = 263,

    /// <summary>BP node number (RFC 9758).</summary>
    IPN = 264,

    /// <summary>DNSSEC trust authority.</summary>
    TA = 32768,

    /// <summary>DNSSEC lookaside validation, obsolete (RFC 4431).</summary>
    DLV = 32769,
}
