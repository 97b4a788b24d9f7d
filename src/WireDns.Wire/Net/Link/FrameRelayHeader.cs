using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>
/// A frame relay header: a Q.922 address of 2 to 4 bytes, then multiprotocol encapsulation (RFC 2427 §4) or, as Cisco's routers have it,
/// an EtherType.
/// </summary>
internal readonly ref struct FrameRelayHeader
{
    private const int MaximumAddressLength = 4;
    private const byte UnnumberedInformation = 0x03;

    private FrameRelayHeader(Layer next, ushort etherType, ReadOnlySpan<byte> payload)
    {
        Next = next;
        Type = etherType;
        Payload = payload;
    }

    public Layer Next { get; }

    /// <summary>The EtherType, where <see cref="Next"/> is that.</summary>
    public ushort Type { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FrameRelayHeader header)
    {
        header = default;
        var length = 0;
        do
        {
            if (length == bytes.Length)
            {
                return false;
            }
        }
        while ((bytes[length++] & 1) == 0 && length < MaximumAddressLength);

        var rest = bytes[length..];
        if (rest.Length < 2)
        {
            return false;
        }

        if (rest[0] != UnnumberedInformation)
        {
            var type = BinaryPrimitives.ReadUInt16BigEndian(rest);
            header = new FrameRelayHeader(type < EtherType.Minimum ? Layer.Other : Layer.EtherType, type, rest[2..]);
            return true;
        }

        // A byte of 0 may pad the header to an even length.
        rest = rest[1] == 0 ? rest[2..] : rest[1..];
        if (!NetworkLayerProtocol.TryRead(rest, hasBridgePadding: false, out var protocol))
        {
            return false;
        }

        header = new FrameRelayHeader(protocol.Next, protocol.Type, protocol.Payload);
        return true;
    }
}
