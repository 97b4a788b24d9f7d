using System.Globalization;
using System.Text;

namespace WireDns.Wire.Dns;

public static partial class DnsMnemonics
{
    // The types without a mnemonic between two with one are few up to here; TA and DLV stand alone.
    private const int LastDenseType = 264;

    /// <summary>Reads a mnemonic (in any case; <c>*</c> is <c>ANY</c>) or <c>TYPEn</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsRecordType type)
    {
        if (TryParseNumber(text, "TYPE", ushort.MaxValue, out var number))
        {
            type = (DnsRecordType)number;
            return true;
        }

        type = DnsRecordType.ANY;
        if (text is "*")
        {
            return true;
        }

        // For rules as they load: a walk over the one table that writes them, so that reading and writing cannot differ.
        for (var value = 0; value <= LastDenseType; value++)
        {
            type = (DnsRecordType)value;
            if (IsSame(text, Get(type)))
            {
                return true;
            }
        }

        foreach (var value in (ReadOnlySpan<DnsRecordType>)[DnsRecordType.TA, DnsRecordType.DLV])
        {
            type = value;
            if (IsSame(text, Get(type)))
            {
                return true;
            }
        }

        type = default;
        return false;
    }

    /// <summary>Reads a mnemonic (in any case) or <c>CLASSn</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsClass dnsClass)
    {
        if (TryParseNumber(text, "CLASS", ushort.MaxValue, out var number))
        {
            dnsClass = (DnsClass)number;
            return true;
        }

        for (var value = 0; value <= byte.MaxValue; value++)
        {
            dnsClass = (DnsClass)value;
            if (IsSame(text, Get(dnsClass)))
            {
                return true;
            }
        }

        dnsClass = default;
        return false;
    }

    /// <summary>Reads a mnemonic (in any case) or <c>OPCODEn</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsOpcode opcode)
    {
        if (TryParseNumber(text, "OPCODE", 0xf, out var number))
        {
            opcode = (DnsOpcode)number;
            return true;
        }

        for (var value = 0; value <= 0xf; value++)
        {
            opcode = (DnsOpcode)value;
            if (IsSame(text, Get(opcode)))
            {
                return true;
            }
        }

        opcode = default;
        return false;
    }

    /// <summary>Reads a mnemonic (in any case; <c>BADSIG</c> too) or <c>RCODEn</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsResponseCode code)
    {
        if (TryParseNumber(text, "RCODE", ushort.MaxValue, out var number))
        {
            code = (DnsResponseCode)number;
            return true;
        }

        code = DnsResponseCode.BadVers;
        if (IsSame(text, "BADSIG"u8))
        {
            return true;
        }

        for (var value = 0; value <= (int)DnsResponseCode.BadCookie; value++)
        {
            code = (DnsResponseCode)value;
            if (IsSame(text, Get(code)))
            {
                return true;
            }
        }

        code = default;
        return false;
    }

    private static bool IsSame(ReadOnlySpan<char> text, ReadOnlySpan<byte> mnemonic) =>
        !mnemonic.IsEmpty && Ascii.EqualsIgnoreCase(text, mnemonic);

    private static bool TryParseNumber(ReadOnlySpan<char> text, string prefix, int maximum, out int number)
    {
        number = 0;
        return text.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(text[prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number <= maximum;
    }
}
