namespace WireDns.Wire.Dns;

/// <summary>EDNS options as text.</summary>
internal static class DnsEdnsOptionText
{
    private const int Ipv4Family = 1;
    private const int Ipv6Family = 2;

    /// <summary>All options to the end of the data, as <c>NAME=value</c>, or the name alone where the value is empty.</summary>
    public static void WriteAll(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var options = new DnsEdnsOptions(data.ReadRest());
        while (options.MoveNext())
        {
            text.WriteSeparator();
            WriteName(options.Current.Code, ref text);
            if (!options.Current.Data.IsEmpty)
            {
                text.Write((byte)'=');
                WriteValue(options.Current, ref text);
            }
        }

        if (options.IsMalformed)
        {
            data.Fail();
        }
    }

    public static void WriteName(DnsEdnsOptionCode code, ref DnsTextWriter text)
    {
        var name = code switch
        {
            DnsEdnsOptionCode.ClientSubnet => "ECS"u8,
            DnsEdnsOptionCode.Cookie => "COOKIE"u8,
            DnsEdnsOptionCode.Padding => "PADDING"u8,
            DnsEdnsOptionCode.Nsid => "NSID"u8,
            DnsEdnsOptionCode.ExtendedError => "EDE"u8,
            DnsEdnsOptionCode.TcpKeepalive => "KEEPALIVE"u8,
            DnsEdnsOptionCode.Expire => "EXPIRE"u8,
            DnsEdnsOptionCode.Chain => "CHAIN"u8,
            DnsEdnsOptionCode.KeyTag => "KEYTAG"u8,
            DnsEdnsOptionCode.Llq => "LLQ"u8,
            DnsEdnsOptionCode.UpdateLease => "UL"u8,
            DnsEdnsOptionCode.Dau => "DAU"u8,
            DnsEdnsOptionCode.Dhu => "DHU"u8,
            DnsEdnsOptionCode.N3u => "N3U"u8,
            DnsEdnsOptionCode.ClientTag => "CLIENTTAG"u8,
            DnsEdnsOptionCode.ServerTag => "SERVERTAG"u8,
            DnsEdnsOptionCode.ReportChannel => "REPORTCHANNEL"u8,
            DnsEdnsOptionCode.ZoneVersion => "ZONEVERSION"u8,
            DnsEdnsOptionCode.UmbrellaIdent => "UMBRELLA"u8,
            DnsEdnsOptionCode.DeviceId => "DEVICEID"u8,
            _ => default,
        };
        if (name.IsEmpty)
        {
            text.Write("OPT"u8);
            text.WriteDecimal((ushort)code);
        }
        else
        {
            text.Write(name);
        }
    }

    public static void WriteValue(DnsEdnsOption option, ref DnsTextWriter text)
    {
        // The text starts anew where the data is not what the option says, and that is known only at its end.
        var start = text;
        var data = new DnsRdataReader(option.Data);
        switch (option.Code)
        {
            case DnsEdnsOptionCode.ClientSubnet:
                WriteClientSubnet(ref data, ref text);
                break;
            case DnsEdnsOptionCode.Nsid:
                text.WriteQuoted(data.ReadRest());
                break;
            case DnsEdnsOptionCode.ExtendedError:
                WriteExtendedError(ref data, ref text);
                break;
            case DnsEdnsOptionCode.Padding:
                text.WriteDecimal((uint)data.ReadRest().Length);
                break;
            case DnsEdnsOptionCode.TcpKeepalive when data.Remaining > 0:
                WriteTimeout(data.ReadUInt16(), ref text);
                break;
            case DnsEdnsOptionCode.Expire when data.Remaining > 0:
                text.WriteDecimal(data.ReadUInt32());
                break;
            case DnsEdnsOptionCode.Chain or DnsEdnsOptionCode.ReportChannel:
                text.WriteName(data.ReadUncompressedName());
                break;
            case DnsEdnsOptionCode.Dau or DnsEdnsOptionCode.Dhu or DnsEdnsOptionCode.N3u:
                WriteNumbers(ref data, ref text, 1);
                break;
            case DnsEdnsOptionCode.KeyTag or DnsEdnsOptionCode.ClientTag or DnsEdnsOptionCode.ServerTag:
                WriteNumbers(ref data, ref text, 2);
                break;
            case DnsEdnsOptionCode.UpdateLease:
                WriteNumbers(ref data, ref text, 4);
                break;
            case DnsEdnsOptionCode.Llq:
                WriteLongLivedQuery(ref data, ref text);
                break;
            default:
                text.WriteHex(data.ReadRest());
                break;
        }

        if (data.IsFailed || data.Remaining > 0)
        {
            text = start;
            text.WriteHex(option.Data);
        }
    }

    private static void WriteClientSubnet(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        // RFC 7871 §6.
        var family = data.ReadUInt16();
        var source = data.ReadByte();
        var scope = data.ReadByte();
        var octets = data.ReadRest();
        var addressLength = family switch
        {
            Ipv4Family => 4,
            Ipv6Family => 16,
            _ => 0,
        };
        if (addressLength == 0 || source > addressLength * 8 || scope > addressLength * 8 || octets.Length != (source + 7) / 8)
        {
            data.Fail();
            return;
        }

        Span<byte> address = stackalloc byte[16];
        address.Clear();
        octets.CopyTo(address);
        if (family == Ipv4Family)
        {
            text.WriteIpv4(address);
        }
        else
        {
            text.WriteIpv6(address);
        }

        text.Write((byte)'/');
        text.WriteDecimal(source);
        text.Write((byte)'/');
        text.WriteDecimal(scope);
    }

    private static void WriteExtendedError(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var code = data.ReadUInt16();
        text.WriteDecimal(code);
        var meaning = DnsExtendedErrorText.Get(code);
        if (!meaning.IsEmpty)
        {
            text.Write(" ("u8);
            text.Write(meaning);
            text.Write((byte)')');
        }

        if (data.Remaining > 0)
        {
            text.Write((byte)' ');
            text.WriteQuoted(data.ReadRest());
        }
    }

    // RFC 7828 §3.1: in units of 100 milliseconds.
    private static void WriteTimeout(ushort tenths, ref DnsTextWriter text)
    {
        text.WriteDecimal((uint)tenths / 10);
        text.Write((byte)'.');
        text.WriteDecimal((uint)tenths % 10);
        text.Write((byte)'s');
    }

    private static void WriteNumbers(ref DnsRdataReader data, ref DnsTextWriter text, int length)
    {
        for (var isFirst = true; data.Remaining > 0; isFirst = false)
        {
            if (!isFirst)
            {
                text.Write((byte)',');
            }

            text.WriteDecimal(length switch
            {
                1 => data.ReadByte(),
                2 => data.ReadUInt16(),
                _ => data.ReadUInt32(),
            });
        }
    }

    // RFC 8764 §3.2: version, opcode, error, identifier, lease in seconds.
    private static void WriteLongLivedQuery(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        for (var i = 0; i < 3; i++)
        {
            text.WriteDecimal(data.ReadUInt16());
            text.Write((byte)' ');
        }

        text.WriteDecimal(data.ReadUInt64());
        text.Write((byte)' ');
        text.WriteDecimal(data.ReadUInt32());
    }
}
