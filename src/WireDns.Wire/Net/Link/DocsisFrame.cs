using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A DOCSIS MAC frame (CM-SP-MULPI §6.2.1), which carries Ethernet where it is a packet.</summary>
internal static class DocsisFrame
{
    private const int HeaderLength = 6;
    private const byte ExtendedHeaderFlag = 0x01;
    private const byte PacketType = 0x00;
    private const byte IsolationPacketType = 0x80;
    private const byte TypeMask = 0xc0;
    private const byte ParameterMask = 0x3e;
    private const byte PrivacyUpstream = 3;
    private const byte PrivacyDownstream = 4;
    private const byte EncryptedFlag = 0x80;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out LinkHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        var control = bytes[0];
        var extended = (control & ExtendedHeaderFlag) != 0 ? bytes[1] : 0;
        if (bytes.Length < HeaderLength + extended)
        {
            return false;
        }

        // An extended header may say that all behind the Ethernet addresses is enciphered.
        if (IsEncrypted(bytes.Slice(4, extended)))
        {
            fault = UndecodableReason.Encrypted;
            return false;
        }

        var isPacket = (control & TypeMask) is PacketType or IsolationPacketType && (control & ParameterMask) == 0;
        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        var payload = bytes[(HeaderLength + extended)..];
        var packetLength = length - extended;
        payload = packetLength >= 0 && packetLength < payload.Length ? payload[..packetLength] : payload;
        header = new LinkHeader(isPacket ? Layer.Ethernet : Layer.Other, payload);
        return true;
    }

    // Elements of a type and a length, 4 bits each.
    private static bool IsEncrypted(ReadOnlySpan<byte> elements)
    {
        while (!elements.IsEmpty)
        {
            var type = elements[0] >> 4;
            var length = elements[0] & 0x0f;
            if (type is PrivacyUpstream or PrivacyDownstream && length >= 2 && elements.Length > 2 && (elements[2] & EncryptedFlag) != 0)
            {
                return true;
            }

            elements = elements[Math.Min(length + 1, elements.Length)..];
        }

        return false;
    }
}
