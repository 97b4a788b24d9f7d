using System.Globalization;
using Parquet;
using Parquet.Schema;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>
/// A file that is being written. It has a hidden name until it is whole. Rows are held until a group is full; then the group goes to the disk as one. What could not be
/// written is kept, and the next call tries it again. Used by one thread at a time.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>The end of a hidden name.</summary>
    public const string OpenEnding = ".open";

    // Of the texts of a column: with more that differ, a list of them saves nothing.
    private const double MostUnique = 0.8;

    // Pages are much smaller.
    private const int MostPooled = 4 << 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly int _rowsPerGroup;
    private readonly ColumnValues[] _columns;
    private readonly Dictionary<string, string> _footer;
    private readonly string _path;
    private readonly string _hiddenPath;
    private readonly FileStream _file;
    private readonly StagedStream _staged = new();
    private readonly RowGroup _rows = new();
    private ParquetWriter? _writer;
    private bool _isFinished;
    private long _stagedRows; // in what is staged and not on the disk
    private long _rowsSaved;

    /// <param name="path">Its name once it is whole.</param>
    /// <param name="rowsPerGroup">How many rows are written together.</param>
    /// <param name="columns">Collect the values of a group; shared by all files.</param>
    /// <param name="footer">What the footer says of it.</param>
    /// <param name="now">The time.</param>
    public LogFile(string path, int rowsPerGroup, ColumnValues[] columns, Dictionary<string, string> footer, DateTimeOffset now)
    {
        (_rowsPerGroup, _columns, _footer, Opened) = (rowsPerGroup, columns, footer, now);
        _path = path;
        var folder = Path.GetDirectoryName(path)!;
        _hiddenPath = Path.Combine(folder, $".{Path.GetFileName(path)}{OpenEnding}");
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }

        // It is renamed while it is open, which Windows must be told. Elsewhere only None is a lock on every file system, such as NFS.
        var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
        var how = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            how.UnixCreateMode = OwnerOnly;
        }

        _file = new FileStream(_hiddenPath, how);
    }

    /// <summary>When it was opened, by the clock.</summary>
    public DateTimeOffset Opened { get; }

    /// <summary>Rows that were taken and are not on the disk.</summary>
    public long Unsaved => _rows.Count + _stagedRows;

    /// <summary>Rows that were taken.</summary>
    public long Rows => _rowsSaved + Unsaved;

    /// <summary>Takes a row; the caller saves a group that is full first.</summary>
    /// <param name="row">The row.</param>
    /// <param name="isCut">Whether a message of it is cut.</param>
    public void Add(ReadOnlySpan<byte> row, bool isCut)
    {
        _rows.Add(row);
        var reader = new RowReader(row);
        reader.ReadNumber();
        reader.TryReadOctets(out _);
        reader.TryReadOctets(out var name);
        if (isCut || name.Contains((byte)'\\'))
        {
            _footer.Remove(LookupColumns.SuffixesKey);
        }
    }

    /// <summary>Whether its footer is made, though it may not be on the disk yet: it takes no more rows.</summary>
    public bool IsFinished => _isFinished;

    /// <summary>Whether the next row has to wait for <see cref="Save"/>.</summary>
    public bool IsGroupFull => _rows.Count >= _rowsPerGroup || _stagedRows > 0;

    /// <summary>Writes the rows that are held as a group.</summary>
    /// <exception cref="IOException">The disk is full, or the like: nothing is lost, and the next call tries again.</exception>
    public void Save()
    {
        Push();
        if (_rows.Count == 0)
        {
            return;
        }

        _writer ??= Begin();
        using (var group = _writer.CreateRowGroup())
        {
            // Column by column: each needs as much memory as its values, and the next one takes the same.
            _rows.Sort();
            foreach (var column in _columns)
            {
                _rows.Take(column);
                column.Save(group);
            }
        }

        _stagedRows = _rows.Count;
        _rows.Clear();
        Push();

        // The library leaves tens of megabytes of large arrays, which only a full collection frees: of itself the next one would come several groups later.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
    }

    /// <summary>Writes what is left, and gives the file its name.</summary>
    /// <exception cref="IOException">As <see cref="Save"/>.</exception>
    public void Close()
    {
        Finish();
        Publish(_path);
    }

    /// <summary>Writes what is left: the file is whole, under its hidden name. It may be called again after it failed.</summary>
    /// <exception cref="IOException">As <see cref="Save"/>.</exception>
    public void Finish()
    {
        Save();
        if (!_isFinished && _writer is not null)
        {
            // The footer, into the memory.
            _writer.CustomMetadata = _footer;
            _writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
            _isFinished = true;
        }

        _staged.MoveTo(_file);
        _file.Flush(flushToDisk: true);
    }

    /// <summary>Gives a whole file a name in its folder.</summary>
    /// <exception cref="IOException">It cannot be renamed, or the name is taken.</exception>
    public void Publish(string path)
    {
        File.Move(_hiddenPath, path, overwrite: false);
        Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Push()
    {
        _staged.MoveTo(_file);
        _rowsSaved += _stagedRows;
        _stagedRows = 0;
    }

    private ParquetWriter Begin()
    {
        var options = new ParquetOptions
        {
            // The next level made rows three in a hundred smaller, and took three times as long for the data of answers.
            CompressionMethod = CompressionMethod.Zstd,
            CompressionLevel = System.IO.Compression.CompressionLevel.Fastest,
            DictionaryEncodingThreshold = MostUnique,
            MaximumSmallPoolFreeBytes = MostPooled,
            MaximumLargePoolFreeBytes = MostPooled,
        };
        foreach (var field in LookupColumns.Schema.GetDataFields())
        {
            options.ColumnEncodingHints[field.Path.ToString()] = EncodingOf(field);
        }

        return ParquetWriter.CreateAsync(LookupColumns.Schema, _staged, options).GetAwaiter().GetResult();
    }

    // Most texts recur: each is written once, and rows have its number. Rows are sorted by the names, so that these are shorter one after the other, and so is the data that
    // belongs to a name. Numbers are written as differences, which need as many bits as they have; the library cannot read times that are.
    private static EncodingHint EncodingOf(DataField field) => field.ClrType == typeof(ReadOnlyMemory<char>)
        ? field.Path.ToString() is "registered_domain" or "qname" or "answers/list/element/data" ? EncodingHint.Default : EncodingHint.Dictionary
        : field.ClrType == typeof(int) || field.ClrType == typeof(long) ? EncodingHint.DeltaBinaryPacked : EncodingHint.Default;

    /// <summary>The name of a file: when its first row was, which run wrote it, and a number.</summary>
    public static string NameOf(DateTimeOffset time, string run, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{LogPlace.NameOf(time)}-{run}-{number:D6}.parquet");
}

/// <summary>Holds what is written until it is moved to a file, so that a full disk costs nothing but time.</summary>
internal sealed class StagedStream : Stream
{
    private readonly MemoryStream _memory = new();
    private long _moved;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _moved + _memory.Length;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    /// <summary>Writes all of it where the last call ended, even if a call in between wrote a part and failed.</summary>
    public void MoveTo(FileStream file)
    {
        if (_memory.Length == 0)
        {
            return;
        }

        RandomAccess.Write(file.SafeFileHandle, _memory.GetBuffer().AsSpan(0, (int)_memory.Length), _moved);
        _moved += _memory.Length;
        _memory.SetLength(0);
    }

    public override void Write(byte[] buffer, int offset, int count) => _memory.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _memory.Write(buffer);

    public override void Flush()
    {
        // MoveTo does.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
