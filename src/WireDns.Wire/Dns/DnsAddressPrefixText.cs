namespace WireDns.Wire.Dns;

/// <summary>The items of an APL record as <c>[!]family:address/prefix</c> (RFC 3123 §5).</summary>
internal static class DnsAddressPrefixText
{
    private const int Ipv4Family = 1;
    private const int Ipv6Family = 2;

    public static void Write(ref DnsRdataReader data, ref DnsTextWriter text)
    {
        Span<byte> address = stackalloc byte[16];
        while (data.Remaining > 0)
        {
            var family = data.ReadUInt16();
            var prefix = data.ReadByte();
            var negationAndLength = data.ReadByte();
            var octets = data.Read(negationAndLength & 0x7f);
            var addressLength = family switch
            {
                Ipv4Family => 4,
                Ipv6Family => 16,
                _ => 0,
            };
            if (data.IsFailed || octets.Length > addressLength || prefix > addressLength * 8)
            {
                data.Fail();
                return;
            }

            // RFC 3123 §4: octets of zero at the end are left out.
            address.Clear();
            octets.CopyTo(address);
            text.WriteSeparator();
            text.Write((negationAndLength & 0x80) != 0 ? "!"u8 : default);
            text.WriteDecimal(family);
            text.Write((byte)':');
            if (family == Ipv4Family)
            {
                text.WriteIpv4(address);
            }
            else
            {
                text.WriteIpv6(address);
            }

            text.Write((byte)'/');
            text.WriteDecimal(prefix);
        }
    }
}
