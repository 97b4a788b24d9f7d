using System.Buffers.Binary;
using WireDns.Wire.Net;

namespace WireDns.Inspection;

/// <summary>
/// What a packet carries from one address to another. It is found by the two addresses, which are side by side in every IP header, and so
/// works for any link layer and in any tunnel. A view over the packet.
/// </summary>
internal readonly ref struct FlowPart
{
    private const int MaximumExtensionHeaders = 8;

    /// <summary>Protocol of the payload.</summary>
    public required int Protocol { get; init; }

    /// <summary>Whether the payload is a fragment of a datagram.</summary>
    public required bool IsFragment { get; init; }

    /// <summary>Identification of the datagram, if this is a fragment.</summary>
    public required uint Identification { get; init; }

    /// <summary>What follows the IP headers, as far as it was captured.</summary>
    public required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Finds the innermost IP header with these addresses.</summary>
    public static bool TryFind(ReadOnlySpan<byte> packet, NetAddress source, NetAddress destination, out FlowPart part)
    {
        Span<byte> addresses = stackalloc byte[32];
        var length = source.LengthInBytes;
        source.WriteTo(addresses);
        destination.WriteTo(addresses[length..]);
        var place = packet.LastIndexOf(addresses[..(2 * length)]);
        part = default;
        return source.IsIpv6
            ? place >= 8 && TryReadIpv6(packet[(place - 8)..], out part)
            : place >= 12 && TryReadIpv4(packet[(place - 12)..], out part);
    }

    /// <summary>The segment's ports, sequence number and payload, if this is a whole TCP segment.</summary>
    public bool TryReadTcp(out uint ports, out uint sequence, out ReadOnlySpan<byte> data)
    {
        ports = 0;
        sequence = 0;
        data = default;
        if (Protocol != 6 || IsFragment || Payload.Length < 20)
        {
            return false;
        }

        var headerLength = (Payload[12] >> 4) * 4;
        if (headerLength < 20 || headerLength > Payload.Length)
        {
            return false;
        }

        ports = BinaryPrimitives.ReadUInt32BigEndian(Payload);

        // A SYN takes a place in the sequence, before its data (RFC 9293 §3.4).
        sequence = BinaryPrimitives.ReadUInt32BigEndian(Payload[4..]) + (uint)((Payload[13] & 0x02) >> 1);
        data = Payload[headerLength..];
        return true;
    }

    private static bool TryReadIpv4(ReadOnlySpan<byte> bytes, out FlowPart part)
    {
        part = default;
        var headerLength = (bytes[0] & 0xf) * 4;
        if (bytes[0] >> 4 != 4 || headerLength < 20 || headerLength > bytes.Length)
        {
            return false;
        }

        int totalLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var end = totalLength < headerLength ? bytes.Length : Math.Min(totalLength, bytes.Length);
        part = new FlowPart
        {
            Protocol = bytes[9],
            IsFragment = (BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) & 0x3fff) != 0,
            Identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]),
            Payload = bytes[headerLength..end],
        };
        return true;
    }

    private static bool TryReadIpv6(ReadOnlySpan<byte> bytes, out FlowPart part)
    {
        part = default;
        if (bytes[0] >> 4 != 6)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        int protocol = bytes[6];
        var rest = length == 0 ? bytes[40..] : bytes[40..Math.Min(40 + length, bytes.Length)];
        for (var i = 0; i < MaximumExtensionHeaders && protocol is 0 or 43 or 44 or 60; i++)
        {
            var headerLength = protocol == 44 || rest.Length < 2 ? 8 : (rest[1] + 1) * 8;
            if (rest.Length < headerLength)
            {
                return false;
            }

            if (protocol == 44)
            {
                part = new FlowPart
                {
                    Protocol = rest[0],
                    IsFragment = (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff9) != 0,
                    Identification = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]),
                    Payload = rest[8..],
                };
                return true;
            }

            protocol = rest[0];
            rest = rest[headerLength..];
        }

        part = new FlowPart { Protocol = protocol, IsFragment = false, Identification = 0, Payload = rest };
        return true;
    }
}
