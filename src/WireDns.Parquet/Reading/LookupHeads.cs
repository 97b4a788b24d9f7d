using WireDns.Parquet.Decoding;

namespace WireDns.Parquet.Reading;

/// <summary>What <see cref="LookupHeads"/> are read.</summary>
[Flags]
public enum HeadParts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Names, and which rows may have others.</summary>
    Names = 1,

    /// <summary>Types, flags, codes, ports and ids.</summary>
    Headers = 2,

    /// <summary>The types of answers.</summary>
    AnswerTypes = 4,

    /// <summary>Of which capture a row is.</summary>
    Sources = 8,
}

/// <summary>
/// What tells of a group's rows whether the rest of them need be read: few columns of all rows. One object is filled with one group after the other; texts are valid until
/// then.
/// </summary>
public sealed class LookupHeads
{
    /// <summary>The number in place of one that is null.</summary>
    public const int Missing = -1;

    private readonly DecodedColumn _names = new();
    private readonly DecodedColumn _answerTypes = new();
    private readonly DecodedColumn _files = new();
    private readonly DecodedColumn _room = new();
    private DecodedColumn? _givenFiles;
    private int[] _nameOfRow = [];
    private int[] _fileOfRow = [];
    private int[] _answerStarts = [];
    private bool[] _isUnusual = [];
    private bool[] _hasCapitals = [];

    /// <summary>
    /// The columns that have something in rows of messages whose names are not all in qname: further ones, or what a damaged message has. (Of a cut one the footer tells.)
    /// </summary>
    internal static IReadOnlyList<string> Unusual { get; } = ["query_malformed", "response_malformed", "query_wire", "further_questions/list/element/name"];

    /// <summary>How many rows there are.</summary>
    public int Count { get; private set; }

    /// <summary>Column qtype. This and the numbers below are <see cref="Missing"/> where they are null.</summary>
    public int[] Type { get; private set; } = [];

    /// <summary>Column qclass.</summary>
    public int[] Class { get; private set; } = [];

    /// <summary>Column query_flags.</summary>
    public int[] QueryFlags { get; private set; } = [];

    /// <summary>Column flags.</summary>
    public int[] ResponseFlags { get; private set; } = [];

    /// <summary>Column rcode.</summary>
    public int[] ResponseCode { get; private set; } = [];

    /// <summary>Column client_port.</summary>
    public int[] ClientPort { get; private set; } = [];

    /// <summary>Column dns_id.</summary>
    public int[] MessageId { get; private set; } = [];

    /// <summary>Column source_index.</summary>
    public int[] SourceIndex { get; private set; } = [];

    /// <summary>Column qname; empty where it is null.</summary>
    public ReadOnlySpan<byte> Name(int row) => _nameOfRow[row] < 0 ? default : _names.Text(_nameOfRow[row]);

    /// <summary>Whether a row has the name of the row before it.</summary>
    public bool IsNameOfRowBefore(int row) => row > 0 && Name(row).SequenceEqual(Name(row - 1));

    /// <summary>Whether a message of a row may have another name than qname, none, or other records than the log has: what these columns say is not all.</summary>
    public bool IsUnusual(int row) => _isUnusual[row];

    /// <summary>Whether a name is spelt with capitals in a message.</summary>
    public bool HasCapitals(int row) => _hasCapitals[row];

    /// <summary>How many answers a row has.</summary>
    public int CountAnswers(int row) => _answerStarts[row + 1] - _answerStarts[row];

    /// <summary>The type of an answer of a row, by its index from 0.</summary>
    public ReadOnlySpan<byte> AnswerType(int row, int index) => _answerTypes.Text(_answerStarts[row] + index);

    /// <summary>Column file; empty where it is null.</summary>
    public ReadOnlySpan<byte> File(int row) => _givenFiles is null || _fileOfRow[row] < 0 ? default : _givenFiles.Text(_fileOfRow[row]);

    internal void Read(ColumnSource source, HeadParts parts)
    {
        Count = source.Count;
        if (_nameOfRow.Length < Count)
        {
            (_nameOfRow, _fileOfRow, _answerStarts, _isUnusual, _hasCapitals) = (new int[Count], new int[Count], new int[Count + 1], new bool[Count], new bool[Count]);
            (Type, Class, QueryFlags, ResponseFlags) = (new int[Count], new int[Count], new int[Count], new int[Count]);
            (ResponseCode, ClientPort, MessageId, SourceIndex) = (new int[Count], new int[Count], new int[Count], new int[Count]);
        }

        if (parts.HasFlag(HeadParts.Names))
        {
            ReadNames(source);
        }

        if (parts.HasFlag(HeadParts.Headers))
        {
            ReadHeaders(source);
        }

        if (parts.HasFlag(HeadParts.AnswerTypes))
        {
            if (source.Decode<ReadOnlyMemory<char>>("answers/list/element/type", 1, _answerTypes) is { } types)
            {
                ColumnSource.FindStarts(types, _answerStarts.AsSpan(0, Count + 1));
            }
            else
            {
                _answerStarts.AsSpan().Clear();
            }
        }

        if (parts.HasFlag(HeadParts.Sources))
        {
            Place(source.Decode<int>("source_index", 0, _room), SourceIndex, 0);
            _givenFiles = source.Decode<ReadOnlyMemory<char>>("file", 0, _files);
            Place(_givenFiles, _fileOfRow);
        }
    }

    private void ReadNames(ColumnSource source)
    {
        Place(source.Decode<ReadOnlyMemory<char>>("qname", 0, _names), _nameOfRow);
        for (var row = 0; row < Count; row++)
        {
            // A response without a question may have a name in its answers.
            _isUnusual[row] = _nameOfRow[row] < 0;
            _hasCapitals[row] = false;
        }

        Mark(source.Decode<ReadOnlyMemory<char>>("query_malformed", 0, _room), _isUnusual);
        Mark(source.Decode<ReadOnlyMemory<char>>("response_malformed", 0, _room), _isUnusual);
        Mark(source.Decode<ReadOnlyMemory<byte>>("query_wire", 0, _room), _isUnusual);
        Mark(source.Decode<ReadOnlyMemory<char>>("qname_wire", 0, _room), _hasCapitals);
        Mark(source.Decode<ReadOnlyMemory<char>>("qname_query", 0, _room), _hasCapitals);
        foreach (var name in (string[])["query_cut", "response_cut"])
        {
            MarkNumbers(source.Decode<bool>(name, 0, _room), _isUnusual);
        }

        MarkNumbers(source.Decode<int>("answers_left_out", 0, _room), _isUnusual);
        if (source.Decode<ReadOnlyMemory<char>>("further_questions/list/element/name", 1, _room) is { Count: > 0 } questions)
        {
            ColumnSource.FindStarts(questions, _answerStarts.AsSpan(0, Count + 1));
            for (var row = 0; row < Count; row++)
            {
                _isUnusual[row] |= _answerStarts[row + 1] > _answerStarts[row];
            }
        }
    }

    private void ReadHeaders(ColumnSource source)
    {
        Place(source.Decode<int>("qtype", 0, _room), Type, Missing);
        Place(source.Decode<int>("qclass", 0, _room), Class, Missing);
        Place(source.Decode<int>("query_flags", 0, _room), QueryFlags, Missing);
        Place(source.Decode<int>("flags", 0, _room), ResponseFlags, Missing);
        Place(source.Decode<int>("rcode", 0, _room), ResponseCode, Missing);
        Place(source.Decode<int>("client_port", 0, _room), ClientPort, Missing);
        Place(source.Decode<int>("dns_id", 0, _room), MessageId, Missing);
    }

    // The number of each row.
    private void Place(DecodedColumn? column, int[] places, int missing)
    {
        if (column is null)
        {
            places.AsSpan(0, Count).Fill(missing);
            return;
        }

        var value = 0;
        for (var row = 0; row < Count; row++)
        {
            places[row] = column.IsPresent(row) ? (int)column.Numbers[value++] : missing;
        }
    }

    // Which text each row has.
    private void Place(DecodedColumn? column, int[] places)
    {
        var value = 0;
        for (var row = 0; row < Count; row++)
        {
            places[row] = column?.IsPresent(row) == true ? value++ : Missing;
        }
    }

    private void Mark(DecodedColumn? column, bool[] marks)
    {
        var value = 0;
        for (var row = 0; row < Count && column is { Count: > 0 }; row++)
        {
            if (column.IsPresent(row))
            {
                marks[row] |= column.Lengths[value++] > 0;
            }
        }
    }

    private void MarkNumbers(DecodedColumn? column, bool[] marks)
    {
        var value = 0;
        for (var row = 0; row < Count && column is not null; row++)
        {
            if (column.IsPresent(row))
            {
                marks[row] |= column.Numbers[value++] != 0;
            }
        }
    }
}
