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

/// <summary>In what a row is not what <see cref="LookupHeads"/> say of it.</summary>
[Flags]
public enum RowOddities
{
    /// <summary>In nothing.</summary>
    None = 0,

    /// <summary>The query may have other names than qname, or none.</summary>
    Query = 1,

    /// <summary>The response may.</summary>
    Response = 2,

    /// <summary>There are further answers.</summary>
    Answers = 4,
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
    private readonly DecodedColumn _queryOctets = new();
    private readonly DecodedColumn _responseOctets = new();
    private readonly Dictionary<int, int> _queryOctetsOfRow = [];
    private readonly Dictionary<int, int> _responseOctetsOfRow = [];
    private DecodedColumn? _givenFiles;
    private int[] _nameOfRow = [];
    private int[] _fileOfRow = [];
    private int[] _answerStarts = [];
    private RowOddities[] _oddities = [];
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

    /// <summary>In what a row is not what these columns say.</summary>
    public RowOddities Oddities(int row) => _oddities[row];

    /// <summary>Column query_wire, of a row with an odd query; empty where it is null.</summary>
    public ReadOnlySpan<byte> QueryOctets(int row) => _queryOctetsOfRow.TryGetValue(row, out var value) ? _queryOctets.Text(value) : default;

    /// <summary>Column response_wire, of a row with an odd response; empty where it is null.</summary>
    public ReadOnlySpan<byte> ResponseOctets(int row) => _responseOctetsOfRow.TryGetValue(row, out var value) ? _responseOctets.Text(value) : default;

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
            (_nameOfRow, _fileOfRow, _answerStarts, _oddities, _hasCapitals) = (new int[Count], new int[Count], new int[Count + 1], new RowOddities[Count], new bool[Count]);
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
            _oddities[row] = _nameOfRow[row] < 0 ? RowOddities.Query | RowOddities.Response : RowOddities.None;
            _hasCapitals[row] = false;
        }

        MarkTexts(source.Decode<ReadOnlyMemory<char>>("query_malformed", 0, _room), RowOddities.Query);
        MarkTexts(source.Decode<ReadOnlyMemory<char>>("response_malformed", 0, _room), RowOddities.Response);
        MarkNumbers(source.Decode<bool>("query_cut", 0, _room), RowOddities.Query);
        MarkNumbers(source.Decode<bool>("response_cut", 0, _room), RowOddities.Response);
        MarkNumbers(source.Decode<int>("answers_left_out", 0, _room), RowOddities.Answers);
        if (source.Decode<ReadOnlyMemory<char>>("further_questions/list/element/name", 1, _room) is { Count: > 0 } questions)
        {
            ColumnSource.FindStarts(questions, _answerStarts.AsSpan(0, Count + 1));
            for (var row = 0; row < Count; row++)
            {
                _oddities[row] |= _answerStarts[row + 1] > _answerStarts[row] ? RowOddities.Query | RowOddities.Response : RowOddities.None;
            }
        }

        var queries = source.Decode<ReadOnlyMemory<byte>>("query_wire", 0, _queryOctets);
        MarkTexts(queries, RowOddities.Query);
        Place(queries, RowOddities.Query, _queryOctetsOfRow);
        var hasOddResponse = _oddities.AsSpan(0, Count).ContainsAnyExcept(RowOddities.None, RowOddities.Query);
        Place(hasOddResponse ? source.Decode<ReadOnlyMemory<byte>>("response_wire", 0, _responseOctets) : null, RowOddities.Response, _responseOctetsOfRow);
        foreach (var name in (string[])["qname_wire", "qname_query"])
        {
            MarkCapitals(source.Decode<ReadOnlyMemory<char>>(name, 0, _room));
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

        var numbers = column.Numbers.AsSpan(0, column.Count);
        var definitions = column.Definitions.AsSpan(0, Count);
        var (value, present) = (0, column.Present);
        for (var row = 0; row < definitions.Length; row++)
        {
            places[row] = definitions[row] == present ? (int)numbers[value++] : missing;
        }
    }

    // Which text each row has.
    private void Place(DecodedColumn? column, int[] places)
    {
        if (column is null)
        {
            places.AsSpan(0, Count).Fill(Missing);
            return;
        }

        var definitions = column.Definitions.AsSpan(0, Count);
        var (value, present) = (0, column.Present);
        for (var row = 0; row < definitions.Length; row++)
        {
            places[row] = definitions[row] == present ? value++ : Missing;
        }
    }

    // Which octets each odd row has.
    private void Place(DecodedColumn? column, RowOddities odd, Dictionary<int, int> places)
    {
        places.Clear();
        var value = 0;
        for (var row = 0; row < Count && value < column?.Count; row++)
        {
            if (column.IsPresent(row))
            {
                if (_oddities[row].HasFlag(odd))
                {
                    places.Add(row, value);
                }

                value++;
            }
        }
    }

    private void MarkTexts(DecodedColumn? column, RowOddities mark)
    {
        var value = 0;
        for (var row = 0; row < Count && value < column?.Count; row++)
        {
            if (column.IsPresent(row))
            {
                _oddities[row] |= column.Lengths[value++] > 0 ? mark : RowOddities.None;
            }
        }
    }

    private void MarkNumbers(DecodedColumn? column, RowOddities mark)
    {
        if (column?.Numbers.AsSpan(0, column.Count).ContainsAnyExcept(0) != true)
        {
            return;
        }

        var value = 0;
        for (var row = 0; row < Count; row++)
        {
            if (column.IsPresent(row))
            {
                _oddities[row] |= column.Numbers[value++] != 0 ? mark : RowOddities.None;
            }
        }
    }

    private void MarkCapitals(DecodedColumn? column)
    {
        var value = 0;
        for (var row = 0; row < Count && value < column?.Count; row++)
        {
            if (column.IsPresent(row))
            {
                _hasCapitals[row] |= column.Lengths[value++] > 0;
            }
        }
    }
}
