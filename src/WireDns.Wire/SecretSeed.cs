using System.Runtime.InteropServices;

namespace WireDns.Wire;

/// <summary>Seeds for hash tables that hold what senders choose: with them, nobody outside finds keys that collide.</summary>
/// <remarks>
/// From <see cref="Guid.NewGuid"/>, whose bits come from the operating system's secure generator: unlike the generator of
/// System.Security.Cryptography it needs no cryptographic library, which would take longer to load than a small capture to read.
/// </remarks>
public static class SecretSeed
{
    /// <summary>64 bits that nobody can foresee.</summary>
    public static ulong Next()
    {
        // Six bits of it are fixed, in the first half others than in the second.
        var random = Guid.NewGuid();
        var halves = MemoryMarshal.Cast<byte, ulong>(random.ToByteArray());
        return halves[0] ^ halves[1];
    }
}
