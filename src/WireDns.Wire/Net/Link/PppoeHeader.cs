using System.Buffers.Binary;

namespace WireDns.Wire.Net.Link;

/// <summary>A PPPoE header of the session stage (RFC 2516 §4).</summary>
internal readonly ref struct PppoeHeader
{
    private const int HeaderLength = 6;

    private PppoeHeader(ReadOnlySpan<byte> payload) => Payload = payload;

    /// <summary>The PPP frame, without the padding of the Ethernet frame around it.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out PppoeHeader header, out UndecodableReason fault)
    {
        header = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        if (bytes[0] != 0x11)
        {
            fault = UndecodableReason.BadVersion;
            return false;
        }

        var length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var rest = bytes[HeaderLength..];
        header = new PppoeHeader(length < rest.Length ? rest[..length] : rest);
        return true;
    }
}
