using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>A TCP segment (RFC 9293 §3.1). Options are stepped over; the checksum is not verified, as network cards compute it later.</summary>
internal readonly ref struct TcpSegment
{
    public const int MinimumHeaderLength = 20;

    private readonly byte _flags;

    private TcpSegment(ReadOnlySpan<byte> bytes, int headerLength)
    {
        SequenceNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        AcknowledgementNumber = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        _flags = bytes[13];
        Payload = bytes[headerLength..];
    }

    public uint SequenceNumber { get; }

    /// <summary>Meaningful where <see cref="IsAcknowledgement"/>.</summary>
    public uint AcknowledgementNumber { get; }

    /// <summary>The payload, as far as it was captured.</summary>
    public ReadOnlySpan<byte> Payload { get; }

    public bool IsFinish => (_flags & 0x01) != 0;

    public bool IsSynchronise => (_flags & 0x02) != 0;

    public bool IsReset => (_flags & 0x04) != 0;

    public bool IsAcknowledgement => (_flags & 0x10) != 0;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out TcpSegment segment, out UndecodableReason fault)
    {
        segment = default;
        fault = UndecodableReason.CutHeader;
        if (bytes.Length < MinimumHeaderLength)
        {
            return false;
        }

        var headerLength = (bytes[12] >> 4) * 4;
        if (headerLength < MinimumHeaderLength)
        {
            fault = UndecodableReason.BadLength;
            return false;
        }

        if (headerLength > bytes.Length)
        {
            return false;
        }

        segment = new TcpSegment(bytes, headerLength);
        return true;
    }
}
