using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Ip;

/// <summary>A UDP datagram (RFC 768). The checksum is not verified, as network cards compute it later.</summary>
internal readonly ref struct UdpDatagram
{
    public const int HeaderLength = 8;

    private UdpDatagram(ReadOnlySpan<byte> payload, bool isTruncated)
    {
        Payload = payload;
        IsTruncated = isTruncated;
    }

    /// <summary>The payload, without what follows the datagram in its packet.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the snap length cut the payload.</summary>
    public bool IsTruncated { get; }

    /// <summary>Reads a datagram.</summary>
    /// <param name="bytes">The IP packet's payload.</param>
    /// <param name="isIpv6">Whether IPv6 carries it, where a length of 0 means "to the end" (RFC 2675 §4).</param>
    /// <param name="isCut">Whether the snap length cut the IP packet.</param>
    /// <param name="datagram">The datagram that was read.</param>
    /// <param name="fault">Why there is none.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool isIpv6, bool isCut, out UdpDatagram datagram, out UndecodableReason fault)
    {
        datagram = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < HeaderLength)
        {
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        if (length <= bytes.Length && length >= HeaderLength)
        {
            datagram = new UdpDatagram(bytes[HeaderLength..length], false);
            return true;
        }

        if (length == 0 && isIpv6)
        {
            datagram = new UdpDatagram(bytes[HeaderLength..], isCut);
            return true;
        }

        // A receiver drops what is shorter than its header or longer than its packet.
        if (length < HeaderLength || !isCut)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        datagram = new UdpDatagram(bytes[HeaderLength..], true);
        return true;
    }
}
