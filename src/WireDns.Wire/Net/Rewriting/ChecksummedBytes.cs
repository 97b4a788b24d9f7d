using System.Buffers.Binary;

namespace WireDns.Wire.Net.Rewriting;

/// <summary>The bytes of a packet, and the checksums that cover parts of them, which follow every change (RFC 1624). A checksum that was wrong stays wrong by as much.</summary>
/// <param name="bytes">The bytes.</param>
internal readonly ref struct ChecksummedBytes(Span<byte> bytes)
{
    // What is summed up is known up to multiples of it.
    private const int Modulus = ushort.MaxValue;

    private readonly List<Checksum> _checksums = [];

    /// <summary>The bytes.</summary>
    public Span<byte> Bytes { get; } = bytes;

    /// <summary>Checksums so far.</summary>
    public int Count => _checksums.Count;

    /// <summary>Adds a checksum, outer ones first. It covers bytes up to an end, and itself. One that was not captured, or that UDP has not, is left out.</summary>
    public void Add(int place, int start, int end, bool isOfUdp)
    {
        if (place + 2 <= Bytes.Length && (!isOfUdp || BinaryPrimitives.ReadUInt16BigEndian(Bytes[place..]) != 0))
        {
            _checksums.Add(new Checksum(place, start, end, isOfUdp));
        }
    }

    /// <summary>Changes bytes. Those that were not captured stay out.</summary>
    public void Put(int place, ReadOnlySpan<byte> changed)
    {
        if (place >= Bytes.Length)
        {
            return;
        }

        changed = changed[..Math.Min(changed.Length, Bytes.Length - place)];
        var changes = new List<(int Place, byte Old, byte New)>();
        for (var i = 0; i < changed.Length; i++)
        {
            changes.Add((place + i, Bytes[place + i], changed[i]));
            Bytes[place + i] = changed[i];
        }

        Follow(changes, _checksums.Count);
    }

    /// <summary>Bytes that the newest checksum covers beside its packet's own, a pseudo-header, have changed.</summary>
    public void FollowPseudoHeader(ReadOnlySpan<byte> old, ReadOnlySpan<byte> changed)
    {
        var newest = _checksums[^1];
        var changes = new List<(int Place, byte Old, byte New)>();
        for (var i = 0; i < old.Length; i++)
        {
            changes.Add((newest.Start + i, old[i], changed[i])); // from an even place on, as in the pseudo-header
        }

        List<(int Place, byte Old, byte New)> own = [];
        Update(newest with { End = int.MaxValue }, changes, own);
        Follow(own, _checksums.Count - 1);
    }

    // From the inside out, since a checksum is covered by those around it.
    private void Follow(List<(int Place, byte Old, byte New)> changes, int count)
    {
        for (var index = count - 1; index >= 0; index--)
        {
            Update(_checksums[index], changes, changes);
        }
    }

    private void Update(Checksum checksum, List<(int Place, byte Old, byte New)> changes, List<(int Place, byte Old, byte New)> changed)
    {
        var field = Bytes.Slice(checksum.Place, 2);
        var delta = 0L;
        foreach (var (place, old, now) in changes)
        {
            if (place >= checksum.Start && place < checksum.End)
            {
                delta += ((place - checksum.Start) & 1) == 0 ? (now - old) << 8 : now - old;
            }
        }

        if (delta == 0)
        {
            return;
        }

        var before = BinaryPrimitives.ReadUInt16BigEndian(field);
        var sum = ((Modulus - before + delta) % Modulus + Modulus) % Modulus;
        var after = (ushort)(sum == 0 ? 0 : Modulus - sum);
        if (after == 0 && checksum.IsOfUdp)
        {
            after = Modulus; // RFC 768: zero says that there is none
        }

        BinaryPrimitives.WriteUInt16BigEndian(field, after);
        changed.Add((checksum.Place, (byte)(before >> 8), (byte)(after >> 8)));
        changed.Add((checksum.Place + 1, (byte)before, (byte)after));
    }

    private readonly record struct Checksum(int Place, int Start, int End, bool IsOfUdp);
}
