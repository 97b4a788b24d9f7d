using System.Text;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>IANA's mnemonics as strings, for alerts.</summary>
internal static class DnsText
{
    public static string Of(DnsRecordType type)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        return Encoding.ASCII.GetString(text[..DnsMnemonics.Write(type, text)]);
    }

    public static string Of(DnsClass dnsClass)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        return Encoding.ASCII.GetString(text[..DnsMnemonics.Write(dnsClass, text)]);
    }

    public static string Of(DnsOpcode opcode)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        return Encoding.ASCII.GetString(text[..DnsMnemonics.Write(opcode, text)]);
    }

    public static string Of(DnsResponseCode code)
    {
        Span<byte> text = stackalloc byte[DnsMnemonics.MaximumTextLength];
        return Encoding.ASCII.GetString(text[..DnsMnemonics.Write(code, text)]);
    }
}
