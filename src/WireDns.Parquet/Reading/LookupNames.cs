namespace WireDns.Parquet.Reading;

/// <summary>The names of a group of rows, from the few columns that tell whether the others need be read. Immutable.</summary>
public sealed class LookupNames
{
    private readonly bool[] _mayHaveOther;

    private LookupNames(ReadOnlyMemory<char>[] names) => (Name, _mayHaveOther) = (names, new bool[names.Length]);

    /// <summary>
    /// The columns that have something in rows of messages whose names are not all in qname: further ones, or what a damaged message has. (Of a cut one the footer tells.)
    /// </summary>
    internal static IReadOnlyList<string> Unusual { get; } = ["query_malformed", "response_malformed", "query_wire", "further_questions/list/element/name"];

    /// <summary>How many rows there are.</summary>
    public int Count => Name.Length;

    /// <summary>Column qname; empty where it is null.</summary>
    public ReadOnlyMemory<char>[] Name { get; }

    /// <summary>Whether a message of a row may have another name.</summary>
    public bool MayHaveOther(int row) => _mayHaveOther[row];

    internal static LookupNames Read(ColumnSource source, int count)
    {
        var names = new LookupNames(source.Read<ReadOnlyMemory<char>>("qname", count, out _) ?? new ReadOnlyMemory<char>[count]);
        names.Note(source.Read<ReadOnlyMemory<char>>("query_malformed", count, out _), text => !text.IsEmpty);
        names.Note(source.Read<ReadOnlyMemory<char>>("response_malformed", count, out _), text => !text.IsEmpty);
        names.Note(source.Read<ReadOnlyMemory<byte>>("query_wire", count, out _), octets => !octets.IsEmpty);
        names.Note(source.Read<bool>("query_cut", count, out _), isCut => isCut);
        names.Note(source.Read<bool>("response_cut", count, out _), isCut => isCut);
        var starts = new int[count + 1];
        source.ReadList<ReadOnlyMemory<char>>("further_questions/list/element/name", count, starts);
        for (var row = 0; row < count; row++)
        {
            names._mayHaveOther[row] |= starts[row + 1] > starts[row];
        }

        return names;
    }

    private void Note<T>(T[]? values, Func<T, bool> isUnusual)
    {
        for (var row = 0; row < values?.Length; row++)
        {
            _mayHaveOther[row] |= isUnusual(values[row]);
        }
    }
}
