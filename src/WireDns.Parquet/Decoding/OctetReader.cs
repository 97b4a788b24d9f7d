namespace WireDns.Parquet.Decoding;

/// <summary>Reads forward in octets; past their end <see cref="InvalidDataException"/> is thrown.</summary>
internal ref struct OctetReader(ReadOnlySpan<byte> octets)
{
    private const int MaximumVarintBits = 70;

    private readonly ReadOnlySpan<byte> _octets = octets;

    /// <summary>How many were read.</summary>
    public int Position { get; private set; }

    /// <summary>Those that were not read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _octets[Position..];

    public byte ReadOctet() => (uint)Position < (uint)_octets.Length ? _octets[Position++] : throw new InvalidDataException();

    public ReadOnlySpan<byte> Read(int length)
    {
        if ((uint)length > (uint)(_octets.Length - Position))
        {
            throw new InvalidDataException();
        }

        Position += length;
        return _octets.Slice(Position - length, length);
    }

    /// <summary>A number of seven bits an octet, the lowest first (ULEB128).</summary>
    public ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < MaximumVarintBits; shift += 7)
        {
            var octet = ReadOctet();
            value |= (ulong)(octet & 0x7f) << shift;
            if (octet < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException();
    }

    /// <summary>A signed number: 0, -1, 1, -2 and so on.</summary>
    public long ReadZigzag()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }
}
