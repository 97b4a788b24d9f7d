using System.Buffers.Binary;

namespace WireDns.Parquet.Format;

/// <summary>Octets that are written one after the other. Its memory is used again after <see cref="Clear"/>.</summary>
internal sealed class OctetBuffer
{
    // What a column of a group has; more is given back.
    private const int MostKept = 4 << 20;

    private byte[] _octets = [];

    /// <summary>How many octets there are.</summary>
    public int Length { get; private set; }

    /// <summary>The octets.</summary>
    public ReadOnlySpan<byte> Written => _octets.AsSpan(0, Length);

    /// <summary>Adds an octet.</summary>
    public void Add(byte octet)
    {
        Room(1)[0] = octet;
        Length++;
    }

    /// <summary>Adds octets.</summary>
    public void Add(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(Room(octets.Length));
        Length += octets.Length;
    }

    /// <summary>Adds a number of four octets, the least one first.</summary>
    public void AddInt32(int number)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), number);
        Length += sizeof(int);
    }

    /// <summary>Adds a number of eight octets, the least one first.</summary>
    public void AddInt64(long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), number);
        Length += sizeof(long);
    }

    /// <summary>Adds a number of variable length (ULEB128): seven bits an octet, the least ones first.</summary>
    public void AddVariable(ulong number)
    {
        const int Most = 10;
        var room = Room(Most);
        var used = 0;
        for (; number >= 0x80; number >>= 7)
        {
            room[used++] = (byte)(number | 0x80);
        }

        room[used++] = (byte)number;
        Length += used;
    }

    /// <summary>Adds a number with a sign, of variable length: 0, -1, 1, -2 are 0, 1, 2, 3 (zigzag).</summary>
    public void AddSigned(long number) => AddVariable((ulong)((number << 1) ^ (number >> 63)));

    /// <summary>Room for octets after the last one; <see cref="Advance"/> says how many of them were written.</summary>
    /// <param name="length">How many, at least.</param>
    public Span<byte> Room(int length)
    {
        if (_octets.Length - Length < length)
        {
            const int Least = 256;
            Array.Resize(ref _octets, Math.Max(Length + length, Math.Max(Least, _octets.Length + (_octets.Length / 2))));
        }

        return _octets.AsSpan(Length);
    }

    /// <summary>Adds octets that were written into <see cref="Room"/>.</summary>
    public void Advance(int length) => Length += length;

    /// <summary>Overwrites four octets by a number, the least octet first.</summary>
    public void SetInt32(int place, int number) => BinaryPrimitives.WriteInt32LittleEndian(_octets.AsSpan(place), number);

    /// <summary>Forgets the octets from a place on.</summary>
    public void CutTo(int length) => Length = length;

    /// <summary>Forgets the octets.</summary>
    public void Clear()
    {
        Length = 0;
        if (_octets.Length > MostKept)
        {
            _octets = [];
        }
    }
}
