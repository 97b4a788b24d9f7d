using System.Buffers.Binary;

namespace WireDns.Wire.Net.Ip;

/// <summary>An IPv6 fragment header (RFC 8200 §4.5).</summary>
internal readonly ref struct FragmentHeader
{
    private const int HeaderLength = 8;

    private FragmentHeader(ReadOnlySpan<byte> bytes)
    {
        NextHeader = bytes[0];
        var field = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        Offset = field & ~7;
        HasMoreFragments = (field & 1) != 0;
        Identification = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        Payload = bytes[HeaderLength..];
    }

    public byte NextHeader { get; }

    /// <summary>Where in the fragmentable part this fragment starts, in bytes.</summary>
    public int Offset { get; }

    public bool HasMoreFragments { get; }

    public uint Identification { get; }

    public ReadOnlySpan<byte> Payload { get; }

    /// <summary>Whether the fragment is a datagram of its own (RFC 6946).</summary>
    public bool IsAtomic => Offset == 0 && !HasMoreFragments;

    /// <summary>False where the bytes end within the header.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out FragmentHeader header)
    {
        header = bytes.Length < HeaderLength ? default : new FragmentHeader(bytes);
        return bytes.Length >= HeaderLength;
    }
}
