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

    /// <summary>The payload, without the bytes after the datagram in its packet.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the payload is longer than what was captured of it.</summary>
    public bool IsTruncated { get; }

    /// <summary>
    /// Reads a datagram. One whose length reaches past its packet is read as far as it goes: mirrors and brokers cut packets, and some of
    /// them correct only the outer lengths.
    /// </summary>
    /// <param name="bytes">The IP packet's payload.</param>
    /// <param name="isIpv6">Whether IPv6 carries it, where a length of 0 means "to the end" (RFC 2675 §4).</param>
    /// <param name="isCut">Whether the IP packet was cut.</param>
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

        if (length < HeaderLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        datagram = new UdpDatagram(bytes[HeaderLength..], true);
        return true;
    }
}
