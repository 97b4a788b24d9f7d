using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsRecordDataTests
{
    [Theory]
    [InlineData("A", "A", "c0000201", "192.0.2.1")]
    [InlineData("AAAA 1", "AAAA", "20010db8000000000000000000000001", "2001:db8::1")]
    [InlineData("AAAA 2", "AAAA", "00000000000000000000000000000000", "::")]
    [InlineData("AAAA 3", "AAAA", "00000000000000000000000000000001", "::1")]
    [InlineData("AAAA 4", "AAAA", "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1")]
    [InlineData("AAAA 5", "AAAA", "20010000000000010000000000000001", "2001:0:0:1::1")]
    [InlineData("AAAA 6", "AAAA", "00010000000000020000000000000003", "1:0:0:2::3")]
    [InlineData("AAAA 7", "AAAA", "00000000000000000000ffffc0000280", "::ffff:192.0.2.128")]
    [InlineData("AAAA 8", "AAAA", "fe800000000000000001000000000000", "fe80::1:0:0:0")]
    [InlineData("NS", "NS", "036e7331076578616d706c6503636f6d00", "ns1.example.com")]
    [InlineData("CNAME", "CNAME", "03777777076578616d706c6503636f6d00", "www.example.com")]
    [InlineData("PTR", "PTR", "05612e622063076578616d706c6500", "a\\.b\\032c.example")]
    [InlineData("DNAME", "DNAME", "076578616d706c65036e657400", "example.net")]
    [InlineData("SOA", "SOA", "026e73076578616d706c6503636f6d000a686f73746d6173746572076578616d706c6503636f6d0078a3f17500001c2000000e10001275000000012c", "ns.example.com hostmaster.example.com 2024010101 7200 3600 1209600 300")]
    [InlineData("MX 1", "MX", "000a046d61696c076578616d706c6503636f6d00", "10 mail.example.com")]
    [InlineData("MX 2", "MX", "000000", "0 .")]
    [InlineData("TXT 1", "TXT", "0b763d73706631202d616c6c", "\"v=spf1 -all\"")]
    [InlineData("TXT 2", "TXT", "1561202271756f74656422206261636b5c736c6173680005001f7fff7e", "\"a \\\"quoted\\\" back\\\\slash\" \"\" \"\\000\\031\\127\\255~\"")]
    [InlineData("SRV", "SRV", "0000000513c403736970076578616d706c6503636f6d00", "0 5 5060 sip.example.com")]
    [InlineData("NAPTR 1, RFC 3403, RFC 2915", "NAPTR", "0064003201730d7a333935302b49324c2b49324300065f7a33393530045f746370066761746563680365647500", "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu")]
    [InlineData("NAPTR 2, RFC 3403, RFC 2915", "NAPTR", "0064000a0175074532552b7369701b215e2e2a24217369703a696e666f406578616d706c652e636f6d2100", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" .")]
    [InlineData("HINFO", "HINFO", "0f50432d496e74656c2d3730306d687a0e52656468617420224c696e757822", "\"PC-Intel-700mhz\" \"Redhat \\\"Linux\\\"\"")]
    [InlineData("RP, RFC 1183 §2.2", "RP", "056c6f756965077472616e746f7203756d640365647500046c616d310670656f706c6503756d640365647500", "louie.trantor.umd.edu lam1.people.umd.edu")]
    [InlineData("AFSDB", "AFSDB", "0001056166736462076578616d706c6503636f6d00", "1 afsdb.example.com")]
    [InlineData("RT", "RT", "000a0572656c6179076578616d706c6503636f6d00", "10 relay.example.com")]
    [InlineData("KX", "KX", "000a026b78076578616d706c6503636f6d00", "10 kx.example.com")]
    [InlineData("LP, RFC 6742 §2.4", "LP", "000a0b6c36342d7375626e657431076578616d706c6503636f6d00", "10 l64-subnet1.example.com")]
    [InlineData("PX", "PX", "000a066d6170383232076578616d706c6500076d617078343030076578616d706c6500", "10 map822.example mapx400.example")]
    [InlineData("X25, RFC 1183 §3.1", "X25", "0c333131303631373030393536", "\"311061700956\"")]
    [InlineData("ISDN 1, RFC 1183 §3.2", "ISDN", "0f31353038363230323830303332313703303034", "\"150862028003217\" \"004\"")]
    [InlineData("ISDN 2, RFC 1183 §3.2", "ISDN", "0f313530383632303238303033323137", "\"150862028003217\"")]
    [InlineData("GPOS, RFC 1712", "GPOS", "082d33322e36383832083131362e383635320431302e30", "\"-32.6882\" \"116.8652\" \"10.0\"")]
    [InlineData("DS, RFC 4034 §5.4", "DS", "ec4505012bb183af5f22588179a53b0a98631fad1a292118", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118")]
    [InlineData("CDS", "CDS", "0000000000", "0 0 0 00")]
    [InlineData("DNSKEY, RFC 4034 §2.3", "DNSKEY", "010003050103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e891fce3df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc8152089aef36ba644cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3", "256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w==")]
    [InlineData("CDNSKEY", "CDNSKEY", "0000030000", "0 3 0 AA==")]
    [InlineData("RRSIG, RFC 4034 §3.3", "RRSIG", "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f0166f2737eea907378341fb12dc0a77a", "A 5 3 86400 20030322173103 20030220173103 2642 example.com oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=")]
    [InlineData("NSEC, RFC 4034 §4.3", "NSEC", "04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020", "host.example.com A MX RRSIG NSEC TYPE1234")]
    [InlineData("NSEC3 1, RFC 5155 appendix A", "NSEC3", "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290", "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM")]
    [InlineData("NSEC3 2, RFC 5155 appendix A", "NSEC3", "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b000140", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A")]
    [InlineData("NSEC3PARAM 1, RFC 5155 appendix A", "NSEC3PARAM", "0100000c04aabbccdd", "1 0 12 AABBCCDD")]
    [InlineData("NSEC3PARAM 2, RFC 5155 appendix A", "NSEC3PARAM", "0100000000", "1 0 0 -")]
    [InlineData("SSHFP, RFC 4255 §3.2", "SSHFP", "0201123456789abcdef67890123456789abcdef67890", "2 1 123456789ABCDEF67890123456789ABCDEF67890")]
    [InlineData("TLSA", "TLSA", "0301010123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "3 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("SMIMEA, RFC 8162", "SMIMEA", "030001d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971", "3 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971")]
    [InlineData("CAA 1, RFC 8659 §4", "CAA", "0005697373756563612e6578616d706c652e6e65743b20706f6c6963793d6576", "0 issue \"ca.example.net; policy=ev\"")]
    [InlineData("CAA 2, RFC 8659 §4", "CAA", "8003746273556e6b6e6f776e", "128 tbs \"Unknown\"")]
    [InlineData("URI, RFC 7553 §4.6", "URI", "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963", "10 1 \"ftp://ftp1.example.com/public\"")]
    [InlineData("CERT 1", "CERT", "0001fffe05010203", "PKIX 65534 5 AQID")]
    [InlineData("CERT 2", "CERT", "0020000108010203", "32 1 8 AQID")]
    [InlineData("LOC 1, RFC 1876 §4", "LOC", "0033161389172dd070be15f000988d20", "42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m")]
    [InlineData("LOC 2, RFC 1876 §4", "LOC", "000016138b3cf018810cbce0009895b8", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m")]
    [InlineData("APL, RFC 3123 §5", "APL", "00011503c0a82000011c83c0a8260002200420010db8", "1:192.168.32.0/21 !1:192.168.38.0/28 2:2001:db8::/32")]
    [InlineData("CSYNC, RFC 7477 §2.1", "CSYNC", "000000420003000460000008", "66 3 A NS AAAA")]
    [InlineData("ZONEMD, RFC 8976 appendix A", "ZONEMD", "7848b91c010162e6cf51b02e54b9b5f967d547ce43136792901f9f88e637493daaf401c92c279dd10f0edb1c56f8080211f8480ee306", "2018031900 1 1 62E6CF51B02E54B9B5F967D547CE43136792901F9F88E637493DAAF401C92C279DD10F0EDB1C56F8080211F8480EE306")]
    [InlineData("DHCID, RFC 4701 §3.6", "DHCID", "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40", "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=")]
    [InlineData("OPENPGPKEY", "OPENPGPKEY", "99010d045547", "mQENBFVH")]
    [InlineData("IPSECKEY 1, RFC 4025 §3.2", "IPSECKEY", "0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==")]
    [InlineData("IPSECKEY 2, RFC 4025 §3.2", "IPSECKEY", "0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==")]
    [InlineData("IPSECKEY 3, RFC 4025 §3.2", "IPSECKEY", "0a020220010db8000080020000000020000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 2 2 2001:db8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==")]
    [InlineData("IPSECKEY 4, RFC 4025 §3.2", "IPSECKEY", "0a0302096d7967617465776179076578616d706c6503636f6d00010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 3 2 mygateway.example.com AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==")]
    [InlineData("AMTRELAY 1, RFC 8777 §4", "AMTRELAY", "0a01cb00710f", "10 0 1 203.0.113.15")]
    [InlineData("AMTRELAY 2, RFC 8777 §4", "AMTRELAY", "0a8309616d7472656c617973076578616d706c6503636f6d00", "10 1 3 amtrelays.example.com")]
    [InlineData("AMTRELAY 3, RFC 8777 §4", "AMTRELAY", "8080", "128 1 0 .")]
    [InlineData("HIP, RFC 8005 §6", "HIP", "10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c22243851fc708bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe529af582c36bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a4b2499d1da5433f805c7a5ad3237acc5dd5c5e4303727673076578616d706c6503636f6d000472767332076578616d706c6503636f6d00", "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.example.com rvs2.example.com")]
    [InlineData("WKS", "WKS", "c0000201060000004000000000000080000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010", "192.0.2.1 6 25 80 443")]
    [InlineData("NSAP, RFC 1706 §8", "NSAP", "47000580005a0000000001e133ffffff00016100", "0x47000580005A0000000001E133FFFFFF00016100")]
    [InlineData("NSAP-PTR", "NSAP-PTR", "03666f6f076578616d706c6500", "foo.example")]
    [InlineData("EUI48, RFC 7043 §3.2", "EUI48", "00005e00532a", "00-00-5e-00-53-2a")]
    [InlineData("EUI64, RFC 7043 §4.2", "EUI64", "00005eef1000002a", "00-00-5e-ef-10-00-00-2a")]
    [InlineData("NID, RFC 6742 §2.1", "NID", "000a00144fffff20ee64", "10 0014:4fff:ff20:ee64")]
    [InlineData("L32, RFC 6742 §2.2", "L32", "000a0a010200", "10 10.1.2.0")]
    [InlineData("L64, RFC 6742 §2.3", "L64", "000a20010db811401000", "10 2001:0db8:1140:1000")]
    [InlineData("TKEY, RFC 2930 §2", "TKEY", "086773732d7473696700236e2300236e233600030000000f28460a11828460a11828460a11828400183931c444e4c71113931c444e4c71113931c444e4c7111393", "gss-tsig 19881101204800 19881101204854 3 NOERROR 15 KEYKEYKEYKEYKEYKEYKE 24 OTHEROTHEROTHEROTHEROTHEROTHEROT")]
    [InlineData("SVCB 1, RFC 9460 appendix D", "SVCB", "000003666f6f076578616d706c6503636f6d00", "0 foo.example.com")]
    [InlineData("SVCB 2, RFC 9460 appendix D", "SVCB", "000100", "1 .")]
    [InlineData("SVCB 3, RFC 9460 appendix D", "SVCB", "001003666f6f076578616d706c6503636f6d00000300020035", "16 foo.example.com port=53")]
    [InlineData("SVCB 4, RFC 9460 appendix D", "SVCB", "000103666f6f076578616d706c6503636f6d00029b000568656c6c6f", "1 foo.example.com key667=hello")]
    [InlineData("SVCB 5, RFC 9460 appendix D", "SVCB", "000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f", "1 foo.example.com key667=\"hello\\210qoo\"")]
    [InlineData("SVCB 6, RFC 9460 appendix D", "SVCB", "000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001", "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1")]
    [InlineData("SVCB 7, RFC 9460 appendix D", "SVCB", "0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221", "1 example.com ipv6hint=2001:db8:122:344::c000:221")]
    [InlineData("SVCB 8, RFC 9460 appendix D", "SVCB", "001003666f6f076578616d706c65036f7267000000000400010004000100090268320568332d313900040004c0000201", "16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1")]
    [InlineData("SVCB 9, RFC 9460 appendix D", "SVCB", "001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832", "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\"")]
    [InlineData("HTTPS", "HTTPS", "000100000100060268320268330002000000040008c0000201c0000202000500060045fe0d0041", "1 . alpn=h2,h3 no-default-alpn ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+DQBB")]
    [InlineData("SVCB 10, RFC 9460 appendix D", "SVCB", "0001000001000403646f74000700102f646e732d71756572797b3f646e737d", "1 . alpn=dot dohpath=/dns-query{?dns}")]
    public void Writes_the_presentation_form(string description, string type, string hex, string text)
    {
        Assert.NotEmpty(description);
        Assert.Equal(text, TextOf(type, hex));
    }

    [Theory]
    [InlineData("no form: NULL", "NULL", "00ff10", "\\# 3 00FF10")]
    [InlineData("no form: a private type", "TYPE65280", "0a000001", "\\# 4 0A000001")]
    [InlineData("no form: A6", "A6", "00", "\\# 1 00")]
    [InlineData("no form and no data", "TYPE65280", "", "\\# 0")]
    [InlineData("A of three octets", "A", "010203", "\\# 3 010203")]
    [InlineData("A of five octets", "A", "0102030405", "\\# 5 0102030405")]
    [InlineData("A without data", "A", "", "\\# 0")]
    [InlineData("AAAA of four octets", "AAAA", "01020304", "\\# 4 01020304")]
    [InlineData("TXT without a string", "TXT", "", "\\# 0")]
    [InlineData("TXT whose string is cut", "TXT", "0361", "\\# 2 0361")]
    [InlineData("SRV without its target's root behind slack", "SRV", "000100020003 00", "1 2 3 .")]
    [InlineData("SOA cut behind its names", "SOA", "0000 00000001", "\\# 6 000000000001")]
    [InlineData("NAPTR with a target behind three empty strings", "NAPTR", "0001 0002 00 00 00 0161 00", "1 2 \"\" \"\" \"\" a")]
    [InlineData("NSEC with windows out of order", "NSEC", "00 010101 000140", "\\# 7 00010101000140")]
    [InlineData("NSEC with a window of 33 octets", "NSEC", "00 0021 000000000000000000000000000000000000000000000000000000000000000001", "\\# 36 000021000000000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("NSEC with an empty window", "NSEC", "00 0000", "\\# 3 000000")]
    [InlineData("NSEC without types", "NSEC", "0161 00", "a")]
    [InlineData("NXT", "NXT", "0161 00 60000080", "a A NS SIG")]
    [InlineData("NXT with bit 0 set", "NXT", "00 80", "\\# 2 0080")]
    [InlineData("LOC of another version", "LOC", "0133161389172dd070be15f000988d20", "\\# 16 0133161389172DD070BE15F000988D20")]
    [InlineData("LOC with a precision of 10 times 10", "LOC", "00a1161389172dd070be15f000988d20", "\\# 16 00A1161389172DD070BE15F000988D20")]
    [InlineData("LOC south, west, fractions", "LOC", "0032111374f2d3747ff8fca400989680", "51 30 12.748 S 0 7 39.612 W 0.00m 3m 0.10m 10m")]
    [InlineData("CAA with a tag that is no word", "CAA", "00 03 612e62 63", "\\# 6 0003612E6263")]
    [InlineData("CAA without a tag", "CAA", "00 00 63", "\\# 3 000063")]
    [InlineData("CAA without a value", "CAA", "00 05 6973737565", "0 issue \"\"")]
    [InlineData("APL of an unknown family", "APL", "0003 08 01 0a", "\\# 5 000308010A")]
    [InlineData("APL without items", "APL", "", "")]
    [InlineData("APL with a prefix of 33", "APL", "0001 21 01 0a", "\\# 5 000121010A")]
    [InlineData("HIP with a compressed server", "HIP", "01 02 0001 aa bb c00c", "\\# 8 01020001AABBC00C")]
    [InlineData("IPSECKEY with an unknown gateway", "IPSECKEY", "0a 04 02 aa", "\\# 4 0A0402AA")]
    [InlineData("IPSECKEY without a key", "IPSECKEY", "0a 00 00", "10 0 0 .")]
    [InlineData("KEY that says there is none (RFC 2535 §3.1.2)", "KEY", "c000 03 00", "49152 3 0")]
    [InlineData("SIG(0)", "SIG", "0000 08 00 00000000 00000e10 00000000 0001 0161 00 aabb", "TYPE0 8 0 0 19700101010000 19700101000000 1 a qrs=")]
    [InlineData("TSIG (RFC 8945 §4.2)", "TSIG", "0b686d61632d73686132353600 000065000000 012c 0004 01020304 1234 0000 0000", "hmac-sha256 1694498816 300 4 AQIDBA== 4660 NOERROR 0")]
    [InlineData("TSIG with BADSIG", "TSIG", "0161 00 000000000000 012c 0000 0001 0010 0000", "a 0 300 0 1 BADSIG 0")]
    [InlineData("TSIG with BADTIME and its other data", "TSIG", "0161 00 000000000001 012c 0000 0001 0012 0006 000000000002", "a 1 300 0 1 BADTIME 6 AAAAAAAC")]
    [InlineData("HTTPS with a parameter cut", "HTTPS", "0001 00 0001 0005 02", "\\# 8 0001000001000502")]
    [InlineData("HTTPS with an alpn list cut", "HTTPS", "0001 00 0001 0002 0568", "1 . key1=\"\\005h\"")]
    [InlineData("HTTPS with an empty alpn item", "HTTPS", "0001 00 0001 0001 00", "1 . key1=\"\\000\"")]
    [InlineData("HTTPS with a port of three octets", "HTTPS", "0001 00 0003 0003 616263", "1 . key3=abc")]
    [InlineData("HTTPS with an address hint of five octets", "HTTPS", "0001 00 0004 0005 0102030405", "1 . key4=\"\\001\\002\\003\\004\\005\"")]
    [InlineData("HTTPS with keys out of order, as they stand", "HTTPS", "0001 00 0003 0002 01bb 0001 0003 026832", "1 . port=443 alpn=h2")]
    [InlineData("HTTPS with ohttp and the key without a name", "HTTPS", "0001 00 0008 0000 ffff 0000", "1 . ohttp key65535")]
    [InlineData("HTTPS with TLS groups", "HTTPS", "0001 00 0009 0004 001d0017", "1 . tls-supported-groups=29,23")]
    [InlineData("HTTPS, mandatory with a key without a name", "HTTPS", "0001 00 0000 0004 0001029b", "1 . mandatory=alpn,key667")]
    [InlineData("DSYNC (RFC 9859 §2.3)", "DSYNC", "003b 01 14e9 0161 00", "CDS 1 5353 a")]
    [InlineData("DOA", "DOA", "00000000 00000001 02 03 612f62 6162", "0 1 2 \"a/b\" YWI=")]
    [InlineData("IPN", "IPN", "0000000300000001", "12884901889")]
    [InlineData("RESINFO (RFC 9606 §6)", "RESINFO", "08 716e616d656d696e 0b 657874656e6465643d6f6e", "\"qnamemin\" \"extended=on\"")]
    [InlineData("DLV", "DLV", "0001 08 02 aabb", "1 8 2 AABB")]
    [InlineData("OPT without options", "OPT", "", "")]
    [InlineData("OPT", "OPT", "000a0008 0102030405060708 000c0003 000000 fde90001 ff 000b0000", "COOKIE=0102030405060708 PADDING=3 OPT65001=FF KEEPALIVE")]
    [InlineData("OPT with an option cut", "OPT", "000a0009 0102030405060708", "\\# 12 000A00090102030405060708")]
    public void Writes_a_text_for_any_data(string description, string type, string hex, string text)
    {
        Assert.NotEmpty(description);
        Assert.Equal(text, TextOf(type, hex));
    }

    [Theory]
    [InlineData(DnsRecordType.A, DnsClass.NONE, "")]
    [InlineData(DnsRecordType.CNAME, DnsClass.ANY, "")]
    [InlineData(DnsRecordType.ANY, DnsClass.ANY, "")]
    [InlineData(DnsRecordType.CNAME, DnsClass.NONE, "01610000", "a")]
    [InlineData(DnsRecordType.A, DnsClass.CH, "01610009", "\\# 4 01610009")]
    [InlineData(DnsRecordType.A, DnsClass.HS, "01610009", "1.97.0.9")]
    public void Follows_the_class_where_it_changes_what_data_is(DnsRecordType type, DnsClass dnsClass, string hex, string text = "")
    {
        Assert.Equal(text, TextOf(type.ToString(), hex, dnsClass));
    }

    [Fact]
    public void Keeps_a_name_in_sight_that_has_octets_behind_it()
    {
        Assert.Equal("10 a", TextOf("MX", "000a 0161 00 ffff"));
    }

    [Theory]
    [InlineData("TXT of 255 strings of octets that are escaped", "TXT", 0xff, "\"\\255\\255", 255 * 256)]
    [InlineData("KEY of 64 KiB", "KEY", 0, "0 0 0 AAAA")]
    [InlineData("URI of 64 KiB", "URI", 0, "0 0 \"\\000")]
    [InlineData("no form, 64 KiB", "NULL", 0xab, "\\# 65535 ABAB")]
    [InlineData("OPT of 64 KiB of empty options, one octet over", "OPT", 0, "\\# 65535 0000")]
    public void Writes_the_longest_data(string description, string type, byte octet, string start, int length = ushort.MaxValue)
    {
        Assert.NotEmpty(description);
        var text = TextOf(type, Convert.ToHexString(Enumerable.Repeat(octet, length).ToArray()));
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.True(text.Length > length);
    }

    [Fact]
    public void Says_whether_the_text_fits_at_every_length()
    {
        foreach (var (type, hex) in Samples)
        {
            Assert.True(DnsMnemonics.TryParse(type, out DnsRecordType value));
            var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)value, (ushort)DnsClass.IN, Hex(hex)));
            Assert.True(reader.TryReadRecord(out var record));
            var whole = DecodedRecord.TextOf(record);
            for (var length = 0; length <= whole.Length; length++)
            {
                var destination = new byte[length];
                Assert.Equal(length == whole.Length, DnsRecordData.TryWriteText(record, destination, out var written));
                Assert.Equal(length == whole.Length ? whole : "", Encoding.ASCII.GetString(destination.AsSpan(0, written)));
            }
        }
    }

    [Fact]
    public void Cut_at_every_length_each_sample_still_has_a_text_or_a_fault()
    {
        foreach (var (type, hex) in Samples)
        {
            Assert.True(DnsMnemonics.TryParse(type, out DnsRecordType value));
            var data = Hex(hex);
            for (var length = 0; length < data.Length; length++)
            {
                var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)value, (ushort)DnsClass.IN, data.AsSpan(0, length)));
                if (reader.TryReadRecord(out var record))
                {
                    _ = DecodedRecord.TextOf(record);
                }
                else
                {
                    Assert.NotEqual(DnsError.None, reader.Error);
                }
            }
        }
    }

    /// <summary>Type and data of every presentation sample.</summary>
    internal static IEnumerable<(string Type, string Hex)> Samples =>
        from attribute in typeof(DnsRecordDataTests).GetMethod(nameof(Writes_the_presentation_form))!.GetCustomAttributesData()
        where attribute.AttributeType == typeof(InlineDataAttribute)
        let values = (IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!
        select ((string)values[1].Value!, (string)values[2].Value!);

    private static string TextOf(string type, string hex, DnsClass dnsClass = DnsClass.IN)
    {
        Assert.True(DnsMnemonics.TryParse(type, out DnsRecordType value));
        var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)value, (ushort)dnsClass, Hex(hex)));
        Assert.True(reader.TryReadRecord(out var record));
        return DecodedRecord.TextOf(record);
    }
}
