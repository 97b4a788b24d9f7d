namespace WireDns.Wire.Dns;

/// <summary>
/// The fields of record data as text, a space before each but the first. Data that does not fit the field makes the reader fail; the caller
/// then discards the text.
/// </summary>
internal static class DnsRecordFieldText
{
    // The meaning in TSIG and TKEY of a number that EDNS uses for something else (RFC 8945 §3).
    private const int BadSignature = 16;

    // RFC 1035 §3.4.2: the bitmap has a bit for each port.
    private const int MaximumServiceBitmapLength = 65536 / 8;

    public static void Write(DnsRecordField field, ref DnsRdataReader data, ref DnsTextWriter text)
    {
        if (data.IsFailed)
        {
            return;
        }

        // Fields that are lists, or may be empty, write their own separators.
        switch (field)
        {
            case DnsRecordField.Strings:
                WriteStrings(ref data, ref text);
                return;
            case DnsRecordField.HexRest:
                WriteHexRest(ref data, ref text);
                return;
            case DnsRecordField.Base64Rest:
                WriteBase64Rest(ref data, ref text);
                return;
            case DnsRecordField.TypeBitmap:
                DnsTypeBitmapText.Write(ref data, ref text);
                return;
            case DnsRecordField.OldTypeBitmap:
                DnsTypeBitmapText.WriteOld(ref data, ref text);
                return;
            case DnsRecordField.Services:
                WriteServices(ref data, ref text);
                return;
            case DnsRecordField.ServiceParameters:
                DnsServiceParameterText.Write(ref data, ref text);
                return;
            case DnsRecordField.AddressPrefixes:
                DnsAddressPrefixText.Write(ref data, ref text);
                return;
            case DnsRecordField.HostIdentity:
                DnsGatewayText.WriteHostIdentity(ref data, ref text);
                return;
            case DnsRecordField.EdnsOptions:
                DnsEdnsOptionText.WriteAll(ref data, ref text);
                return;
            default:
                text.WriteSeparator();
                WriteOne(field, ref data, ref text);
                return;
        }
    }

    private static void WriteOne(DnsRecordField field, ref DnsRdataReader data, ref DnsTextWriter text)
    {
        switch (field)
        {
            case DnsRecordField.Ipv4:
                WriteIpv4(ref data, ref text);
                break;
            case DnsRecordField.Ipv6:
                WriteIpv6(ref data, ref text);
                break;
            case DnsRecordField.Name:
                text.WriteName(data.ReadName());
                break;
            case DnsRecordField.UInt8:
                text.WriteDecimal(data.ReadByte());
                break;
            case DnsRecordField.UInt16:
                text.WriteDecimal(data.ReadUInt16());
                break;
            case DnsRecordField.UInt32:
            case DnsRecordField.Seconds:
                text.WriteDecimal(data.ReadUInt32());
                break;
            case DnsRecordField.UInt48:
                text.WriteDecimal(data.ReadUInt48());
                break;
            case DnsRecordField.UInt64:
                text.WriteDecimal(data.ReadUInt64());
                break;
            case DnsRecordField.Time:
                text.WriteTime(data.ReadUInt32());
                break;
            case DnsRecordField.Type:
                text.WriteType((DnsRecordType)data.ReadUInt16());
                break;
            case DnsRecordField.SignatureError:
                WriteSignatureError(data.ReadUInt16(), ref text);
                break;
            case DnsRecordField.CertificateType:
                WriteCertificateType(data.ReadUInt16(), ref text);
                break;
            case DnsRecordField.Locator64:
                WriteGroups(data.Read(8), 2, (byte)':', ref text);
                break;
            case DnsRecordField.Eui48:
                WriteGroups(data.Read(6), 1, (byte)'-', ref text);
                break;
            case DnsRecordField.Eui64:
                WriteGroups(data.Read(8), 1, (byte)'-', ref text);
                break;
            case DnsRecordField.String:
                text.WriteQuoted(data.ReadString());
                break;
            case DnsRecordField.StringRest:
                text.WriteQuoted(data.ReadRest());
                break;
            case DnsRecordField.Tag:
                WriteTag(ref data, ref text);
                break;
            case DnsRecordField.CountedBase64:
                WriteCountedBase64(ref data, ref text);
                break;
            case DnsRecordField.Salt:
                WriteSalt(ref data, ref text);
                break;
            case DnsRecordField.HashedName:
                WriteHashedName(ref data, ref text);
                break;
            case DnsRecordField.Location:
                DnsLocationText.Write(ref data, ref text);
                break;
            case DnsRecordField.IpsecGateway:
                DnsGatewayText.WriteIpsecGateway(ref data, ref text);
                break;
            case DnsRecordField.Relay:
                DnsGatewayText.WriteRelay(ref data, ref text);
                break;
            case DnsRecordField.NsapAddress:
                text.Write("0x"u8);
                text.WriteHex(data.ReadRest());
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(field), field, null);
        }
    }

    /// <summary>An IPv4 address of four octets.</summary>
    public static void WriteIpv4(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        if (data.Read(4) is { Length: 4 } address)
        {
            text.WriteIpv4(address);
        }
    }

    /// <summary>An IPv6 address of sixteen octets.</summary>
    public static void WriteIpv6(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        if (data.Read(16) is { Length: 16 } address)
        {
            text.WriteIpv6(address);
        }
    }

    /// <summary>The rest in base 64; nothing if nothing is left.</summary>
    public static void WriteBase64Rest(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        if (data.Remaining > 0)
        {
            text.WriteSeparator();
            text.WriteBase64(data.ReadRest());
        }
    }

    private static void WriteHexRest(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        if (data.Remaining > 0)
        {
            text.WriteSeparator();
            text.WriteHex(data.ReadRest());
        }
    }

    private static void WriteStrings(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        // RFC 1035 §3.3.14: one or more.
        do
        {
            text.WriteSeparator();
            text.WriteQuoted(data.ReadString());
        }
        while (data.Remaining > 0);
    }

    private static void WriteSignatureError(ushort code, ref DnsTextWriter text)
    {
        if (code == BadSignature)
        {
            text.Write("BADSIG"u8);
        }
        else
        {
            text.WriteResponseCode((DnsResponseCode)code);
        }
    }

    private static void WriteCertificateType(ushort type, ref DnsTextWriter text)
    {
        // RFC 4398 §2.1.
        var mnemonic = type switch
        {
            1 => "PKIX"u8,
            2 => "SPKI"u8,
            3 => "PGP"u8,
            4 => "IPKIX"u8,
            5 => "ISPKI"u8,
            6 => "IPGP"u8,
            7 => "ACPKIX"u8,
            8 => "IACPKIX"u8,
            253 => "URI"u8,
            254 => "OID"u8,
            _ => default,
        };
        if (mnemonic.IsEmpty)
        {
            text.WriteDecimal(type);
        }
        else
        {
            text.Write(mnemonic);
        }
    }

    private static void WriteGroups(ReadOnlySpan<byte> octets, int groupLength, byte separator, ref DnsTextWriter text)
    {
        for (var i = 0; i < octets.Length; i++)
        {
            if (i > 0 && i % groupLength == 0)
            {
                text.Write(separator);
            }

            text.Write("0123456789abcdef"u8[octets[i] >> 4]);
            text.Write("0123456789abcdef"u8[octets[i] & 0xf]);
        }
    }

    private static void WriteTag(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        // RFC 8659 §4.1.
        var tag = data.ReadString();
        foreach (var octet in tag)
        {
            if (!char.IsAsciiLetterOrDigit((char)octet))
            {
                data.Fail();
                return;
            }
        }

        if (tag.IsEmpty)
        {
            data.Fail();
        }

        text.Write(tag);
    }

    private static void WriteCountedBase64(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var length = data.ReadUInt16();
        text.WriteDecimal(length);
        if (length > 0)
        {
            text.WriteSeparator();
            text.WriteBase64(data.Read(length));
        }
    }

    private static void WriteSalt(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var salt = data.ReadString();
        if (salt.IsEmpty)
        {
            text.Write((byte)'-');
        }
        else
        {
            text.WriteHex(salt);
        }
    }

    private static void WriteHashedName(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        var hash = data.ReadString();
        if (hash.IsEmpty)
        {
            data.Fail();
        }

        text.WriteBase32Hex(hash);
    }

    private static void WriteServices(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        text.WriteSeparator();
        text.WriteDecimal(data.ReadByte());
        if (data.Remaining > MaximumServiceBitmapLength)
        {
            data.Fail();
        }

        DnsTypeBitmapText.ForEachBit(data.ReadRest(), 0, ref text, isType: false);
    }
}
