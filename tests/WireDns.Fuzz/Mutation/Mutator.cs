using System.Buffers.Binary;

namespace WireDns.Fuzz.Mutation;

/// <summary>
/// Changes an input in a few places, in the ways that break decoders of this kind: bits, counts and lengths, compression pointers, pieces
/// that are missing, doubled, or from another input.
/// </summary>
internal sealed class Mutator(RandomSource random)
{
    private const int MostChanges = 6;

    private static ReadOnlySpan<byte> SpecialOctets => [0x00, 0x01, 0x0c, 0x3f, 0x40, 0x7f, 0x80, 0xbf, 0xc0, 0xff];

    /// <summary>Writes a changed copy.</summary>
    /// <param name="parent">The input to change.</param>
    /// <param name="other">The input that pieces are taken from.</param>
    /// <param name="buffer">Where the copy goes; as long as inputs may get, at least 8 bytes.</param>
    /// <returns>Length of the copy.</returns>
    public int Mutate(ReadOnlySpan<byte> parent, ReadOnlySpan<byte> other, Span<byte> buffer)
    {
        var length = Math.Min(parent.Length, buffer.Length);
        parent[..length].CopyTo(buffer);
        var changes = 1;
        while (changes < MostChanges && random.Next(2) == 0)
        {
            changes++;
        }

        for (; changes > 0; changes--)
        {
            length = length == 0 ? Insert(buffer, 0, 0, SpecialOctets) : Change(buffer, length, other);
        }

        return length;
    }

    private int Change(Span<byte> buffer, int length, ReadOnlySpan<byte> other)
    {
        var place = random.Next(length);
        switch (random.Next(16))
        {
            case 0 or 1:
                buffer[place] ^= (byte)(1 << random.Next(8));
                return length;
            case 2:
                buffer[place] = (byte)random.Next();
                return length;
            case 3:
                buffer[place] = SpecialOctets[random.Next(SpecialOctets.Length)];
                return length;
            case 4:
                buffer[place] += (byte)(random.Next(9) - 4);
                return length;
            case 5:
                return WriteNumber(buffer, length, place);
            case 6:
                return WritePointer(buffer, length, place);
            case 7:
                return WriteLengthOfRest(buffer, length, place);
            case 8:
                return place;
            case 9:
                return Delete(buffer, length, place, 1 + random.Next(Math.Min(32, length - place)));
            case 10:
                // Doubled in place: one more record, question, option, segment.
                return Insert(buffer, length, place, buffer.Slice(place, 1 + random.Next(Math.Min(64, length - place))));
            case 11:
                return Insert(buffer, length, random.Next(length + 1), buffer.Slice(place, 1 + random.Next(Math.Min(64, length - place))));
            case 12 when !other.IsEmpty:
                return Insert(buffer, length, place, Piece(other));
            case 13 when !other.IsEmpty:
                return Overwrite(buffer, length, place, Piece(other));
            case 14 when !other.IsEmpty:
                return Insert(buffer, place, place, other[random.Next(other.Length)..]);
            default:
                buffer.Slice(place, 1 + random.Next(Math.Min(16, length - place))).Fill(SpecialOctets[random.Next(SpecialOctets.Length)]);
                return length;
        }
    }

    private int WriteNumber(Span<byte> buffer, int length, int place)
    {
        if (length - place < 2)
        {
            return length;
        }

        var field = buffer[place..length];
        var number = BinaryPrimitives.ReadUInt16BigEndian(field);
        var changed = random.Next(6) switch
        {
            0 => 0,
            1 => 1 << random.Next(16),
            2 => ushort.MaxValue,
            3 => number + random.Next(17) - 8,
            4 => BinaryPrimitives.ReverseEndianness(number),
            _ => random.Next(300),
        };
        if (random.Next(4) == 0 && field.Length >= 4)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(field, (uint)changed);
        }
        else
        {
            BinaryPrimitives.WriteUInt16BigEndian(field, (ushort)changed);
        }

        return length;
    }

    private int WritePointer(Span<byte> buffer, int length, int place)
    {
        if (length - place >= 2)
        {
            // Most often an allowed one: backwards.
            var target = random.Next(8) == 0 ? random.Next(0x4000) : random.Next(Math.Min(place + 2, 0x4000));
            BinaryPrimitives.WriteUInt16BigEndian(buffer[place..], (ushort)(0xc000 | target));
        }

        return length;
    }

    private int WriteLengthOfRest(Span<byte> buffer, int length, int place)
    {
        if (length - place >= 2)
        {
            var rest = length - place - 2 + random.Next(5) - 2;
            BinaryPrimitives.WriteUInt16BigEndian(buffer[place..], (ushort)rest);
        }

        return length;
    }

    private ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> other)
    {
        var start = random.Next(other.Length);
        return other.Slice(start, 1 + random.Next(Math.Min(128, other.Length - start)));
    }

    private static int Delete(Span<byte> buffer, int length, int place, int count)
    {
        buffer[(place + count)..length].CopyTo(buffer[place..]);
        return length - count;
    }

    private static int Overwrite(Span<byte> buffer, int length, int place, ReadOnlySpan<byte> piece)
    {
        piece = piece[..Math.Min(piece.Length, length - place)];
        piece.CopyTo(buffer[place..]);
        return length;
    }

    // The piece may be in the buffer itself.
    private static int Insert(Span<byte> buffer, int length, int place, ReadOnlySpan<byte> piece)
    {
        Span<byte> copy = stackalloc byte[128];
        piece = piece[..Math.Min(Math.Min(piece.Length, copy.Length), buffer.Length - length)];
        piece.CopyTo(copy);
        buffer[place..length].CopyTo(buffer[(place + piece.Length)..]);
        copy[..piece.Length].CopyTo(buffer[place..]);
        return length + piece.Length;
    }
}
