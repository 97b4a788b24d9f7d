using System.Buffers;
using System.Text;
using System.Text.Json;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Records;

/// <summary>What a record says of the run that sent it, and a file says once. Immutable.</summary>
/// <param name="Sensor">The sensor's name: letters, digits, dots, hyphens and underscores.</param>
/// <param name="Run">The run.</param>
/// <param name="IsOrderedByTime">Whether the messages of its source are in the order of their times.</param>
/// <param name="HidesClients">Whether the addresses of clients are hidden.</param>
/// <param name="Suffixes">What tells the public suffix list from others; null if nothing is said of it.</param>
/// <param name="ProductVersion">The version of the sensor's program.</param>
internal sealed record RecordOrigin(string Sensor, string Run, bool IsOrderedByTime, bool HidesClients, string? Suffixes, string ProductVersion);

/// <summary>Reads the records that <see cref="LookupRecordFormat"/> writes, or anything else. Holds the last one; one thread at a time.</summary>
internal sealed class LookupRecord
{
    /// <summary>The version of the record: that of the columns.</summary>
    public const int Version = 1;

    private const int IdLength = 16;

    // Far more than a lookup has, of which a response of 64 KiB is the largest part.
    private const int MostOctets = 4 << 20;
    private const int LongestName = 128;

    private readonly RecordObject _object = new(Members);
    private readonly ArrayBufferWriter<byte> _about = new(256);
    private readonly ArrayBufferWriter<byte> _row = new(1024);
    private byte[] _lastAbout = [];
    private RecordOrigin? _origin;

    /// <summary>The members: those about the run, and then one for each column.</summary>
    public static IReadOnlyList<RecordMember> Members { get; } =
    [
        new NumberMember("wiredns_lookup", 0, int.MaxValue),
        new TextMember("sensor"),
        new TextMember("run"),
        new SwitchMember("ordered_by_time"),
        new SwitchMember("clients_hidden"),
        new TextMember("suffixes"),
        new TextMember("version"),
        .. LookupColumns.All.Select(column => RecordMember.Of(column.Field)),
    ];

    private static readonly int FirstColumn = Members.Count - LookupColumns.All.Count;
    private static readonly int Id = Column("lookup_id");
    private static readonly int Begin = Column("ts");
    private static readonly int QueryCut = Column("query_cut");
    private static readonly int ResponseCut = Column("response_cut");

    /// <summary>The run that sent it.</summary>
    public RecordOrigin Origin => _origin!;

    /// <summary>Its row, as <see cref="RowWriter"/> writes rows.</summary>
    public ReadOnlySpan<byte> Row => _row.WrittenSpan;

    /// <summary>When the lookup began, in microseconds since the Unix epoch; null if that is not known.</summary>
    public long? Time { get; private set; }

    /// <summary>Whether a message of the lookup was cut.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Whether it has members that this version does not know.</summary>
    public bool HasUnknown => _object.Unknown > 0;

    /// <summary>Reads a record.</summary>
    /// <returns>What is wrong with it, in words without anything of it; null if nothing is.</returns>
    public string? TryRead(ReadOnlyMemory<byte> value)
    {
        if (value.Length > MostOctets)
        {
            return "it is too long";
        }

        try
        {
            var json = new Utf8JsonReader(value.Span, new JsonReaderOptions { MaxDepth = 8 });
            json.Read();
            var wrong = _object.TryRead(ref json);
            return wrong == "" || !_object.Has(0) ? "it is no lookup of a DNS log"
                : Number(0) != Version ? "it is a lookup of another version"
                : wrong is not null ? $"{wrong} is not what it has to be"
                : json.Read() ? "it goes on after its end"
                : Complete();
        }
        catch (JsonException)
        {
            return "it is no JSON object";
        }
        catch (InvalidOperationException)
        {
            // What the reader says of a text that is no UTF-8, or half of a pair of surrogates.
            return "it has a text that is no Unicode";
        }
    }

    private string? Complete()
    {
        var id = new RowReader(_object[Id]);
        if (!_object.Has(Id) || !id.TryReadOctets(out var octets) || octets.Length != IdLength)
        {
            return "lookup_id is not what it has to be";
        }

        // Nearly always that of the last record.
        _about.ResetWrittenCount();
        Write(_about, 1, FirstColumn);
        if (!_about.WrittenSpan.SequenceEqual(_lastAbout))
        {
            var about = new RowReader(_about.WrittenSpan);
            if (Text(ref about) is not { } sensor || !IsName(sensor) || Text(ref about) is not { } run || !IsName(run))
            {
                return "it names no sensor or no run";
            }

            _origin = new RecordOrigin(sensor, run, about.ReadNumber() == 1, about.ReadNumber() == 1, Text(ref about), Text(ref about) ?? "");
            _lastAbout = _about.WrittenSpan.ToArray();
        }

        _row.ResetWrittenCount();
        Write(_row, FirstColumn, Members.Count);
        Time = Number(Begin);
        IsCut = Number(QueryCut) == 1 || Number(ResponseCut) == 1;
        return null;
    }

    private void Write(ArrayBufferWriter<byte> output, int first, int end)
    {
        var row = new RowWriter(output);
        _object.WriteTo(ref row, first, end);
        row.Flush();
    }

    private static int Column(string name) => Members.TakeWhile(member => member.Name != name).Count();

    private long? Number(int member) => _object.Has(member) ? new RowReader(_object[member]).ReadNumber() : null;

    private static string? Text(ref RowReader row) => row.TryReadOctets(out var text) ? Encoding.UTF8.GetString(text) : null;

    private static bool IsName(string text) => text.Length is > 0 and <= LongestName && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-' or '_');
}
