using System.Globalization;
using WireDns.Wire.Dns;

namespace WireDns.Detection.Messages;

/// <summary>
/// The words that Zeek's dns.log uses for types, classes, codes and booleans, if they differ from IANA's (Zeek:
/// scripts/base/protocols/dns/consts.zeek). Writing allocates nothing.
/// </summary>
internal static class ZeekWords
{
    /// <summary>The length of the longest word, in bytes.</summary>
    public const int MaximumLength = 24;

    /// <summary>Types for which Zeek has a word of its own.</summary>
    public static IReadOnlyList<string> OfTypes { get; } = ["*", "WINS", "WINS-R", "XPF", "INTEGRITY"];

    /// <summary>Classes for which Zeek has a word of its own.</summary>
    public static IReadOnlyList<string> OfClasses { get; } = ["C_INTERNET", "C_CSNET", "C_CHAOS", "C_HESIOD", "C_NONE", "C_ANY"];

    /// <summary>Response codes for which Zeek has a word of its own.</summary>
    public static IReadOnlyList<string> OfResponseCodes { get; } = ["BADSIG"];

    /// <summary>Opcodes for which Zeek has a word of its own.</summary>
    public static IReadOnlyList<string> OfOpcodes { get; } = ["server-status", "dynamic-update"];

    /// <summary>Parses Zeek's word for a class.</summary>
    public static bool TryParseClass(string text, out DnsClass value)
    {
        var number = text.ToUpperInvariant() switch
        {
            "C_INTERNET" => 1,
            "C_CSNET" => 2,
            "C_CHAOS" => 3,
            "C_HESIOD" => 4,
            "C_NONE" => 254,
            "C_ANY" => 255,
            _ => -1,
        };
        value = (DnsClass)number;
        return number >= 0;
    }

    /// <summary>Writes Zeek's word for a type and returns its length in bytes; 0 if it is IANA's.</summary>
    public static int Write(DnsRecordType type, Span<byte> destination) => (ushort)type switch
    {
        255 => Copy("*"u8, destination),
        65281 => Copy("WINS"u8, destination),
        65282 => Copy("WINS-R"u8, destination),
        65422 => Copy("XPF"u8, destination),
        65521 => Copy("INTEGRITY"u8, destination),
        // Types that Zeek has no word for: unassigned ones, and those that IANA has added since.
        0 or 54 or 66 or (> 66 and < 99) or (> 109 and < 249) or (> 257 and < 32768) or > 32769 => Copy("query-"u8, (ushort)type, destination),
        _ => 0,
    };

    /// <summary>Writes Zeek's word for a class and returns its length in bytes.</summary>
    public static int Write(DnsClass value, Span<byte> destination) => (ushort)value switch
    {
        1 => Copy("C_INTERNET"u8, destination),
        2 => Copy("C_CSNET"u8, destination),
        3 => Copy("C_CHAOS"u8, destination),
        4 => Copy("C_HESIOD"u8, destination),
        254 => Copy("C_NONE"u8, destination),
        255 => Copy("C_ANY"u8, destination),
        _ => Copy("qclass-"u8, (ushort)value, destination),
    };

    /// <summary>Writes Zeek's word for a response code and returns its length in bytes; 0 if it is IANA's.</summary>
    public static int Write(DnsResponseCode code, Span<byte> destination) => (int)code switch
    {
        3842 => Copy("BADSIG"u8, destination),
        >= 11 and <= 15 => Copy("unassigned-"u8, (int)code, destination),
        > 23 => Copy("rcode-"u8, (int)code, destination),
        _ => 0,
    };

    /// <summary>Writes Zeek's word for an opcode and returns its length in bytes; 0 if it is IANA's, ignoring case.</summary>
    public static int Write(DnsOpcode opcode, Span<byte> destination) => (int)opcode switch
    {
        2 => Copy("server-status"u8, destination),
        5 => Copy("dynamic-update"u8, destination),
        3 or > 6 => Copy("opcode-"u8, (int)opcode, destination),
        _ => 0,
    };

    private static int Copy(ReadOnlySpan<byte> word, Span<byte> destination)
    {
        word.CopyTo(destination);
        return word.Length;
    }

    private static int Copy(ReadOnlySpan<byte> prefix, int number, Span<byte> destination)
    {
        prefix.CopyTo(destination);
        number.TryFormat(destination[prefix.Length..], out var length, default, CultureInfo.InvariantCulture);
        return prefix.Length + length;
    }
}
