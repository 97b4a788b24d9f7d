using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace WireDns.Sigma;

/// <summary>
/// A 128-bit hash under a seed that no sender knows. Different inputs do not collide in practice, so a table keeps the digest in place of the
/// input. A mutable struct: keep it in a local variable.
/// </summary>
/// <remarks>
/// If the processor has AES, each block of sixteen octets is XORed into the state, and four rounds under secret keys follow: a difference
/// between two blocks becomes a chosen difference of the state with a chance below 2^-100, so later blocks cannot be made to cancel it.
/// Otherwise two lanes of folded multiplication, each with a secret of its own, take eight octets at a time.
/// </remarks>
public struct KeyedHash
{
    // Odd constants with many bits set (the fractional parts of the golden ratio and of the square root of 3).
    private const ulong FirstMultiplier = 0x9e3779b97f4a7c15;
    private const ulong SecondMultiplier = 0xbb67ae8584caa73b;

    private readonly Vector128<ulong> _key;
    private Vector128<ulong> _state;

    /// <param name="seed">Random, made once per process or table.</param>
    public KeyedHash(UInt128 seed)
        : this(seed, seed)
    {
    }

    /// <summary>Goes on where another hash under the same seed was.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="digest">The digest of what the other had taken.</param>
    public KeyedHash(UInt128 seed, UInt128 digest)
    {
        _key = Vector128.Create((ulong)seed, (ulong)(seed >> 64));
        _state = Vector128.Create((ulong)digest, (ulong)(digest >> 64));
    }

    /// <summary>The hash of everything added so far.</summary>
    public readonly UInt128 Digest => new(_state[1], _state[0]);

    /// <summary>Adds a text with its length: "ab" and "c" give another digest than "a" and "bc".</summary>
    public void Add(ReadOnlySpan<byte> text)
    {
        Add(Vector128.CreateScalar((ulong)text.Length));
        for (; text.Length >= Vector128<byte>.Count; text = text[Vector128<byte>.Count..])
        {
            Add(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(text)).AsUInt64());
        }

        if (!text.IsEmpty)
        {
            Span<byte> last = stackalloc byte[Vector128<byte>.Count];
            last.Clear();
            text.CopyTo(last);
            Add(Vector128.LoadUnsafe(ref MemoryMarshal.GetReference(last)).AsUInt64());
        }
    }

    /// <summary>Adds another digest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(UInt128 digest) => Add(Vector128.Create((ulong)digest, (ulong)(digest >> 64)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(Vector128<ulong> block)
    {
        if (Aes.IsSupported)
        {
            var state = Aes.Encrypt((_state ^ block).AsByte(), _key.AsByte());
            state = Aes.Encrypt(state, (_key ^ Vector128.Create(FirstMultiplier)).AsByte());
            state = Aes.Encrypt(state, (_key ^ Vector128.Create(SecondMultiplier)).AsByte());
            _state = Aes.Encrypt(state, (_key ^ Vector128.Create(FirstMultiplier, SecondMultiplier)).AsByte()).AsUInt64();
        }
        else
        {
            AddWord(block[0]);
            AddWord(block[1]);
        }
    }

    private void AddWord(ulong value) => _state = Vector128.Create(
        Fold(_state[0] ^ value, FirstMultiplier) + value, Fold(_state[1] ^ value, SecondMultiplier) + value);

    private static ulong Fold(ulong left, ulong right)
    {
        var high = Math.BigMul(left, right, out var low);
        return high ^ low;
    }
}
