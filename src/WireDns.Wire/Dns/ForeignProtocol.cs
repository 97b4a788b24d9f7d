using System.Buffers.Binary;

namespace WireDns.Wire.Dns;

/// <summary>A protocol other than DNS that its own marks give away on a port of DNS.</summary>
public enum ForeignProtocol : byte
{
    /// <summary>None that is known. A payload that is not DNS either may be anything: garbage is a place to hide.</summary>
    None,

    /// <summary>WireGuard: one of its four message types, three zero octets and the length of that type.</summary>
    WireGuard,

    /// <summary>QUIC (RFC 9000 §17.2): a long header of a version that is known.</summary>
    Quic,

    /// <summary>SIP (RFC 3261 §7): a request or status line.</summary>
    Sip,

    /// <summary>STUN and TURN (RFC 8489 §5): the magic cookie and a length that fits.</summary>
    Stun,

    /// <summary>DNSCrypt: a response, which starts with the resolver's magic. A query has no mark.</summary>
    DnsCrypt,

    /// <summary>iodine's raw mode: IP packets in UDP without DNS around them.</summary>
    IodineRaw,

    /// <summary>HTTP, versions 1 and 2, and SSDP, which looks like it.</summary>
    Http,

    /// <summary>TLS and DTLS: a record header of a version that is known.</summary>
    Tls,
}

/// <summary>Recognises what is not DNS on a port of DNS.</summary>
public static class ForeignProtocols
{
    /// <summary>
    /// The protocol whose marks a payload bears. Ask only about a payload that is no sound message and has no readable question: a message
    /// may bear such marks by chance or by design.
    /// </summary>
    public static ForeignProtocol Recognise(ReadOnlySpan<byte> payload) => payload.Length < 4 ? ForeignProtocol.None : payload[0] switch
    {
        _ when IsText(payload) => RecogniseText(payload),
        <= 4 and > 0 when IsWireGuard(payload) => ForeignProtocol.WireGuard,
        < 0x40 when IsStun(payload) => ForeignProtocol.Stun,
        >= 0xc0 when IsQuic(payload) => ForeignProtocol.Quic,
        0x10 when payload[1] == 0xd1 && payload[2] == 0x9e => ForeignProtocol.IodineRaw,
        >= 0x14 and <= 0x1a when IsTls(payload) => ForeignProtocol.Tls,
        _ => ForeignProtocol.None,
    };

    /// <summary>What a protocol is called in output and counters; empty for none.</summary>
    public static string ToName(this ForeignProtocol protocol) => protocol switch
    {
        ForeignProtocol.None => "",
        ForeignProtocol.WireGuard => "wireguard",
        ForeignProtocol.Quic => "quic",
        ForeignProtocol.Sip => "sip",
        ForeignProtocol.Stun => "stun",
        ForeignProtocol.DnsCrypt => "dnscrypt",
        ForeignProtocol.IodineRaw => "iodine_raw",
        ForeignProtocol.Http => "http",
        ForeignProtocol.Tls => "tls",
        _ => throw new ArgumentOutOfRangeException(nameof(protocol), protocol, null),
    };

    // All of them start with four printable octets.
    private static bool IsText(ReadOnlySpan<byte> payload) => !payload[..4].ContainsAnyExceptInRange((byte)' ', (byte)'~');

    private static ForeignProtocol RecogniseText(ReadOnlySpan<byte> payload)
    {
        if (payload.StartsWith("r6fnvWj8"u8))
        {
            return ForeignProtocol.DnsCrypt;
        }

        if (payload.StartsWith("SIP/2.0 "u8))
        {
            return ForeignProtocol.Sip;
        }

        if (payload.StartsWith("HTTP/"u8) || payload.StartsWith("PRI * HTTP/2"u8))
        {
            return ForeignProtocol.Http;
        }

        // A request: a method in capitals, its target, and the version at the end of the line.
        var line = payload[..Math.Min(payload.Length, 2048)];
        var end = line.IndexOf((byte)'\r');
        line = end < 0 ? line : line[..end];
        var method = line.IndexOf((byte)' ');
        if (method is < 3 or > 16 || line[..method].ContainsAnyExceptInRange((byte)'-', (byte)'Z'))
        {
            return ForeignProtocol.None;
        }

        var target = line[(method + 1)..];
        return line.EndsWith(" SIP/2.0"u8) && (target.StartsWith("sip:"u8) || target.StartsWith("sips:"u8) || target.StartsWith("tel:"u8)) ? ForeignProtocol.Sip
            : end >= 0 && line.IndexOf(" HTTP/"u8) >= 0 ? ForeignProtocol.Http
            : ForeignProtocol.None;
    }

    private static bool IsWireGuard(ReadOnlySpan<byte> payload) => (payload[1] | payload[2] | payload[3]) == 0 && payload[0] switch
    {
        1 => payload.Length == 148,
        2 => payload.Length == 92,
        3 => payload.Length == 64,
        _ => payload.Length >= 32 && payload.Length % 16 == 0,
    };

    private static bool IsStun(ReadOnlySpan<byte> payload) => payload.Length >= 20
        && BinaryPrimitives.ReadUInt32BigEndian(payload[4..]) == 0x2112_a442
        && BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) is var length && length == payload.Length - 20 && length % 4 == 0;

    // Two connection ids of at most 20 octets each, which must fit.
    private static bool IsQuic(ReadOnlySpan<byte> payload)
    {
        const int MaximumIdLength = 20;
        if (payload.Length < 7 || payload[5] > MaximumIdLength || payload.Length < 7 + payload[5])
        {
            return false;
        }

        var source = payload[6 + payload[5]];
        var version = BinaryPrimitives.ReadUInt32BigEndian(payload[1..]);
        return source <= MaximumIdLength && payload.Length > 7 + payload[5] + source
            && version is 1 or 0x6b33_43cf or (>= 0xff00_0017 and <= 0xff00_0022);
    }

    private static bool IsTls(ReadOnlySpan<byte> payload)
    {
        const int MaximumRecordLength = 16_384 + 2048;
        var version = BinaryPrimitives.ReadUInt16BigEndian(payload[1..]);
        return version switch
        {
            >= 0x0300 and <= 0x0304 => payload.Length > 5 && BinaryPrimitives.ReadUInt16BigEndian(payload[3..]) is > 0 and <= MaximumRecordLength,
            0xfeff or 0xfefd or 0xfefc => payload.Length > 13
                && BinaryPrimitives.ReadUInt16BigEndian(payload[11..]) is > 0 and var length && length <= payload.Length - 13,
            _ => false,
        };
    }
}
