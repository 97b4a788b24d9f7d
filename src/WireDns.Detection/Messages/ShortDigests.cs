using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace WireDns.Detection.Messages;

/// <summary>
/// SHA-256 and SHA-1 (FIPS 180-4) of a few hundred octets in one call, without an allocation: labels of alerts and flows, where nothing is secret. The
/// base library's would load OpenSSL on Linux, which a sensor that speaks no TLS need not have, and BouncyCastle's were a quarter of the cost of an alert.
/// </summary>
internal static class ShortDigests
{
    /// <summary>The length of a SHA-256 digest in bytes.</summary>
    public const int Sha256Length = 32;

    /// <summary>The length of a SHA-1 digest in bytes.</summary>
    public const int Sha1Length = 20;

    private const int BlockLength = 64;

    // FIPS 180-4 §5.1.1: a bit that is set, and the length in bits.
    private const int LeastPadding = 9;

    private static ReadOnlySpan<uint> Constants =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    /// <summary>Writes the SHA-256 digest of some bytes.</summary>
    public static void Sha256(ReadOnlySpan<byte> bytes, Span<byte> digest)
    {
        Span<uint> state = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];
        Span<byte> end = stackalloc byte[2 * BlockLength];
        end = end[..Pad(bytes, end)];
        for (; bytes.Length >= BlockLength; bytes = bytes[BlockLength..])
        {
            AddToSha256(state, bytes);
        }

        for (; !end.IsEmpty; end = end[BlockLength..])
        {
            AddToSha256(state, end);
        }

        Write(state, digest);
    }

    /// <summary>Writes the SHA-1 digest of some bytes.</summary>
    public static void Sha1(ReadOnlySpan<byte> bytes, Span<byte> digest)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        Span<byte> end = stackalloc byte[2 * BlockLength];
        end = end[..Pad(bytes, end)];
        for (; bytes.Length >= BlockLength; bytes = bytes[BlockLength..])
        {
            AddToSha1(state, bytes);
        }

        for (; !end.IsEmpty; end = end[BlockLength..])
        {
            AddToSha1(state, end);
        }

        Write(state, digest);
    }

    /// <summary>Writes what follows the last whole block, with its padding, and returns its length: one block or two.</summary>
    private static int Pad(ReadOnlySpan<byte> bytes, Span<byte> end)
    {
        var rest = bytes[(bytes.Length & ~(BlockLength - 1))..];
        var length = rest.Length + LeastPadding <= BlockLength ? BlockLength : 2 * BlockLength;
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        BinaryPrimitives.WriteUInt64BigEndian(end[(length - sizeof(ulong))..], (ulong)bytes.Length * 8);
        return length;
    }

    private static void Write(ReadOnlySpan<uint> state, Span<byte> digest)
    {
        for (var i = 0; i < state.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(digest[(i * sizeof(uint))..], state[i]);
        }
    }

    // FIPS 180-4 §6.2.2.
    private static void AddToSha256(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> schedule = stackalloc uint[64];
        ref var words = ref MemoryMarshal.GetReference(schedule);
        ref var constants = ref MemoryMarshal.GetReference(Constants);
        for (var i = 0; i < 16; i++)
        {
            schedule[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..]);
        }

        // Four words at a time; the last two need the first two of them. The sum of nothing is nothing, so the other half of a vector may be 0.
        for (nuint i = 16; i < 64; i += 4)
        {
            var older = Vector128.LoadUnsafe(ref words, i - 15);
            var four = Vector128.LoadUnsafe(ref words, i - 16) + Vector128.LoadUnsafe(ref words, i - 7)
                + (Rotate(older, 7) ^ Rotate(older, 18) ^ (older >> 3));
            four += NewerSum(Vector128.Create(Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref words, i - 2))), 0).AsUInt32());
            four += NewerSum(Vector128.Create(0, four.AsUInt64().ToScalar()).AsUInt32());
            four.StoreUnsafe(ref words, i);
        }

        for (nuint i = 0; i < 64; i += 4)
        {
            (Vector128.LoadUnsafe(ref words, i) + Vector128.LoadUnsafe(ref constants, i)).StoreUnsafe(ref words, i);
        }

        // Eight rounds at a time: each works on the words of the one before, shifted by one, so that none need be moved.
        var (a, b, c, d, e, f, g, h) = (state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]);
        for (nuint i = 0; i < 64; i += 8)
        {
            Round(a, b, c, ref d, e, f, g, ref h, Unsafe.Add(ref words, i));
            Round(h, a, b, ref c, d, e, f, ref g, Unsafe.Add(ref words, i + 1));
            Round(g, h, a, ref b, c, d, e, ref f, Unsafe.Add(ref words, i + 2));
            Round(f, g, h, ref a, b, c, d, ref e, Unsafe.Add(ref words, i + 3));
            Round(e, f, g, ref h, a, b, c, ref d, Unsafe.Add(ref words, i + 4));
            Round(d, e, f, ref g, h, a, b, ref c, Unsafe.Add(ref words, i + 5));
            Round(c, d, e, ref f, g, h, a, ref b, Unsafe.Add(ref words, i + 6));
            Round(b, c, d, ref e, f, g, h, ref a, Unsafe.Add(ref words, i + 7));
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
        state[5] += f;
        state[6] += g;
        state[7] += h;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Rotate(Vector128<uint> words, int right) => (words >> right) | (words << (32 - right));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> NewerSum(Vector128<uint> newer) => Rotate(newer, 17) ^ Rotate(newer, 19) ^ (newer >> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, uint b, uint c, ref uint d, uint e, uint f, uint g, ref uint h, uint word)
    {
        // The standard's three rotations of a word, each of what the one before has left.
        h += BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(e, 14) ^ e, 5) ^ e, 6) + (g ^ (e & (f ^ g))) + word;
        d += h;
        h += BitOperations.RotateRight(BitOperations.RotateRight(BitOperations.RotateRight(a, 9) ^ a, 11) ^ a, 2) + ((a & b) | (c & (a | b)));
    }

    // FIPS 180-4 §6.1.2.
    private static void AddToSha1(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> schedule = stackalloc uint[80];
        for (var i = 0; i < 16; i++)
        {
            schedule[i] = BinaryPrimitives.ReadUInt32BigEndian(block[(i * sizeof(uint))..]);
        }

        for (var i = 16; i < 32; i++)
        {
            schedule[i] = BitOperations.RotateLeft(schedule[i - 3] ^ schedule[i - 8] ^ schedule[i - 14] ^ schedule[i - 16], 1);
        }

        // From here on a word can be said by words twice as far back, so that four are made at a time.
        ref var words = ref MemoryMarshal.GetReference(schedule);
        for (nuint i = 32; i < 80; i += 4)
        {
            var four = Vector128.LoadUnsafe(ref words, i - 6) ^ Vector128.LoadUnsafe(ref words, i - 16)
                ^ Vector128.LoadUnsafe(ref words, i - 28) ^ Vector128.LoadUnsafe(ref words, i - 32);
            Rotate(four, 30).StoreUnsafe(ref words, i);
        }

        // Five rounds at a time, as above.
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        nuint round = 0;
        for (; round < 20; round += 5)
        {
            ref var five = ref Unsafe.Add(ref words, round);
            Round(a, ref b, d ^ (b & (c ^ d)), ref e, five + 0x5a827999);
            Round(e, ref a, c ^ (a & (b ^ c)), ref d, Unsafe.Add(ref five, 1) + 0x5a827999);
            Round(d, ref e, b ^ (e & (a ^ b)), ref c, Unsafe.Add(ref five, 2) + 0x5a827999);
            Round(c, ref d, a ^ (d & (e ^ a)), ref b, Unsafe.Add(ref five, 3) + 0x5a827999);
            Round(b, ref c, e ^ (c & (d ^ e)), ref a, Unsafe.Add(ref five, 4) + 0x5a827999);
        }

        for (; round < 40; round += 5)
        {
            AddFive(ref Unsafe.Add(ref words, round), 0x6ed9eba1, ref a, ref b, ref c, ref d, ref e);
        }

        for (; round < 60; round += 5)
        {
            ref var five = ref Unsafe.Add(ref words, round);
            Round(a, ref b, (b & c) | (d & (b | c)), ref e, five + 0x8f1bbcdc);
            Round(e, ref a, (a & b) | (c & (a | b)), ref d, Unsafe.Add(ref five, 1) + 0x8f1bbcdc);
            Round(d, ref e, (e & a) | (b & (e | a)), ref c, Unsafe.Add(ref five, 2) + 0x8f1bbcdc);
            Round(c, ref d, (d & e) | (a & (d | e)), ref b, Unsafe.Add(ref five, 3) + 0x8f1bbcdc);
            Round(b, ref c, (c & d) | (e & (c | d)), ref a, Unsafe.Add(ref five, 4) + 0x8f1bbcdc);
        }

        for (; round < 80; round += 5)
        {
            AddFive(ref Unsafe.Add(ref words, round), 0xca62c1d6, ref a, ref b, ref c, ref d, ref e);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFive(ref uint five, uint constant, ref uint a, ref uint b, ref uint c, ref uint d, ref uint e)
    {
        Round(a, ref b, b ^ c ^ d, ref e, five + constant);
        Round(e, ref a, a ^ b ^ c, ref d, Unsafe.Add(ref five, 1) + constant);
        Round(d, ref e, e ^ a ^ b, ref c, Unsafe.Add(ref five, 2) + constant);
        Round(c, ref d, d ^ e ^ a, ref b, Unsafe.Add(ref five, 3) + constant);
        Round(b, ref c, c ^ d ^ e, ref a, Unsafe.Add(ref five, 4) + constant);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(uint a, ref uint b, uint mixed, ref uint e, uint word)
    {
        e += BitOperations.RotateLeft(a, 5) + mixed + word;
        b = BitOperations.RotateLeft(b, 30);
    }
}
