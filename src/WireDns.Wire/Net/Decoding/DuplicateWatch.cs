using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace WireDns.Wire.Net.Decoding;

/// <summary>Recognises packets that came a moment ago, by a fingerprint: a small table in which a new fingerprint overwrites an old one.</summary>
internal sealed class DuplicateWatch
{
    // The copies of a mirrored packet come within its transit of one switch; a client's own retransmission comes later.
    private const long WindowInNanoseconds = 10_000_000;
    private const int Size = 1024;

    private readonly (ulong Fingerprint, long Time)[] _recent = new (ulong, long)[Size];

    /// <summary>Forgets all fingerprints.</summary>
    public void Clear() => Array.Clear(_recent);

    /// <summary>What copies of a packet have in common: addresses, ports, identification, the payload's length and its ends.</summary>
    /// <param name="flowHash">Of its addresses and ports (<see cref="PacketState.FlowHash"/>).</param>
    /// <param name="identification">Its IPv4 identification, 0 for IPv6.</param>
    /// <param name="transportWord">For UDP the length and checksum, for TCP the sequence number.</param>
    /// <param name="payload">Its payload.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Fingerprint(ulong flowHash, ushort identification, uint transportWord, ReadOnlySpan<byte> payload)
    {
        var ends = payload.Length >= 8
            ? BinaryPrimitives.ReadUInt64LittleEndian(payload) ^ BitOperations.RotateLeft(BinaryPrimitives.ReadUInt64LittleEndian(payload[^8..]), 32)
            : PayloadHash.Of(payload);
        var rest = transportWord | ((ulong)identification << 32) | ((ulong)payload.Length << 48);
        return PayloadHash.Mix(flowHash + rest, ends);
    }

    /// <summary>Whether the fingerprint was seen within 10 ms; remembers it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsRepeated(ulong fingerprint, long time)
    {
        ref var place = ref _recent[fingerprint & (Size - 1)];
        var isRepeated = place.Fingerprint == fingerprint && time - place.Time is >= -WindowInNanoseconds and <= WindowInNanoseconds;
        place = (fingerprint, time);
        return isRepeated;
    }
}
