using System.Globalization;
using WireDns.Parquet.Columns;
using WireDns.Parquet.Format;

namespace WireDns.Parquet.Writing;

/// <summary>
/// A file that is being written. It has a hidden name until it is whole. Rows are held until a group is full; then the group goes to the disk as one. What could not be
/// written is kept, and the next call tries it again. Used by one thread at a time.
/// </summary>
internal sealed class LogFile : IDisposable
{
    /// <summary>The end of a hidden name.</summary>
    public const string OpenEnding = ".open";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // Eight times what a group has. Of messages of 64 KiB a few thousand are a group.
    private const int MostOctetsOfGroup = 64 << 20;

    private readonly int _rowsPerGroup;
    private readonly ColumnRoom _columns;
    private readonly Dictionary<string, string> _footer;
    private readonly string _path;
    private readonly string _hiddenPath;
    private readonly FileStream _file;
    private readonly FileWriter _writer = new(LookupColumns.Schema);
    private readonly RowGroup _rows;
    private bool _isFinished;
    private bool _isDisposed;
    private long _stagedRows; // in what is staged and not on the disk
    private long _rowsSaved;

    /// <param name="path">Its name once it is whole.</param>
    /// <param name="rowsPerGroup">How many rows are written together.</param>
    /// <param name="columns">Collect the values of a group; shared by all files.</param>
    /// <param name="footer">What the footer says of it.</param>
    /// <param name="now">The time.</param>
    public LogFile(string path, int rowsPerGroup, ColumnRoom columns, Dictionary<string, string> footer, DateTimeOffset now)
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
        _rows = columns.TakeRows();
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
    public bool IsGroupFull => _rows.Count >= _rowsPerGroup || _rows.Length >= MostOctetsOfGroup || _stagedRows > 0;

    /// <summary>Writes the rows that are held as a group.</summary>
    /// <exception cref="IOException">The disk is full, or the like: nothing is lost, and the next call tries again.</exception>
    public void Save()
    {
        Push();
        if (_rows.Count == 0)
        {
            return;
        }

        _columns.Save(_rows, _writer);
        _stagedRows = _rows.Count;
        _rows.Clear();
        Push();
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
        if (!_isFinished)
        {
            _writer.WriteFooter(_footer, _footer[LookupColumns.ProductVersionKey]);
            _isFinished = true;
        }

        _writer.MoveTo(_file);
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
    public void Dispose()
    {
        if (!_isDisposed)
        {
            _isDisposed = true;
            _file.Dispose();
            _columns.GiveBack(_rows);
        }
    }

    private void Push()
    {
        _writer.MoveTo(_file);
        _rowsSaved += _stagedRows;
        _stagedRows = 0;
    }

    /// <summary>The name of a file: when its first row was, which run wrote it, and a number.</summary>
    public static string NameOf(DateTimeOffset time, string run, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{LogPlace.NameOf(time)}-{run}-{number:D6}.parquet");
}
