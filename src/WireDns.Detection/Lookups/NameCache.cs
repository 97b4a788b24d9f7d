using System.Runtime.CompilerServices;

namespace WireDns.Detection.Lookups;

/// <summary>
/// A set of names that forgets, by 64-bit hashes under a secret seed: a new name replaces an older one. Fixed in memory (512 KiB), without
/// an allocation.
/// </summary>
internal sealed class NameCache
{
    private const int Size = 65_536;

    private readonly ulong[] _hashes = new ulong[Size];

    /// <summary>The name will be looked up soon.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Expect(ulong hash) => MemoryHint.WillBeRead(ref _hashes[hash & (Size - 1)]);

    /// <summary>Whether the name was added and is not forgotten yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Contains(ulong hash) => hash != 0 && _hashes[hash & (Size - 1)] == hash;

    /// <summary>Adds a name.</summary>
    public void Add(ulong hash) => _hashes[hash & (Size - 1)] = hash;

    /// <summary>Forgets all names.</summary>
    public void Clear() => Array.Clear(_hashes);
}
