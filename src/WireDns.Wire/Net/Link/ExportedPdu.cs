using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>What Wireshark exported: tags, one of which names the dissector of the bytes after them (LINKTYPE_WIRESHARK_UPPER_PDU).</summary>
internal static class ExportedPdu
{
    private const int TagHeaderLength = 4;
    private const ushort EndOfOptions = 0;
    private const ushort ProtocolName = 12;
    private const ushort Ipv4Source = 20;
    private const ushort Ipv4Destination = 21;
    private const ushort Ipv6Source = 22;
    private const ushort Ipv6Destination = 23;
    private const ushort PortType = 24;
    private const ushort SourcePort = 25;
    private const ushort DestinationPort = 26;
    private const uint TcpPort = 2;

    // A name and a pair of addresses and ports take eight.
    private const int MaximumTags = 64;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Carried carried)
    {
        carried = default;
        var rest = bytes;
        ReadOnlySpan<byte> name = default;
        for (var tag = 0; tag < MaximumTags; tag++)
        {
            if (!TryReadTag(ref rest, out var type, out var value))
            {
                return false;
            }

            if (type == EndOfOptions)
            {
                var next = LayerOf(name);
                carried = new Carried(next, next == Layer.ExportedMessage ? bytes : rest);
                return true;
            }

            if (type == ProtocolName)
            {
                name = value.TrimEnd((byte)0);
            }
        }

        return false;
    }

    /// <summary>
    /// Reads a record whose bytes are a message, with the addresses and ports that its tags name; those that they do not name are 0.
    /// </summary>
    public static bool TryReadMessage(ReadOnlySpan<byte> bytes, out ExportedMessage message)
    {
        message = default;
        for (var tag = 0; tag < MaximumTags && TryReadTag(ref bytes, out var type, out var value); tag++)
        {
            switch (type)
            {
                case EndOfOptions:
                    message.Payload = bytes;
                    return true;
                case Ipv4Source when value.Length >= 4:
                    message.Source = NetAddress.FromIpv4(value);
                    break;
                case Ipv4Destination when value.Length >= 4:
                    message.Destination = NetAddress.FromIpv4(value);
                    break;
                case Ipv6Source when value.Length >= 16:
                    message.Source = NetAddress.FromIpv6(value);
                    break;
                case Ipv6Destination when value.Length >= 16:
                    message.Destination = NetAddress.FromIpv6(value);
                    break;
                case PortType when value.Length >= 4:
                    message.IsOverTcp = BinaryPrimitives.ReadUInt32BigEndian(value) == TcpPort;
                    break;
                case SourcePort when value.Length >= 4:
                    message.Ports |= BinaryPrimitives.ReadUInt32BigEndian(value) << 16;
                    break;
                case DestinationPort when value.Length >= 4:
                    message.Ports |= (ushort)BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
            }
        }

        return false;
    }

    private static bool TryReadTag(scoped ref ReadOnlySpan<byte> bytes, out ushort type, out ReadOnlySpan<byte> value)
    {
        type = 0;
        value = default;
        if (bytes.Length < TagHeaderLength)
        {
            return false;
        }

        type = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        if (length > bytes.Length - TagHeaderLength)
        {
            return false;
        }

        value = bytes.Slice(TagHeaderLength, length);
        bytes = bytes[(TagHeaderLength + length)..];
        return true;
    }

    private static Layer LayerOf(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("ip"u8) => Layer.Ip,
        _ when name.SequenceEqual("ipv6"u8) => Layer.Ipv6,
        _ when name.SequenceEqual("llc"u8) => Layer.Llc,
        _ when name.SequenceEqual("ppp"u8) => Layer.Ppp,
        _ when name.SequenceEqual("mpls"u8) => Layer.Mpls,
        _ when name.SequenceEqual("dns"u8) => Layer.ExportedMessage,
        _ when name.StartsWith("eth"u8) => Layer.Ethernet,
        _ when name.StartsWith("wlan"u8) => Layer.Ieee80211,
        _ => Layer.Other,
    };
}

/// <summary>A message that a program exported without the packet that carried it.</summary>
internal ref struct ExportedMessage
{
    public NetAddress Source;
    public NetAddress Destination;

    /// <summary>The source's port in the higher half.</summary>
    public uint Ports;

    /// <summary>Whether it was sent over TCP.</summary>
    public bool IsOverTcp;

    public ReadOnlySpan<byte> Payload;
}
