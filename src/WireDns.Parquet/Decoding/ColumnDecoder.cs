using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Parquet.Meta;
using Parquet.Schema;
using ZstdSharp;
using Encoding = Parquet.Meta.Encoding;
using ParquetType = Parquet.Meta.Type;

namespace WireDns.Parquet.Decoding;

/// <summary>
/// Decodes columns of the types that a DNS log has, in the encodings and compressions that writers use for them, without an object for each value. What it does not know it
/// leaves to the library. A damaged page is an <see cref="InvalidDataException"/>, or what reading a file throws. One thread at a time.
/// </summary>
internal sealed class ColumnDecoder(string path) : IDisposable
{
    // A group has a few million octets; a wrong number in a file shall not take all memory.
    private const long MaximumLength = 1 << 29;

    private readonly Decompressor _decompressor = new();
    private SafeFileHandle? _file;
    private byte[] _chunk = [];
    private byte[] _scratch = [];
    private long[] _lengths = [];
    private int[] _indices = [];

    // The dictionary: numbers, or where texts are.
    private long[] _entries = [];
    private int[] _entryLengths = [];
    private int _entryCount;
    private int _used;

    /// <summary>Decodes a column of a group.</summary>
    /// <param name="chunk">Where it is, from the footer.</param>
    /// <param name="field">What it is.</param>
    /// <param name="column">Takes the values.</param>
    /// <returns>False if it has something that is not known here.</returns>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public bool TryDecode(ColumnMetaData chunk, DataField field, DecodedColumn column)
    {
        if (chunk.Codec is not (CompressionCodec.ZSTD or CompressionCodec.UNCOMPRESSED) || chunk.Type is not (ParquetType.BOOLEAN or ParquetType.INT32 or ParquetType.INT64 or ParquetType.BYTE_ARRAY))
        {
            return false;
        }

        var start = chunk.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, chunk.DataPageOffset) : chunk.DataPageOffset;
        if (chunk.TotalCompressedSize is < 0 or > MaximumLength || chunk.NumValues is < 0 or > int.MaxValue)
        {
            throw new InvalidDataException();
        }

        var reader = new OctetReader(Load(start, (int)chunk.TotalCompressedSize));
        column.Begin((int)chunk.NumValues, field.MaxDefinitionLevel, chunk.Type == ParquetType.BYTE_ARRAY);
        _used = _entryCount = 0;
        for (var level = 0; level < column.LevelCount;)
        {
            var header = PageHeader.Read(ref reader);
            var octets = reader.Read(header.CompressedLength);
            if (header.Kind == PageType.DICTIONARY_PAGE)
            {
                var place = Decompress(octets, header.Length, chunk.Codec, column);
                if (!TryReadDictionary(header, chunk.Type, column, place, header.Length))
                {
                    return false;
                }
            }
            else if (header.Kind is PageType.DATA_PAGE or PageType.DATA_PAGE_V2)
            {
                if (header.Values > column.LevelCount - level || !TryReadPage(header, octets, chunk, field, column, level))
                {
                    return header.Values > column.LevelCount - level ? throw new InvalidDataException() : false;
                }

                level += header.Values;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _decompressor.Dispose();
    }

    private ReadOnlySpan<byte> Load(long start, int length)
    {
        _file ??= File.OpenHandle(path);
        if (_chunk.Length < length)
        {
            _chunk = new byte[length];
        }

        for (var read = 0; read < length;)
        {
            var count = RandomAccess.Read(_file, _chunk.AsSpan(read, length - read), start + read);
            read += count > 0 ? count : throw new InvalidDataException();
        }

        return _chunk.AsSpan(0, length);
    }

    // Adds the octets of a page to those of the column; returns where they are.
    private int Decompress(ReadOnlySpan<byte> octets, int length, CompressionCodec codec, DecodedColumn column)
    {
        var place = Reserve(length, column);
        var room = column.Octets.AsSpan(place, length);
        if (codec == CompressionCodec.UNCOMPRESSED)
        {
            octets[..(octets.Length == length ? length : throw new InvalidDataException())].CopyTo(room);
        }
        else if (length > 0 && _decompressor.Unwrap(octets, room) != length)
        {
            throw new InvalidDataException();
        }

        return place;
    }

    private int Reserve(int length, DecodedColumn column)
    {
        if ((long)_used + length > MaximumLength)
        {
            throw new InvalidDataException();
        }

        if (column.Octets.Length < _used + length)
        {
            var larger = new byte[Math.Max(_used + length, column.Octets.Length + (column.Octets.Length / 2))];
            column.Octets.AsSpan(0, _used).CopyTo(larger);
            column.Octets = larger;
        }

        _used += length;
        return _used - length;
    }

    private bool TryReadDictionary(in PageHeader header, ParquetType type, DecodedColumn column, int start, int length)
    {
        if ((Encoding)header.Encoding is not (Encoding.PLAIN or Encoding.PLAIN_DICTIONARY) || type == ParquetType.BOOLEAN)
        {
            return false;
        }

        _entryCount = header.Values <= length ? header.Values : throw new InvalidDataException();
        if (_entries.Length < _entryCount)
        {
            (_entries, _entryLengths) = (new long[_entryCount], new int[_entryCount]);
        }

        var reader = new OctetReader(column.Octets.AsSpan(start, length));
        for (var entry = 0; entry < _entryCount; entry++)
        {
            if (type == ParquetType.BYTE_ARRAY)
            {
                var count = BinaryPrimitives.ReadInt32LittleEndian(reader.Read(sizeof(int)));
                (_entries[entry], _entryLengths[entry]) = (start + reader.Position, count);
                reader.Read(count);
            }
            else
            {
                _entries[entry] = type == ParquetType.INT32 ? BinaryPrimitives.ReadInt32LittleEndian(reader.Read(sizeof(int))) : BinaryPrimitives.ReadInt64LittleEndian(reader.Read(sizeof(long)));
            }
        }

        return true;
    }

    private bool TryReadPage(in PageHeader header, ReadOnlySpan<byte> octets, ColumnMetaData chunk, DataField field, DecodedColumn column, int level)
    {
        var repetitions = column.Repetitions.AsSpan(level, header.Values);
        var definitions = column.Definitions.AsSpan(level, header.Values);
        int start;
        OctetReader reader;
        if (header.Kind == PageType.DATA_PAGE)
        {
            if ((field.MaxDefinitionLevel > 0 && (Encoding)header.DefinitionEncoding != Encoding.RLE) || (field.MaxRepetitionLevel > 0 && (Encoding)header.RepetitionEncoding != Encoding.RLE))
            {
                return false;
            }

            start = Decompress(octets, header.Length, chunk.Codec, column);
            reader = new OctetReader(column.Octets.AsSpan(start, header.Length));
            ReadLevels(ref reader, field.MaxRepetitionLevel, repetitions);
            ReadLevels(ref reader, field.MaxDefinitionLevel, definitions);
        }
        else
        {
            // In the second kind levels are not compressed, and stand before the rest.
            var levels = new OctetReader(octets);
            PackedNumbers.ReadRuns(levels.Read(header.RepetitionLength), WidthOf(field.MaxRepetitionLevel), repetitions);
            PackedNumbers.ReadRuns(levels.Read(header.DefinitionLength), WidthOf(field.MaxDefinitionLevel), definitions);
            var length = header.Length - levels.Position;
            start = Decompress(levels.Rest, length >= 0 ? length : throw new InvalidDataException(), header.IsCompressed ? chunk.Codec : CompressionCodec.UNCOMPRESSED, column);
            reader = new OctetReader(column.Octets.AsSpan(start, length));
        }

        var count = field.MaxDefinitionLevel == 0 ? header.Values : definitions.Count(field.MaxDefinitionLevel);
        return TryReadValues(ref reader, start, (Encoding)header.Encoding, chunk.Type, count, column);
    }

    private static void ReadLevels(ref OctetReader reader, int maximum, Span<int> levels)
    {
        if (maximum == 0)
        {
            levels.Clear();
            return;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(reader.Read(sizeof(int)));
        PackedNumbers.ReadRuns(reader.Read(length), WidthOf(maximum), levels);
    }

    private static int WidthOf(int maximum) => 32 - int.LeadingZeroCount(maximum);

    private bool TryReadValues(ref OctetReader reader, int start, Encoding encoding, ParquetType type, int count, DecodedColumn column)
    {
        switch (encoding, type)
        {
            case (_, _) when count == 0:
                return true;

            case (Encoding.RLE_DICTIONARY or Encoding.PLAIN_DICTIONARY, not ParquetType.BOOLEAN):
                ReadIndices(ref reader, type, count, column);
                return true;

            case (Encoding.PLAIN, ParquetType.BYTE_ARRAY):
                for (var value = 0; value < count; value++)
                {
                    var length = BinaryPrimitives.ReadInt32LittleEndian(reader.Read(sizeof(int)));
                    column.Add(start + reader.Position, length);
                    reader.Read(length);
                }

                return true;

            case (Encoding.PLAIN, ParquetType.BOOLEAN):
                var bits = reader.Read((count + 7) / 8);
                for (var value = 0; value < count; value++)
                {
                    column.Add((bits[value >> 3] >> (value & 7)) & 1);
                }

                return true;

            case (Encoding.PLAIN, _):
                var width = type == ParquetType.INT32 ? sizeof(int) : sizeof(long);
                var octets = reader.Read(checked(count * width));
                for (var value = 0; value < count; value++)
                {
                    column.Add(width == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(octets[(value * width)..]) : BinaryPrimitives.ReadInt64LittleEndian(octets[(value * width)..]));
                }

                return true;

            case (Encoding.RLE, ParquetType.BOOLEAN):
                var runs = reader.Read(BinaryPrimitives.ReadInt32LittleEndian(reader.Read(sizeof(int))));
                PackedNumbers.ReadRuns(runs, 1, Indices(count));
                foreach (var bit in _indices.AsSpan(0, count))
                {
                    column.Add(bit);
                }

                return true;

            case (Encoding.DELTA_BINARY_PACKED, ParquetType.INT32 or ParquetType.INT64):
                var numbers = column.AddNumbers(count);
                PackedNumbers.ReadDeltas(ref reader, numbers);
                for (var value = 0; type == ParquetType.INT32 && value < count; value++)
                {
                    // Differences of 32 bits wrap around.
                    numbers[value] = (int)numbers[value];
                }

                return true;

            case (Encoding.DELTA_LENGTH_BYTE_ARRAY, ParquetType.BYTE_ARRAY):
                ReadTexts(ref reader, start, count, column);
                return true;

            case (Encoding.DELTA_BYTE_ARRAY, ParquetType.BYTE_ARRAY):
                ReadPrefixedTexts(ref reader, count, column);
                return true;

            default:
                return false;
        }
    }

    private Span<int> Indices(int count)
    {
        if (_indices.Length < count)
        {
            _indices = new int[count];
        }

        return _indices.AsSpan(0, count);
    }

    private void ReadIndices(ref OctetReader reader, ParquetType type, int count, DecodedColumn column)
    {
        var width = reader.ReadOctet();
        var indices = Indices(count);
        PackedNumbers.ReadRuns(reader.Rest, width, indices);
        foreach (var index in indices)
        {
            if ((uint)index >= (uint)_entryCount)
            {
                throw new InvalidDataException();
            }

            if (type == ParquetType.BYTE_ARRAY)
            {
                column.Add((int)_entries[index], _entryLengths[index]);
            }
            else
            {
                column.Add(_entries[index]);
            }
        }
    }

    private static Span<long> ReadLengths(ref OctetReader reader, Span<long> lengths)
    {
        PackedNumbers.ReadDeltas(ref reader, lengths);
        return lengths.ContainsAnyExceptInRange(0, MaximumLength) ? throw new InvalidDataException() : lengths;
    }

    // Lengths, then all texts.
    private void ReadTexts(ref OctetReader reader, int start, int count, DecodedColumn column)
    {
        if (_lengths.Length < count)
        {
            _lengths = new long[count];
        }

        foreach (var length in ReadLengths(ref reader, _lengths.AsSpan(0, count)))
        {
            column.Add(start + reader.Position, reader.Read((int)length).Length);
        }
    }

    // How much of each text is that of the one before, then the rest of each.
    private void ReadPrefixedTexts(ref OctetReader reader, int count, DecodedColumn column)
    {
        if (_lengths.Length < 2 * count)
        {
            _lengths = new long[2 * count];
        }

        var prefixes = ReadLengths(ref reader, _lengths.AsSpan(0, count));
        var rests = ReadLengths(ref reader, _lengths.AsSpan(count, count));
        long total = 0;
        for (var value = 0; value < count; value++)
        {
            total += prefixes[value] + rests[value];
        }

        // What is read may move when room is made for what is written.
        if (_scratch.Length < reader.Rest.Length)
        {
            _scratch = new byte[reader.Rest.Length];
        }

        reader.Rest.CopyTo(_scratch);
        var source = new OctetReader(_scratch.AsSpan(0, reader.Rest.Length));
        var place = Reserve(total <= MaximumLength ? (int)total : throw new InvalidDataException(), column);
        var (last, lastLength) = (0, 0);
        for (var value = 0; value < count; value++)
        {
            var (prefix, rest) = ((int)prefixes[value], (int)rests[value]);
            if (prefix > lastLength)
            {
                throw new InvalidDataException();
            }

            column.Octets.AsSpan(last, prefix).CopyTo(column.Octets.AsSpan(place));
            source.Read(rest).CopyTo(column.Octets.AsSpan(place + prefix));
            column.Add(place, prefix + rest);
            (last, lastLength, place) = (place, prefix + rest, place + prefix + rest);
        }
    }
}
