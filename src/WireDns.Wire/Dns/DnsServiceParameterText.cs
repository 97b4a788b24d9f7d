using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>
/// The parameters of SVCB and HTTPS records as <c>key=value</c> (RFC 9460 §2.1). A value that does not fit its key is written under
/// <c>keyN</c>. Parameters are written in the order of the record, even if it is not ascending.
/// </summary>
internal static class DnsServiceParameterText
{
    public static void Write(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        while (data.Remaining > 0)
        {
            var key = (DnsServiceParameterKey)data.ReadUInt16();
            var value = data.Read(data.ReadUInt16());
            if (data.IsFailed)
            {
                return;
            }

            text.WriteSeparator();
            if (IsSound(key, value))
            {
                WriteKey(key, ref text);
                WriteValue(key, value, ref text);
            }
            else
            {
                WriteGenericKey(key, ref text);
                WriteGenericValue(value, ref text);
            }
        }
    }

    private static bool IsSound(DnsServiceParameterKey key, ReadOnlySpan<byte> value) => key switch
    {
        DnsServiceParameterKey.Mandatory or DnsServiceParameterKey.TlsSupportedGroups => !value.IsEmpty && value.Length % 2 == 0,
        DnsServiceParameterKey.Alpn => IsAlpnSound(value),
        DnsServiceParameterKey.NoDefaultAlpn or DnsServiceParameterKey.Ohttp => value.IsEmpty,
        DnsServiceParameterKey.Port => value.Length == 2,
        DnsServiceParameterKey.Ipv4Hint => !value.IsEmpty && value.Length % 4 == 0,
        DnsServiceParameterKey.Ipv6Hint => !value.IsEmpty && value.Length % 16 == 0,
        DnsServiceParameterKey.Ech => !value.IsEmpty,
        DnsServiceParameterKey.DohPath => !value.IsEmpty,
        _ => false,
    };

    private static bool IsAlpnSound(ReadOnlySpan<byte> value)
    {
        // RFC 9460 §7.1.1: one or more identifiers, none of them empty.
        if (value.IsEmpty)
        {
            return false;
        }

        for (; !value.IsEmpty; value = value[(value[0] + 1)..])
        {
            if (value[0] == 0 || value[0] >= value.Length)
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteKey(DnsServiceParameterKey key, ref DnsTextWriter text)
    {
        var name = DnsMnemonics.Get(key);
        if (name.IsEmpty)
        {
            WriteGenericKey(key, ref text);
        }
        else
        {
            text.Write(name);
        }
    }

    private static void WriteGenericKey(DnsServiceParameterKey key, ref DnsTextWriter text)
    {
        text.Write("key"u8);
        text.WriteDecimal((ushort)key);
    }

    private static void WriteValue(DnsServiceParameterKey key, ReadOnlySpan<byte> value, ref DnsTextWriter text)
    {
        if (key is DnsServiceParameterKey.NoDefaultAlpn or DnsServiceParameterKey.Ohttp)
        {
            return;
        }

        text.Write((byte)'=');
        switch (key)
        {
            case DnsServiceParameterKey.Alpn:
                WriteAlpn(value, ref text);
                break;
            case DnsServiceParameterKey.Ech:
                text.WriteBase64(value);
                break;
            case DnsServiceParameterKey.DohPath:
                WriteString(value, ref text);
                break;
            default:
                WriteList(key, value, ref text);
                break;
        }
    }

    private static void WriteList(DnsServiceParameterKey key, ReadOnlySpan<byte> value, ref DnsTextWriter text)
    {
        var length = key switch
        {
            DnsServiceParameterKey.Ipv4Hint => 4,
            DnsServiceParameterKey.Ipv6Hint => 16,
            _ => 2,
        };
        for (var isFirst = true; !value.IsEmpty; value = value[length..], isFirst = false)
        {
            if (!isFirst)
            {
                text.Write((byte)',');
            }

            switch (key)
            {
                case DnsServiceParameterKey.Ipv4Hint:
                    text.WriteIpv4(value);
                    break;
                case DnsServiceParameterKey.Ipv6Hint:
                    text.WriteIpv6(value);
                    break;
                case DnsServiceParameterKey.Mandatory:
                    WriteKey((DnsServiceParameterKey)BinaryPrimitives.ReadUInt16BigEndian(value), ref text);
                    break;
                default:
                    text.WriteDecimal(BinaryPrimitives.ReadUInt16BigEndian(value));
                    break;
            }
        }
    }

    private static void WriteAlpn(ReadOnlySpan<byte> value, ref DnsTextWriter text)
    {
        // RFC 9460 appendix A.1: an item's commas and backslashes are escaped first, and the list is then a character string, in
        // which each of those backslashes is escaped again.
        var isPlain = true;
        for (var rest = value; !rest.IsEmpty; rest = rest[(rest[0] + 1)..])
        {
            var item = rest.Slice(1, rest[0]);
            isPlain &= IsPlain(item) && !item.Contains((byte)',');
        }

        WriteQuoteUnless(isPlain, ref text);
        for (var rest = value; !rest.IsEmpty; rest = rest[(rest[0] + 1)..])
        {
            if (rest.Length < value.Length)
            {
                text.Write((byte)',');
            }

            foreach (var octet in rest.Slice(1, rest[0]))
            {
                if (octet is (byte)',' or (byte)'\\')
                {
                    text.Write("\\\\"u8);
                }

                text.WriteQuotedOctet(octet);
            }
        }

        WriteQuoteUnless(isPlain, ref text);
    }

    private static void WriteGenericValue(ReadOnlySpan<byte> value, ref DnsTextWriter text)
    {
        if (!value.IsEmpty)
        {
            text.Write((byte)'=');
            WriteString(value, ref text);
        }
    }

    private static void WriteString(ReadOnlySpan<byte> value, ref DnsTextWriter text)
    {
        if (IsPlain(value))
        {
            text.Write(value);
        }
        else
        {
            text.WriteQuoted(value);
        }
    }

    private static void WriteQuoteUnless(bool isPlain, ref DnsTextWriter text)
    {
        if (!isPlain)
        {
            text.Write((byte)'"');
        }
    }

    // RFC 9460 appendix A: what a character string may hold without quotes and escapes.
    private static bool IsPlain(ReadOnlySpan<byte> octets)
    {
        foreach (var octet in octets)
        {
            if (octet is < 0x21 or > 0x7e or (byte)'"' or (byte)'\\' or (byte)';' or (byte)'(' or (byte)')')
            {
                return false;
            }
        }

        return true;
    }
}
