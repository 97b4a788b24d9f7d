using Parquet.Meta;
using ZstdSharp;

namespace WireDns.Parquet.Format;

/// <summary>What is to say of a column of a group, besides its pages.</summary>
/// <param name="Encoding">How its values are written.</param>
/// <param name="Values">How many values there are, with those that are null.</param>
/// <param name="Nulls">How many are null, or are no item of a list.</param>
/// <param name="DictionaryValues">How many values the dictionary has.</param>
internal readonly record struct ChunkFacts(Encoding Encoding, int Values, int Nulls, int DictionaryValues);

/// <summary>
/// Writes the columns of groups: pages, compressed by zstd, and what the footer says of them (README.md and parquet.thrift of the Parquet format). A column of a group is one page of data, with a
/// dictionary before it or none. What it needs meanwhile is used again, so that several files may share it. One thread at a time.
/// </summary>
internal sealed class GroupWriter : IDisposable
{
    // A bound of a text is there for engines to pass over groups: longer ones are no names.
    private const int MostOfBound = 256;

    // Of 500,000 rows: 0.27 s and 28.1 MB by level 1, 0.36 s and 27.3 MB by this one, 1.0 s and 27.0 MB by the next one.
    private const int Level = 2;

    private readonly Compressor _compressor = new(Level);
    private readonly OctetBuffer _packedDictionary = new();
    private readonly OctetBuffer _packedPage = new();
    private readonly OctetBuffer _dictionaryHeader = new();
    private readonly OctetBuffer _pageHeader = new();

    /// <summary>The dictionary of the column at hand, PLAIN. Empty for none.</summary>
    public OctetBuffer Dictionary { get; } = new();

    /// <summary>The page of the column at hand: levels and values.</summary>
    public OctetBuffer Page { get; } = new();

    /// <summary>Finds the different numbers of a column.</summary>
    public NumberDictionary Numbers { get; } = new();

    /// <summary>Room for what may not be written.</summary>
    public OctetBuffer Spare { get; } = new();

    /// <summary>Writes indexes of a dictionary, after their width (Encodings.md, dictionary encoding).</summary>
    /// <param name="indexes">The indexes.</param>
    /// <param name="dictionaryValues">How many values the dictionary has.</param>
    /// <param name="isInOctets">Whether an index has whole octets if it does not fit into one: zstd finds what recurs in octets, and does not in bits.</param>
    /// <param name="output">Takes them.</param>
    public static void WriteIndexes(ValueList<int> indexes, int dictionaryValues, bool isInOctets, OctetBuffer output)
    {
        var width = BitPacking.WidthOf((ulong)dictionaryValues - 1);
        width = isInOctets && width > 8 ? (width + 7) / 8 * 8 : width;
        output.Add((byte)width);
        BitPacking.PackRuns(indexes, width, output);
    }

    /// <summary>Writes the column at hand.</summary>
    /// <param name="column">The column.</param>
    /// <param name="facts">What is to say of it.</param>
    /// <param name="least">The least value as PLAIN has it, without the length of a text; empty if it is not told.</param>
    /// <param name="most">The largest one.</param>
    /// <param name="file">The file, in a group.</param>
    public void Write(SchemaColumn column, in ChunkFacts facts, ReadOnlySpan<byte> least, ReadOnlySpan<byte> most, FileWriter file)
    {
        var hasDictionary = facts.Encoding == Encoding.RLE_DICTIONARY;
        Compress(Page, _packedPage);
        if (hasDictionary)
        {
            Compress(Dictionary, _packedDictionary);
        }

        // What is random gets no smaller, and is then read faster.
        var raw = Page.Length + Dictionary.Length;
        var isCompressed = _packedPage.Length + _packedDictionary.Length < raw - (raw / 64);
        var (dictionary, page) = isCompressed ? (_packedDictionary, _packedPage) : (Dictionary, Page);
        _dictionaryHeader.Clear();
        _pageHeader.Clear();
        WriteHeader(_pageHeader, isDictionary: false, facts.Values, facts.Encoding, Page.Length, page.Length);
        if (hasDictionary)
        {
            WriteHeader(_dictionaryHeader, isDictionary: true, facts.DictionaryValues, Encoding.PLAIN, Dictionary.Length, dictionary.Length);
        }

        var start = file.Position;
        file.Add(_dictionaryHeader.Written);
        file.Add(dictionary.Written);
        var dataStart = file.Position;
        file.Add(_pageHeader.Written);
        file.Add(page.Written);
        var headers = _dictionaryHeader.Length + _pageHeader.Length;
        BeginChunk(column, facts, isCompressed, headers + raw, start, dataStart, file);
        EndChunk(column, facts, least, most, file.Thrift);
        file.EndColumn(headers + raw);
        Dictionary.Clear();
        Page.Clear();
        _packedDictionary.Clear();
        _packedPage.Clear();
    }

    /// <inheritdoc/>
    public void Dispose() => _compressor.Dispose();

    private void Compress(OctetBuffer from, OctetBuffer to)
    {
        to.Clear();
        var room = to.Room(Compressor.GetCompressBound(from.Length));
        to.Advance(_compressor.Wrap(from.Written, room));
    }

    // PageHeader of parquet.thrift.
    private static void WriteHeader(OctetBuffer output, bool isDictionary, int values, Encoding encoding, int length, int stored)
    {
        var thrift = new ThriftWriter(output);
        thrift.BeginItem();
        thrift.Int32(1, (int)(isDictionary ? PageType.DICTIONARY_PAGE : PageType.DATA_PAGE));
        thrift.Int32(2, length);
        thrift.Int32(3, stored);
        thrift.BeginStructure(isDictionary ? 7 : 5);
        thrift.Int32(1, values);
        thrift.Int32(2, (int)encoding);
        if (!isDictionary)
        {
            thrift.Int32(3, (int)Encoding.RLE);
            thrift.Int32(4, (int)Encoding.RLE);
        }

        thrift.EndStructure();
        thrift.EndStructure();
    }

    // ColumnChunk and ColumnMetaData of parquet.thrift, up to the bounds.
    private static void BeginChunk(SchemaColumn column, in ChunkFacts facts, bool isCompressed, int unpacked, long start, long dataStart, FileWriter file)
    {
        var thrift = file.Thrift;
        var hasDictionary = facts.Encoding == Encoding.RLE_DICTIONARY;
        ReadOnlySpan<int> encodings = hasDictionary ? [(int)facts.Encoding, (int)Encoding.RLE, (int)Encoding.PLAIN] : [(int)facts.Encoding, (int)Encoding.RLE];
        thrift.BeginItem();
        thrift.Int64(2, start);
        thrift.BeginStructure(3);
        thrift.Int32(1, (int)SchemaColumn.StoredAs(column.Type));
        thrift.Int32s(2, encodings);
        thrift.Texts(3, column.Path);
        thrift.Int32(4, (int)(isCompressed ? CompressionCodec.ZSTD : CompressionCodec.UNCOMPRESSED));
        thrift.Int64(5, facts.Values);
        thrift.Int64(6, unpacked);
        thrift.Int64(7, file.Position - start);
        thrift.Int64(9, dataStart);
        if (hasDictionary)
        {
            thrift.Int64(11, start);
        }
    }

    // Statistics of parquet.thrift, and the ends of what BeginChunk began.
    private static void EndChunk(SchemaColumn column, in ChunkFacts facts, ReadOnlySpan<byte> least, ReadOnlySpan<byte> most, ThriftWriter thrift)
    {
        thrift.BeginStructure(12);
        thrift.Int64(3, facts.Nulls);
        if (column.Type is not (ColumnType.Octets or ColumnType.Switch) && facts.Nulls < facts.Values && least.Length <= MostOfBound && most.Length <= MostOfBound)
        {
            thrift.Octets(5, most);
            thrift.Octets(6, least);
        }

        thrift.EndStructure();
        thrift.EndStructure();
        thrift.EndStructure();
    }
}
