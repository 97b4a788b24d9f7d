using System.Globalization;
using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Wire.Tests.Dns;

public sealed class DnsRecordDataTests
{
    [Theory]
    [InlineData("A", "c0000201", "192.0.2.1", Label = "A")]
    [InlineData("AAAA", "20010db8000000000000000000000001", "2001:db8::1", Label = "AAAA 1")]
    [InlineData("AAAA", "00000000000000000000000000000000", "::", Label = "AAAA 2")]
    [InlineData("AAAA", "00000000000000000000000000000001", "::1", Label = "AAAA 3")]
    [InlineData("AAAA", "20010db8000000010001000100010001", "2001:db8:0:1:1:1:1:1", Label = "AAAA 4")]
    [InlineData("AAAA", "20010000000000010000000000000001", "2001:0:0:1::1", Label = "AAAA 5")]
    [InlineData("AAAA", "00010000000000020000000000000003", "1:0:0:2::3", Label = "AAAA 6")]
    [InlineData("AAAA", "00000000000000000000ffffc0000280", "::ffff:192.0.2.128", Label = "AAAA 7")]
    [InlineData("AAAA", "fe800000000000000001000000000000", "fe80::1:0:0:0", Label = "AAAA 8")]
    [InlineData("NS", "036e7331076578616d706c6503636f6d00", "ns1.example.com", Label = "NS")]
    [InlineData("CNAME", "03777777076578616d706c6503636f6d00", "www.example.com", Label = "CNAME")]
    [InlineData("PTR", "05612e622063076578616d706c6500", "a\\.b\\032c.example", Label = "PTR")]
    [InlineData("DNAME", "076578616d706c65036e657400", "example.net", Label = "DNAME")]
    [InlineData("SOA", "026e73076578616d706c6503636f6d000a686f73746d6173746572076578616d706c6503636f6d0078a3f17500001c2000000e10001275000000012c", "ns.example.com hostmaster.example.com 2024010101 7200 3600 1209600 300", Label = "SOA")]
    [InlineData("MX", "000a046d61696c076578616d706c6503636f6d00", "10 mail.example.com", Label = "MX 1")]
    [InlineData("MX", "000000", "0 .", Label = "MX 2")]
    [InlineData("TXT", "0b763d73706631202d616c6c", "\"v=spf1 -all\"", Label = "TXT 1")]
    [InlineData("TXT", "1561202271756f74656422206261636b5c736c6173680005001f7fff7e", "\"a \\\"quoted\\\" back\\\\slash\" \"\" \"\\000\\031\\127\\255~\"", Label = "TXT 2")]
    [InlineData("SRV", "0000000513c403736970076578616d706c6503636f6d00", "0 5 5060 sip.example.com", Label = "SRV")]
    [InlineData("NAPTR", "0064003201730d7a333935302b49324c2b49324300065f7a33393530045f746370066761746563680365647500", "100 50 \"s\" \"z3950+I2L+I2C\" \"\" _z3950._tcp.gatech.edu", Label = "NAPTR 1, RFC 3403, RFC 2915")]
    [InlineData("NAPTR", "0064000a0175074532552b7369701b215e2e2a24217369703a696e666f406578616d706c652e636f6d2100", "100 10 \"u\" \"E2U+sip\" \"!^.*$!sip:info@example.com!\" .", Label = "NAPTR 2, RFC 3403, RFC 2915")]
    [InlineData("HINFO", "0f50432d496e74656c2d3730306d687a0e52656468617420224c696e757822", "\"PC-Intel-700mhz\" \"Redhat \\\"Linux\\\"\"", Label = "HINFO")]
    [InlineData("RP", "056c6f756965077472616e746f7203756d640365647500046c616d310670656f706c6503756d640365647500", "louie.trantor.umd.edu lam1.people.umd.edu", Label = "RP, RFC 1183 §2.2")]
    [InlineData("AFSDB", "0001056166736462076578616d706c6503636f6d00", "1 afsdb.example.com", Label = "AFSDB")]
    [InlineData("RT", "000a0572656c6179076578616d706c6503636f6d00", "10 relay.example.com", Label = "RT")]
    [InlineData("KX", "000a026b78076578616d706c6503636f6d00", "10 kx.example.com", Label = "KX")]
    [InlineData("LP", "000a0b6c36342d7375626e657431076578616d706c6503636f6d00", "10 l64-subnet1.example.com", Label = "LP, RFC 6742 §2.4")]
    [InlineData("PX", "000a066d6170383232076578616d706c6500076d617078343030076578616d706c6500", "10 map822.example mapx400.example", Label = "PX")]
    [InlineData("X25", "0c333131303631373030393536", "\"311061700956\"", Label = "X25, RFC 1183 §3.1")]
    [InlineData("ISDN", "0f31353038363230323830303332313703303034", "\"150862028003217\" \"004\"", Label = "ISDN 1, RFC 1183 §3.2")]
    [InlineData("ISDN", "0f313530383632303238303033323137", "\"150862028003217\"", Label = "ISDN 2, RFC 1183 §3.2")]
    [InlineData("GPOS", "082d33322e36383832083131362e383635320431302e30", "\"-32.6882\" \"116.8652\" \"10.0\"", Label = "GPOS, RFC 1712")]
    [InlineData("DS", "ec4505012bb183af5f22588179a53b0a98631fad1a292118", "60485 5 1 2BB183AF5F22588179A53B0A98631FAD1A292118", Label = "DS, RFC 4034 §5.4")]
    [InlineData("CDS", "0000000000", "0 0 0 00", Label = "CDS")]
    [InlineData("DNSKEY", "010003050103d22a6ca77f35b893206fd35e4c506d8378843709b97e041647e1bff43d8d64c649af1e371973c9e891fce3df519a8c840a63ee42a6d2ebddbb97035d215aa4e417b1fa45fa11a9741ea2098c1dfa5fb5feb332fd4bc8152089aef36ba644cce2413b3b72be18cbef8da253f4e93d2103866d9234a2e28df529a67d5468dbefe3", "256 3 5 AQPSKmynfzW4kyBv015MUG2DeIQ3Cbl+BBZH4b/0PY1kxkmvHjcZc8nokfzj31GajIQKY+5CptLr3buXA10hWqTkF7H6RfoRqXQeogmMHfpftf6zMv1LyBUgia7za6ZEzOJBOztyvhjL742iU/TpPSEDhm2SNKLijfUppn1UaNvv4w==", Label = "DNSKEY, RFC 4034 §2.3")]
    [InlineData("CDNSKEY", "0000030000", "0 3 0 AA==", Label = "CDNSKEY")]
    [InlineData("RRSIG", "00010503000151803e7c9dd73e5510d70a52076578616d706c6503636f6d00a090755ba58d1affa576f4375831b4310920e481218d18a9f164eb3d81afd3b875d3c75428631e0cf2a28d50875f70c329d7dbfafea807dc1fba1dc34c95d401f23f334ce63bfcf3f1b5b44739e5f0eded18d6b33f040a911376d173d757a9f0c1fa1798941bb0b36b2df9062790fa7f0166f2737eea907378341fb12dc0a77a", "A 5 3 86400 20030322173103 20030220173103 2642 example.com oJB1W6WNGv+ldvQ3WDG0MQkg5IEhjRip8WTrPYGv07h108dUKGMeDPKijVCHX3DDKdfb+v6oB9wfuh3DTJXUAfI/M0zmO/zz8bW0Rznl8O3tGNazPwQKkRN20XPXV6nwwfoXmJQbsLNrLfkGJ5D6fwFm8nN+6pBzeDQfsS3Ap3o=", Label = "RRSIG, RFC 4034 §3.3")]
    [InlineData("NSEC", "04686f7374076578616d706c6503636f6d000006400100000003041b000000000000000000000000000000000000000000000000000020", "host.example.com A MX RRSIG NSEC TYPE1234", Label = "NSEC, RFC 4034 §4.3")]
    [InlineData("NSEC3", "0101000c04aabbccdd14174eb2409fe28bcb4887a1836f957f0a8425e27b000722010000000290", "1 1 12 AABBCCDD 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR NS SOA MX RRSIG DNSKEY NSEC3PARAM", Label = "NSEC3 1, RFC 5155 appendix A")]
    [InlineData("NSEC3", "010000000014174eb2409fe28bcb4887a1836f957f0a8425e27b000140", "1 0 0 - 2T7B4G4VSA5SMI47K61MV5BV1A22BOJR A", Label = "NSEC3 2, RFC 5155 appendix A")]
    [InlineData("NSEC3PARAM", "0100000c04aabbccdd", "1 0 12 AABBCCDD", Label = "NSEC3PARAM 1, RFC 5155 appendix A")]
    [InlineData("NSEC3PARAM", "0100000000", "1 0 0 -", Label = "NSEC3PARAM 2, RFC 5155 appendix A")]
    [InlineData("SSHFP", "0201123456789abcdef67890123456789abcdef67890", "2 1 123456789ABCDEF67890123456789ABCDEF67890", Label = "SSHFP, RFC 4255 §3.2")]
    [InlineData("TLSA", "0301010123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "3 1 1 0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF", Label = "TLSA")]
    [InlineData("SMIMEA", "030001d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971", "3 0 1 D2ABDE240D7CD3EE6B4B28C54DF034B97983A1D16E8A410E4561CB106618E971", Label = "SMIMEA, RFC 8162")]
    [InlineData("CAA", "0005697373756563612e6578616d706c652e6e65743b20706f6c6963793d6576", "0 issue \"ca.example.net; policy=ev\"", Label = "CAA 1, RFC 8659 §4")]
    [InlineData("CAA", "8003746273556e6b6e6f776e", "128 tbs \"Unknown\"", Label = "CAA 2, RFC 8659 §4")]
    [InlineData("URI", "000a00016674703a2f2f667470312e6578616d706c652e636f6d2f7075626c6963", "10 1 \"ftp://ftp1.example.com/public\"", Label = "URI, RFC 7553 §4.6")]
    [InlineData("CERT", "0001fffe05010203", "PKIX 65534 5 AQID", Label = "CERT 1")]
    [InlineData("CERT", "0020000108010203", "32 1 8 AQID", Label = "CERT 2")]
    [InlineData("LOC", "0033161389172dd070be15f000988d20", "42 21 54.000 N 71 6 18.000 W -24.00m 30m 10000m 10m", Label = "LOC 1, RFC 1876 §4")]
    [InlineData("LOC", "000016138b3cf018810cbce0009895b8", "52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000m 10m", Label = "LOC 2, RFC 1876 §4")]
    [InlineData("APL", "00011503c0a82000011c83c0a8260002200420010db8", "1:192.168.32.0/21 !1:192.168.38.0/28 2:2001:db8::/32", Label = "APL, RFC 3123 §5")]
    [InlineData("CSYNC", "000000420003000460000008", "66 3 A NS AAAA", Label = "CSYNC, RFC 7477 §2.1")]
    [InlineData("ZONEMD", "7848b91c010162e6cf51b02e54b9b5f967d547ce43136792901f9f88e637493daaf401c92c279dd10f0edb1c56f8080211f8480ee306", "2018031900 1 1 62E6CF51B02E54B9B5F967D547CE43136792901F9F88E637493DAAF401C92C279DD10F0EDB1C56F8080211F8480EE306", Label = "ZONEMD, RFC 8976 appendix A")]
    [InlineData("DHCID", "000201636fc0b8271c82825bb1ac5c41cf5351aa69b4febd94e8f17cdb95000da48c40", "AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=", Label = "DHCID, RFC 4701 §3.6")]
    [InlineData("OPENPGPKEY", "99010d045547", "mQENBFVH", Label = "OPENPGPKEY")]
    [InlineData("IPSECKEY", "0a0102c0000226010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 1 2 192.0.2.38 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==", Label = "IPSECKEY 1, RFC 4025 §3.2")]
    [InlineData("IPSECKEY", "0a0002010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 0 2 . AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==", Label = "IPSECKEY 2, RFC 4025 §3.2")]
    [InlineData("IPSECKEY", "0a020220010db8000080020000000020000001010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 2 2 2001:db8:0:8002::2000:1 AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==", Label = "IPSECKEY 3, RFC 4025 §3.2")]
    [InlineData("IPSECKEY", "0a0302096d7967617465776179076578616d706c6503636f6d00010351537986ed35533b6064478eeeb27b5bd74dae149b6e81ba3a0521af82ab7801", "10 3 2 mygateway.example.com AQNRU3mG7TVTO2BkR47usntb102uFJtugbo6BSGvgqt4AQ==", Label = "IPSECKEY 4, RFC 4025 §3.2")]
    [InlineData("AMTRELAY", "0a01cb00710f", "10 0 1 203.0.113.15", Label = "AMTRELAY 1, RFC 8777 §4")]
    [InlineData("AMTRELAY", "0a8309616d7472656c617973076578616d706c6503636f6d00", "10 1 3 amtrelays.example.com", Label = "AMTRELAY 2, RFC 8777 §4")]
    [InlineData("AMTRELAY", "8080", "128 1 0 .", Label = "AMTRELAY 3, RFC 8777 §4")]
    [InlineData("HIP", "10020084200100107b1a74df365639cc39f1d57803010001b771ca136e4aeb5ce44333c53b3d2c13c22243851fc708bcce29f7e2eb5787b5f56ccad34f8223acc10904ddb56b2ec4a6d6232f3b50ea094f0914b3b941bbe529af582c36bbadefdaf2adaf9b4911906f5b2522603c615272b880ec8fb930cc6ee39c444daa75b1678f005a4b2499d1da5433f805c7a5ad3237acc5dd5c5e4303727673076578616d706c6503636f6d000472767332076578616d706c6503636f6d00", "2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs.example.com rvs2.example.com", Label = "HIP, RFC 8005 §6")]
    [InlineData("WKS", "c0000201060000004000000000000080000000000000000000000000000000000000000000000000000000000000000000000000000000000000000010", "192.0.2.1 6 25 80 443", Label = "WKS")]
    [InlineData("NSAP", "47000580005a0000000001e133ffffff00016100", "0x47000580005A0000000001E133FFFFFF00016100", Label = "NSAP, RFC 1706 §8")]
    [InlineData("NSAP-PTR", "03666f6f076578616d706c6500", "foo.example", Label = "NSAP-PTR")]
    [InlineData("EUI48", "00005e00532a", "00-00-5e-00-53-2a", Label = "EUI48, RFC 7043 §3.2")]
    [InlineData("EUI64", "00005eef1000002a", "00-00-5e-ef-10-00-00-2a", Label = "EUI64, RFC 7043 §4.2")]
    [InlineData("NID", "000a00144fffff20ee64", "10 0014:4fff:ff20:ee64", Label = "NID, RFC 6742 §2.1")]
    [InlineData("L32", "000a0a010200", "10 10.1.2.0", Label = "L32, RFC 6742 §2.2")]
    [InlineData("L64", "000a20010db811401000", "10 2001:0db8:1140:1000", Label = "L64, RFC 6742 §2.3")]
    [InlineData("TKEY", "086773732d7473696700236e2300236e233600030000000f28460a11828460a11828460a11828400183931c444e4c71113931c444e4c71113931c444e4c7111393", "gss-tsig 19881101204800 19881101204854 3 NOERROR 15 KEYKEYKEYKEYKEYKEYKE 24 OTHEROTHEROTHEROTHEROTHEROTHEROT", Label = "TKEY, RFC 2930 §2")]
    [InlineData("SVCB", "000003666f6f076578616d706c6503636f6d00", "0 foo.example.com", Label = "SVCB 1, RFC 9460 appendix D")]
    [InlineData("SVCB", "000100", "1 .", Label = "SVCB 2, RFC 9460 appendix D")]
    [InlineData("SVCB", "001003666f6f076578616d706c6503636f6d00000300020035", "16 foo.example.com port=53", Label = "SVCB 3, RFC 9460 appendix D")]
    [InlineData("SVCB", "000103666f6f076578616d706c6503636f6d00029b000568656c6c6f", "1 foo.example.com key667=hello", Label = "SVCB 4, RFC 9460 appendix D")]
    [InlineData("SVCB", "000103666f6f076578616d706c6503636f6d00029b000968656c6c6fd2716f6f", "1 foo.example.com key667=\"hello\\210qoo\"", Label = "SVCB 5, RFC 9460 appendix D")]
    [InlineData("SVCB", "000103666f6f076578616d706c6503636f6d000006002020010db800000000000000000000000120010db8000000000000000000530001", "1 foo.example.com ipv6hint=2001:db8::1,2001:db8::53:1", Label = "SVCB 6, RFC 9460 appendix D")]
    [InlineData("SVCB", "0001076578616d706c6503636f6d000006001020010db80122034400000000c0000221", "1 example.com ipv6hint=2001:db8:122:344::c000:221", Label = "SVCB 7, RFC 9460 appendix D")]
    [InlineData("SVCB", "001003666f6f076578616d706c65036f7267000000000400010004000100090268320568332d313900040004c0000201", "16 foo.example.org mandatory=alpn,ipv4hint alpn=h2,h3-19 ipv4hint=192.0.2.1", Label = "SVCB 8, RFC 9460 appendix D")]
    [InlineData("SVCB", "001003666f6f076578616d706c65036f7267000001000c08665c6f6f2c626172026832", "16 foo.example.org alpn=\"f\\\\\\\\oo\\\\,bar,h2\"", Label = "SVCB 9, RFC 9460 appendix D")]
    [InlineData("HTTPS", "000100000100060268320268330002000000040008c0000201c0000202000500060045fe0d0041", "1 . alpn=h2,h3 no-default-alpn ipv4hint=192.0.2.1,192.0.2.2 ech=AEX+DQBB", Label = "HTTPS")]
    [InlineData("SVCB", "0001000001000403646f74000700102f646e732d71756572797b3f646e737d", "1 . alpn=dot dohpath=/dns-query{?dns}", Label = "SVCB 10, RFC 9460 appendix D")]
    public void Writes_the_presentation_form(string type, string hex, string text)
    {
        Assert.Equal(text, TextOf(type, hex));
    }

    [Theory]
    [InlineData("NULL", "00ff10", "\\# 3 00FF10", Label = "no form: NULL")]
    [InlineData("TYPE65280", "0a000001", "\\# 4 0A000001", Label = "no form: a private type")]
    [InlineData("A6", "00", "\\# 1 00", Label = "no form: A6")]
    [InlineData("TYPE65280", "", "\\# 0", Label = "no form and no data")]
    [InlineData("A", "010203", "\\# 3 010203", Label = "A of three octets")]
    [InlineData("A", "0102030405", "\\# 5 0102030405", Label = "A of five octets")]
    [InlineData("A", "", "\\# 0", Label = "A without data")]
    [InlineData("AAAA", "01020304", "\\# 4 01020304", Label = "AAAA of four octets")]
    [InlineData("TXT", "", "\\# 0", Label = "TXT without a string")]
    [InlineData("TXT", "0361", "\\# 2 0361", Label = "TXT whose string is cut")]
    [InlineData("SRV", "000100020003 00", "1 2 3 .", Label = "SRV without its target's root after slack")]
    [InlineData("SOA", "0000 00000001", "\\# 6 000000000001", Label = "SOA cut after its names")]
    [InlineData("NAPTR", "0001 0002 00 00 00 0161 00", "1 2 \"\" \"\" \"\" a", Label = "NAPTR with a target after three empty strings")]
    [InlineData("NSEC", "00 010101 000140", "\\# 7 00010101000140", Label = "NSEC with windows out of order")]
    [InlineData("NSEC", "00 0021 000000000000000000000000000000000000000000000000000000000000000001", "\\# 36 000021000000000000000000000000000000000000000000000000000000000000000001", Label = "NSEC with a window of 33 octets")]
    [InlineData("NSEC", "00 0000", "\\# 3 000000", Label = "NSEC with an empty window")]
    [InlineData("NSEC", "0161 00", "a", Label = "NSEC without types")]
    [InlineData("NXT", "0161 00 60000080", "a A NS SIG", Label = "NXT")]
    [InlineData("NXT", "00 80", "\\# 2 0080", Label = "NXT with bit 0 set")]
    [InlineData("LOC", "0133161389172dd070be15f000988d20", "\\# 16 0133161389172DD070BE15F000988D20", Label = "LOC of another version")]
    [InlineData("LOC", "00a1161389172dd070be15f000988d20", "\\# 16 00A1161389172DD070BE15F000988D20", Label = "LOC with a precision of 10 times 10")]
    [InlineData("LOC", "0032111374f2d3747ff8fca400989680", "51 30 12.748 S 0 7 39.612 W 0.00m 3m 0.10m 10m", Label = "LOC south, west, fractions")]
    [InlineData("CAA", "00 03 612e62 63", "\\# 6 0003612E6263", Label = "CAA with a tag that is no word")]
    [InlineData("CAA", "00 00 63", "\\# 3 000063", Label = "CAA without a tag")]
    [InlineData("CAA", "00 05 6973737565", "0 issue \"\"", Label = "CAA without a value")]
    [InlineData("APL", "0003 08 01 0a", "\\# 5 000308010A", Label = "APL of an unknown family")]
    [InlineData("APL", "", "", Label = "APL without items")]
    [InlineData("APL", "0001 21 01 0a", "\\# 5 000121010A", Label = "APL with a prefix of 33")]
    [InlineData("HIP", "01 02 0001 aa bb c00c", "\\# 8 01020001AABBC00C", Label = "HIP with a compressed server")]
    [InlineData("IPSECKEY", "0a 04 02 aa", "\\# 4 0A0402AA", Label = "IPSECKEY with an unknown gateway")]
    [InlineData("IPSECKEY", "0a 00 00", "10 0 0 .", Label = "IPSECKEY without a key")]
    [InlineData("KEY", "c000 03 00", "49152 3 0", Label = "KEY that says there is none (RFC 2535 §3.1.2)")]
    [InlineData("SIG", "0000 08 00 00000000 00000e10 00000000 0001 0161 00 aabb", "TYPE0 8 0 0 19700101010000 19700101000000 1 a qrs=", Label = "SIG(0)")]
    [InlineData("TSIG", "0b686d61632d73686132353600 000065000000 012c 0004 01020304 1234 0000 0000", "hmac-sha256 1694498816 300 4 AQIDBA== 4660 NOERROR 0", Label = "TSIG (RFC 8945 §4.2)")]
    [InlineData("TSIG", "0161 00 000000000000 012c 0000 0001 0010 0000", "a 0 300 0 1 BADSIG 0", Label = "TSIG with BADSIG")]
    [InlineData("TSIG", "0161 00 000000000001 012c 0000 0001 0012 0006 000000000002", "a 1 300 0 1 BADTIME 6 AAAAAAAC", Label = "TSIG with BADTIME and its other data")]
    [InlineData("HTTPS", "0001 00 0001 0005 02", "\\# 8 0001000001000502", Label = "HTTPS with a parameter cut")]
    [InlineData("HTTPS", "0001 00 0001 0002 0568", "1 . key1=\"\\005h\"", Label = "HTTPS with an alpn list cut")]
    [InlineData("HTTPS", "0001 00 0001 0001 00", "1 . key1=\"\\000\"", Label = "HTTPS with an empty alpn item")]
    [InlineData("HTTPS", "0001 00 0003 0003 616263", "1 . key3=abc", Label = "HTTPS with a port of three octets")]
    [InlineData("HTTPS", "0001 00 0004 0005 0102030405", "1 . key4=\"\\001\\002\\003\\004\\005\"", Label = "HTTPS with an address hint of five octets")]
    [InlineData("HTTPS", "0001 00 0003 0002 01bb 0001 0003 026832", "1 . port=443 alpn=h2", Label = "HTTPS with keys out of order, as they stand")]
    [InlineData("HTTPS", "0001 00 0008 0000 ffff 0000", "1 . ohttp key65535", Label = "HTTPS with ohttp and the key without a name")]
    [InlineData("HTTPS", "0001 00 0009 0004 001d0017", "1 . tls-supported-groups=29,23", Label = "HTTPS with TLS groups")]
    [InlineData("HTTPS", "0001 00 0000 0004 0001029b", "1 . mandatory=alpn,key667", Label = "HTTPS, mandatory with a key without a name")]
    [InlineData("DSYNC", "003b 01 14e9 0161 00", "CDS 1 5353 a", Label = "DSYNC (RFC 9859 §2.3)")]
    [InlineData("DOA", "00000000 00000001 02 03 612f62 6162", "0 1 2 \"a/b\" YWI=", Label = "DOA")]
    [InlineData("IPN", "0000000300000001", "12884901889", Label = "IPN")]
    [InlineData("RESINFO", "08 716e616d656d696e 0b 657874656e6465643d6f6e", "\"qnamemin\" \"extended=on\"", Label = "RESINFO (RFC 9606 §6)")]
    [InlineData("DLV", "0001 08 02 aabb", "1 8 2 AABB", Label = "DLV")]
    [InlineData("OPT", "", "", Label = "OPT without options")]
    [InlineData("OPT", "000a0008 0102030405060708 000c0003 000000 fde90001 ff 000b0000", "COOKIE=0102030405060708 PADDING=3 OPT65001=FF KEEPALIVE", Label = "OPT")]
    [InlineData("OPT", "000a0009 0102030405060708", "\\# 12 000A00090102030405060708", Label = "OPT with an option cut")]
    public void Writes_a_text_for_any_data(string type, string hex, string text)
    {
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
    public void Keeps_a_name_in_sight_that_has_octets_after_it()
    {
        Assert.Equal("10 a", TextOf("MX", "000a 0161 00 ffff"));
    }

    [Theory]
    [InlineData("TXT", 0xff, "\"\\255\\255", 255 * 256, Label = "TXT of 255 strings of octets that are escaped")]
    [InlineData("KEY", 0, "0 0 0 AAAA", Label = "KEY of 64 KiB")]
    [InlineData("URI", 0, "0 0 \"\\000", Label = "URI of 64 KiB")]
    [InlineData("NULL", 0xab, "\\# 65535 ABAB", Label = "no form, 64 KiB")]
    [InlineData("OPT", 0, "\\# 65535 0000", Label = "OPT of 64 KiB of empty options, one octet over")]
    public void Writes_the_longest_data(string type, byte octet, string start, int length = ushort.MaxValue)
    {
        var text = TextOf(type, Convert.ToHexString(Enumerable.Repeat(octet, length).ToArray()));
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        Assert.True(text.Length > length);
    }

    [Fact]
    public void Says_whether_the_text_fits_at_every_length()
    {
        foreach (var (type, hex) in Samples)
        {
            var value = TypeOf(type);
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
            var value = TypeOf(type);
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

    [Fact]
    public void Every_field_of_a_layout_has_a_name()
    {
        for (var type = 0; type <= ushort.MaxValue; type++)
        {
            var layout = DnsRecordLayout.Of((DnsRecordType)type);

            Assert.Equal(layout.Fields.Length, layout.Names.Length);
            Assert.All(layout.Names, name => Assert.Matches("^[A-Za-z0-9]+( [A-Za-z0-9]+)*$", name));
        }
    }

    /// <summary>Type and data of every presentation sample.</summary>
    internal static IEnumerable<(string Type, string Hex)> Samples =>
        from attribute in typeof(DnsRecordDataTests).GetMethod(nameof(Writes_the_presentation_form))!.GetCustomAttributesData()
        where attribute.AttributeType == typeof(InlineDataAttribute)
        let values = (IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!
        select ((string)values[0].Value!, (string)values[1].Value!);

    /// <summary>A type by its mnemonic or as TYPEn.</summary>
    internal static DnsRecordType TypeOf(string mnemonic) => mnemonic.StartsWith("TYPE", StringComparison.Ordinal)
        ? (DnsRecordType)ushort.Parse(mnemonic.AsSpan(4), CultureInfo.InvariantCulture)
        : Enum.Parse<DnsRecordType>(mnemonic.Replace("-", "", StringComparison.Ordinal));

    private static string TextOf(string type, string hex, DnsClass dnsClass = DnsClass.IN)
    {
        var value = TypeOf(type);
        var reader = new DnsMessageReader(DnsBytes.WithAnswer((ushort)value, (ushort)dnsClass, Hex(hex)));
        Assert.True(reader.TryReadRecord(out var record));
        return DecodedRecord.TextOf(record);
    }
}
