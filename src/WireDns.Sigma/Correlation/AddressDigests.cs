using System.Buffers.Binary;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// A cache of 65,536 digests of addresses' texts, in which an address replaces one that is asked for less often. Takes 3 MiB, allocated with the first.
/// </summary>
internal sealed class AddressDigests
{
    private const int Bits = 16;

    // Spreads neighbouring addresses, which differ in their last bits.
    private const ulong Multiplier = 0x9e3779b97f4a7c15;

    private Entry[] _entries = [];

    /// <summary>An address will be looked for soon.</summary>
    /// <param name="octets">The address: 4 or 16 octets.</param>
    public void Expect(ReadOnlySpan<byte> octets)
    {
        if (_entries.Length > 0)
        {
            ref var entry = ref _entries[PlaceOf(Read(octets))];
            DelayedEntries.Expect(in entry);
            DelayedEntries.Expect(in entry.Length);
        }
    }

    /// <summary>The digest of an address, if it is in the cache.</summary>
    /// <param name="octets">The address: 4 or 16 octets.</param>
    /// <param name="digest">The digest of its text.</param>
    public bool TryGet(ReadOnlySpan<byte> octets, out UInt128 digest)
    {
        digest = default;
        if (_entries.Length == 0)
        {
            return false;
        }

        var address = Read(octets);
        ref var entry = ref _entries[PlaceOf(address)];
        digest = entry.Digest;
        return entry.Length == octets.Length && entry.Address == address;
    }

    /// <summary>Keeps the digest of an address.</summary>
    public void Add(ReadOnlySpan<byte> octets, UInt128 digest)
    {
        if (_entries.Length == 0)
        {
            _entries = new Entry[1 << Bits];
        }

        var address = Read(octets);
        _entries[PlaceOf(address)] = new Entry(address, octets.Length, digest);
    }

    private static UInt128 Read(ReadOnlySpan<byte> octets) =>
        octets.Length == 16 ? BinaryPrimitives.ReadUInt128BigEndian(octets) : BinaryPrimitives.ReadUInt32BigEndian(octets);

    private static int PlaceOf(UInt128 address) => (int)(((ulong)address ^ (ulong)(address >> 64)) * Multiplier >> (64 - Bits));

    private struct Entry(UInt128 address, int length, UInt128 digest)
    {
        public readonly UInt128 Address = address;
        public readonly UInt128 Digest = digest;
        public readonly int Length = length;
    }
}
