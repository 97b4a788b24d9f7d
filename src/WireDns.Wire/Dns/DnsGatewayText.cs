namespace WireDns.Wire.Dns;

/// <summary>Records that name a host, by address or by name, with or without its key: IPSECKEY, AMTRELAY and HIP.</summary>
internal static class DnsGatewayText
{
    private const int NoGateway = 0;
    private const int Ipv4Gateway = 1;
    private const int Ipv6Gateway = 2;
    private const int NamedGateway = 3;

    /// <summary>Gateway type, algorithm, gateway and key (RFC 4025 §3.1), after the precedence.</summary>
    public static void WriteIpsecGateway(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var type = data.ReadByte();
        text.WriteDecimal(type);
        text.Write((byte)' ');
        text.WriteDecimal(data.ReadByte());
        text.Write((byte)' ');
        WriteGateway(type, ref data, ref text);
        DnsRecordFieldText.WriteBase64Rest(ref data, ref text);
    }

    /// <summary>Discovery bit, relay type and relay (RFC 8777 §4.3), after the precedence.</summary>
    public static void WriteRelay(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var discoveryAndType = data.ReadByte();
        text.Write((discoveryAndType & 0x80) != 0 ? "1 "u8 : "0 "u8);
        text.WriteDecimal((uint)discoveryAndType & 0x7f);
        text.Write((byte)' ');
        WriteGateway(discoveryAndType & 0x7f, ref data, ref text);
    }

    /// <summary>Algorithm, host identity tag, key and rendezvous servers (RFC 8005 §6).</summary>
    public static void WriteHostIdentity(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var tagLength = data.ReadByte();
        var algorithm = data.ReadByte();
        var keyLength = data.ReadUInt16();
        text.WriteDecimal(algorithm);
        text.Write((byte)' ');
        text.WriteHex(data.Read(tagLength));
        text.Write((byte)' ');
        text.WriteBase64(data.Read(keyLength));
        while (data.Remaining > 0)
        {
            text.Write((byte)' ');
            text.WriteName(data.ReadUncompressedName());
        }
    }

    private static void WriteGateway(int type, ref DnsRdataReader data, ref DnsTextWriter text)
    {
        switch (type)
        {
            case NoGateway:
                text.Write((byte)'.');
                break;
            case Ipv4Gateway:
                DnsRecordFieldText.WriteIpv4(ref data, ref text);
                break;
            case Ipv6Gateway:
                DnsRecordFieldText.WriteIpv6(ref data, ref text);
                break;
            case NamedGateway:
                text.WriteName(data.ReadUncompressedName());
                break;
            default:
                data.Fail();
                break;
        }
    }
}
