namespace WireDns.Parquet.Format;

/// <summary>
/// Writes a Parquet file: groups one after the other, and a footer that says where they are (README.md of the Parquet format, and FileMetaData of parquet.thrift). What was written waits until it
/// <see cref="MoveTo">is moved</see> to the disk, so that a full disk costs nothing but time. One thread at a time.
/// </summary>
internal sealed class FileWriter
{
    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly IReadOnlyList<SchemaField> _fields;
    private readonly int _columns;
    private readonly OctetBuffer _staged = new();
    private readonly OctetBuffer _groups = new(); // what the footer says of them
    private long _moved;
    private long _groupStart;
    private long _groupUnpacked;
    private int _groupCount;
    private long _rows;

    /// <param name="fields">The schema.</param>
    public FileWriter(IReadOnlyList<SchemaField> fields)
    {
        _fields = fields;
        _columns = FileSchema.ColumnsOf(fields).Count();
        Thrift = new ThriftWriter(_groups);
        _staged.Add(Magic);
    }

    /// <summary>Where the next octet will be in the file.</summary>
    public long Position => _moved + _staged.Length;

    /// <summary>Takes what the footer says of a group and its columns.</summary>
    public ThriftWriter Thrift { get; }

    /// <summary>Begins a group; its columns follow, in the order of the schema.</summary>
    public void BeginGroup()
    {
        (_groupStart, _groupUnpacked) = (Position, 0);
        Thrift.BeginItem();
        Thrift.BeginStructures(1, _columns);
    }

    /// <summary>Adds octets of a group.</summary>
    public void Add(ReadOnlySpan<byte> octets) => _staged.Add(octets);

    /// <summary>Ends a column of a group.</summary>
    /// <param name="unpacked">How many octets it has before they are compressed.</param>
    public void EndColumn(int unpacked) => _groupUnpacked += unpacked;

    /// <summary>Ends a group.</summary>
    public void EndGroup(int rows)
    {
        Thrift.Int64(2, _groupUnpacked);
        Thrift.Int64(3, rows);
        Thrift.Int64(5, _groupStart);
        Thrift.Int64(6, Position - _groupStart);
        Thrift.Int16(7, (short)_groupCount++);
        Thrift.EndStructure();
        _rows += rows;
    }

    /// <summary>Writes the footer: nothing may follow.</summary>
    /// <param name="entries">What it says of the file, by names.</param>
    /// <param name="version">The version of the program.</param>
    public void WriteFooter(IReadOnlyDictionary<string, string> entries, string version)
    {
        var start = _staged.Length;
        var thrift = new ThriftWriter(_staged);
        thrift.BeginItem();
        thrift.Int32(1, 1);
        FileSchema.Write(thrift, 2, _fields);
        thrift.Int64(3, _rows);
        thrift.BeginStructures(4, _groupCount);
        _staged.Add(_groups.Written);
        thrift.BeginStructures(5, entries.Count);
        foreach (var (name, text) in entries)
        {
            thrift.BeginItem();
            thrift.Text(1, name);
            thrift.Text(2, text);
            thrift.EndStructure();
        }

        // Engines rely on bounds of texts only if they can read who wrote them in this form, and how they are ordered.
        thrift.Text(6, $"wiredns version {version} (build 1)");
        thrift.BeginStructures(7, _columns);
        for (var column = 0; column < _columns; column++)
        {
            thrift.BeginItem();
            thrift.BeginStructure(1); // by the type of the column
            thrift.EndStructure();
            thrift.EndStructure();
        }

        thrift.EndStructure();
        _staged.AddInt32(_staged.Length - start);
        _staged.Add(Magic);
    }

    /// <summary>Writes what waits where the last call ended, even if a call in between wrote a part and failed.</summary>
    /// <exception cref="IOException">It is kept, and the next call tries again.</exception>
    public void MoveTo(FileStream file)
    {
        if (_staged.Length > 0)
        {
            RandomAccess.Write(file.SafeFileHandle, _staged.Written, _moved);
            _moved += _staged.Length;
            _staged.Clear();
        }
    }
}
