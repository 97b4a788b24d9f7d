using System.Buffers.Binary;

namespace WireDns.Parquet.Decoding;

/// <summary>The encodings of numbers in few bits (apache/parquet-format, Encodings.md). Damage is an <see cref="InvalidDataException"/>.</summary>
internal static class PackedNumbers
{
    private const int GroupLength = 8;
    private const int MostMiniblocks = 512;

    /// <summary>RLE: runs of one value, and groups of eight that are packed.</summary>
    /// <param name="octets">The octets, without a length before them.</param>
    /// <param name="width">Bits of a value, 0 to 32.</param>
    /// <param name="values">Is filled.</param>
    public static void ReadRuns(ReadOnlySpan<byte> octets, int width, Span<int> values)
    {
        if (width is < 0 or > 32)
        {
            throw new InvalidDataException();
        }

        if (width == 0)
        {
            values.Clear();
            return;
        }

        var reader = new OctetReader(octets);
        while (!values.IsEmpty)
        {
            var header = reader.ReadVarint();
            var count = (int)Math.Min(header >> 1, int.MaxValue / GroupLength);
            if (count == 0)
            {
                throw new InvalidDataException();
            }

            if ((header & 1) == 0)
            {
                var value = 0;
                var place = 0;
                foreach (var octet in reader.Read((width + 7) / 8))
                {
                    value |= octet << place;
                    place += 8;
                }

                count = Math.Min(count, values.Length);
                values[..count].Fill(value);
                values = values[count..];
            }
            else
            {
                // The last group may be longer than what is wanted, and its octets may end with the page.
                var taken = Math.Min(count * GroupLength, values.Length);
                var needed = (int)(((long)taken * width) + 7) / 8;
                var packed = reader.Read(Math.Max(needed, (int)Math.Min((long)count * width, reader.Rest.Length)));
                for (var index = 0; index < taken; index++)
                {
                    values[index] = (int)Bits(packed, (long)index * width, width);
                }

                values = values[taken..];
            }
        }
    }

    /// <summary>DELTA_BINARY_PACKED: differences from value to value, in blocks.</summary>
    /// <param name="reader">Moves after the values.</param>
    /// <param name="values">Is filled; there must be as many.</param>
    public static void ReadDeltas(ref OctetReader reader, Span<long> values)
    {
        var blockLength = reader.ReadVarint();
        var miniblocks = reader.ReadVarint();
        var count = reader.ReadVarint();
        var value = reader.ReadZigzag();
        if (count != (ulong)values.Length || miniblocks is 0 or > MostMiniblocks || blockLength > int.MaxValue || blockLength % miniblocks != 0 || blockLength / miniblocks % GroupLength != 0)
        {
            throw new InvalidDataException();
        }

        if (values.IsEmpty)
        {
            return;
        }

        var miniblock = (int)(blockLength / miniblocks);
        values[0] = value;
        values = values[1..];
        while (!values.IsEmpty)
        {
            var least = reader.ReadZigzag();
            var widths = reader.Read((int)miniblocks);
            for (var block = 0; block < widths.Length && !values.IsEmpty; block++)
            {
                var width = widths[block];
                if (width > 64 || miniblock == 0)
                {
                    throw new InvalidDataException();
                }

                var packed = reader.Read(checked((int)((long)miniblock * width / 8)));
                var taken = Math.Min(miniblock, values.Length);
                if (width == 0 && least == 0)
                {
                    values[..taken].Fill(value);
                }

                for (var index = 0; index < taken && (width | least) != 0; index++)
                {
                    value = unchecked(value + least + (width == 0 ? 0 : (long)Bits(packed, (long)index * width, width)));
                    values[index] = value;
                }

                values = values[taken..];
            }
        }
    }

    // Some bits from a place on, the lowest first.
    private static ulong Bits(ReadOnlySpan<byte> octets, long place, int width)
    {
        var start = (int)(place >> 3);
        var shift = (int)(place & 7);
        ulong word = 0;
        if (octets.Length - start >= sizeof(ulong))
        {
            word = BinaryPrimitives.ReadUInt64LittleEndian(octets[start..]);
        }
        else
        {
            for (var index = start; index < octets.Length; index++)
            {
                word |= (ulong)octets[index] << (8 * (index - start));
            }
        }

        word >>= shift;
        if (shift + width > 64)
        {
            word |= (ulong)octets[start + sizeof(ulong)] << (64 - shift);
        }

        return width == 64 ? word : word & ((1UL << width) - 1);
    }
}
