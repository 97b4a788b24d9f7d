using System.Buffers.Binary;

namespace WireDns.Sigma.Correlation;

/// <summary>
/// The digests that the texts of some addresses have: an address takes the place of another one that is at hand less. 4,096 of them, allocated with
/// the first.
/// </summary>
internal sealed class AddressDigests
{
    private const int Bits = 12;

    // Spreads neighbours, whose last bits differ.
    private const ulong Multiplier = 0x9e3779b97f4a7c15;

    private Entry[] _entries = [];

    /// <summary>The digest of an address, where it is known.</summary>
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

    private readonly record struct Entry(UInt128 Address, int Length, UInt128 Digest);
}
