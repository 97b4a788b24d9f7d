using System.Buffers.Binary;

namespace WireDns.Fuzz.Targets;

/// <summary>A number that stands for bytes: quick to compute, and the same on every machine.</summary>
internal static class Fingerprint
{
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            hash = (hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes)) * 0x9e37_79b9_7f4a_7c15;
            hash ^= hash >> 29;
        }

        foreach (var octet in bytes)
        {
            hash = (hash ^ octet) * 0xc2b2_ae3d_27d4_eb4f;
        }

        return hash;
    }
}
