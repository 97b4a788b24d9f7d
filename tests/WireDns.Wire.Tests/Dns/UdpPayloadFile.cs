using System.Buffers.Binary;

namespace WireDns.Wire.Tests.Dns;

/// <summary>UDP payloads of a classic pcap file of Ethernet, IPv4 or IPv6 without options, fragments or tags: enough for test data, and nothing more.</summary>
internal static class UdpPayloadFile
{
    /// <summary>A payload to or from port 53, with what names it in expectations.</summary>
    public sealed record Payload(int Frame, string Source, string Destination, int SourcePort, int DestinationPort, byte[] Data, bool IsCut);

    /// <summary>Reads the payloads; null if the file holds anything else.</summary>
    public static List<Payload>? TryRead(string path)
    {
        var file = File.ReadAllBytes(path);
        if (file.Length < 24 || !IsKnownMagic(BinaryPrimitives.ReadUInt32LittleEndian(file), out var isLittleEndian))
        {
            return null;
        }

        uint Read(int offset) => isLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(offset))
            : BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(offset));

        if ((Read(20) & 0xffff) != 1)
        {
            return null;
        }

        var payloads = new List<Payload>();
        var frame = 0;
        for (var position = 24; position + 16 <= file.Length;)
        {
            var captured = (int)Read(position + 8);
            var original = (int)Read(position + 12);
            position += 16;
            if (captured < 0 || captured > file.Length - position)
            {
                return null;
            }

            frame++;
            if (!TryReadFrame(file.AsSpan(position, captured), original, frame, out var payload))
            {
                return null;
            }

            if (payload is not null)
            {
                payloads.Add(payload);
            }

            position += captured;
        }

        return payloads;
    }

    private static bool IsKnownMagic(uint magic, out bool isLittleEndian)
    {
        isLittleEndian = magic is 0xa1b2c3d4 or 0xa1b23c4d;
        return isLittleEndian || magic is 0xd4c3b2a1 or 0x4d3cb2a1;
    }

    private static bool TryReadFrame(ReadOnlySpan<byte> bytes, int original, int frame, out Payload? payload)
    {
        payload = null;
        if (bytes.Length < 34)
        {
            return false;
        }

        var etherType = BinaryPrimitives.ReadUInt16BigEndian(bytes[12..]);
        var ip = bytes[14..];
        string source, destination;
        int ipLength, headerLength, protocol;
        if (etherType == 0x0800)
        {
            headerLength = (ip[0] & 0xf) * 4;
            ipLength = BinaryPrimitives.ReadUInt16BigEndian(ip[2..]);
            protocol = ip[9];
            if ((BinaryPrimitives.ReadUInt16BigEndian(ip[6..]) & 0x3fff) != 0)
            {
                return false;
            }

            source = new System.Net.IPAddress(ip.Slice(12, 4)).ToString();
            destination = new System.Net.IPAddress(ip.Slice(16, 4)).ToString();
        }
        else if (etherType == 0x86dd && ip.Length >= 40)
        {
            headerLength = 40;
            ipLength = 40 + BinaryPrimitives.ReadUInt16BigEndian(ip[4..]);
            protocol = ip[6];
            source = new System.Net.IPAddress(ip.Slice(8, 16)).ToString();
            destination = new System.Net.IPAddress(ip.Slice(24, 16)).ToString();
        }
        else
        {
            return etherType == 0x0806;
        }

        if (protocol != 17)
        {
            return protocol is 1 or 2 or 58;
        }

        if (ip.Length < headerLength + 8)
        {
            return false;
        }

        var udp = ip[headerLength..Math.Min(ip.Length, ipLength)];
        var length = BinaryPrimitives.ReadUInt16BigEndian(udp[4..]);
        var isCut = original > bytes.Length && length > udp.Length;
        if (length < 8 || (length > udp.Length && !isCut))
        {
            return false;
        }

        var sourcePort = BinaryPrimitives.ReadUInt16BigEndian(udp);
        var destinationPort = BinaryPrimitives.ReadUInt16BigEndian(udp[2..]);
        if (sourcePort == 53 || destinationPort == 53)
        {
            var data = udp[8..Math.Min(length, udp.Length)].ToArray();
            payload = new Payload(frame, source, destination, sourcePort, destinationPort, data, isCut);
        }

        // Tunnels are not opened here.
        return payload is not null || destinationPort is not (4789 or 6081 or 2152);
    }
}
