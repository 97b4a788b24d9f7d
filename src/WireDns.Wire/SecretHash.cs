using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Wire;

/// <summary>
/// Hashes of what senders choose, under a secret seed (<see cref="SecretSeed"/>): without the seed nobody can choose two inputs with the
/// same hash. Hashes differ between processors, so they are valid within one process only.
/// </summary>
/// <remarks>
/// Where the processor has AES, sixteen octets go in by exclusive or, and four rounds under secret keys follow. Whatever the sender chooses, two
/// different blocks lead to a given difference with a chance below 2^-100, so later octets cannot be chosen to cancel it, and two inputs have the
/// same 64 bits with a chance of 2^-64. Elsewhere the two halves are multiplied under secrets and the product is folded.
/// </remarks>
public static class SecretHash
{
    // Odd numbers with many bits set: the fractional parts of the golden ratio and of square roots.
    private const ulong First = 0x9e37_79b9_7f4a_7c15;
    private const ulong Second = 0xbb67_ae85_84ca_a73b;
    private const ulong Third = 0xa54f_f53a_5f1d_36f1;

    /// <summary>The state before the first block of an input of the given length, in octets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Begin(int length, ulong seed) => (seed ^ First) * (((ulong)length << 1) | 1);

    /// <summary>A 64-bit hash of two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(ulong first, ulong second, ulong seed) =>
        Aes.IsSupported ? Absorb(Vector128.Create(seed), Vector128.Create(first, second), seed)[0] : Fold(first, second, seed);

    /// <summary>Takes sixteen octets into a state. Only for processors with AES.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<ulong> Absorb(Vector128<ulong> state, Vector128<ulong> block, ulong seed)
    {
        var key = Vector128.Create(seed);
        var mixed = Aes.Encrypt((state ^ block).AsByte(), (key ^ Vector128.Create(First, Second)).AsByte());
        mixed = Aes.Encrypt(mixed, (key ^ Vector128.Create(Second, Third)).AsByte());
        mixed = Aes.Encrypt(mixed, (key ^ Vector128.Create(Third, First)).AsByte());
        return Aes.Encrypt(mixed, key.AsByte()).AsUInt64();
    }

    /// <summary>The product of two words under secrets, folded to 64 bits. Odd constants keep zero from staying zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static ulong Fold(ulong first, ulong second, ulong seed)
    {
        var high = Math.BigMul(first ^ BitOperations.RotateLeft(seed, 32) ^ 0x8ebc_6af0_9c88_c6e3, second ^ seed ^ 0xe703_7ed1_a0b4_28db, out var low);
        return high ^ low;
    }
}

/// <summary>Seeds for hash tables that hold what senders choose: without the seed, nobody can find keys that collide.</summary>
/// <remarks>
/// From <see cref="Guid.NewGuid"/>, whose bits come from the operating system's secure generator: unlike the generator of
/// System.Security.Cryptography it needs no cryptographic library, which would take longer to load than a small capture to read.
/// </remarks>
public static class SecretSeed
{
    /// <summary>64 bits that nobody can foresee.</summary>
    public static ulong Next()
    {
        // Six of its bits are fixed, at other places in the first half than in the second.
        var random = Guid.NewGuid();
        var halves = MemoryMarshal.Cast<byte, ulong>(random.ToByteArray());
        return halves[0] ^ halves[1];
    }
}
