using System.Buffers.Binary;

namespace WireDns.Wire.Net;

/// <summary>A PPP protocol field, of one byte where compressed, perhaps behind HDLC address and control (RFC 1661 §2, RFC 1662 §3.1).</summary>
internal readonly ref struct PppHeader
{
    private PppHeader(Layer next, ReadOnlySpan<byte> payload, bool isEncrypted)
    {
        Next = next;
        Payload = payload;
        IsEncrypted = isEncrypted;
    }

    public Layer Next { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the payload is enciphered (RFC 1968, and MPPE, which travels as a compressed datagram).</summary>
    public bool IsEncrypted { get; }

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out PppHeader header)
    {
        header = default;
        if (bytes.Length >= 2 && bytes[0] == 0xff && bytes[1] == 0x03)
        {
            bytes = bytes[2..];
        }

        if (bytes.IsEmpty)
        {
            return false;
        }

        // A protocol number's last byte is odd and its first is even, so an odd first byte is the whole of a compressed field.
        ushort protocol;
        if ((bytes[0] & 1) != 0)
        {
            protocol = bytes[0];
            bytes = bytes[1..];
        }
        else if (bytes.Length >= 2)
        {
            protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[2..];
        }
        else
        {
            return false;
        }

        var next = protocol switch
        {
            0x0021 => Layer.Ipv4,
            0x0057 => Layer.Ipv6,
            0x0281 or 0x0283 => Layer.Mpls,
            _ => Layer.Other,
        };
        header = new PppHeader(next, bytes, protocol is 0x0053 or 0x0055 or 0x00fd or 0x00fb);
        return true;
    }
}
