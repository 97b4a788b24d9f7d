using System.Globalization;
using System.Security.Cryptography;
using WireDns.Alerts.Transports;
using WireDns.Parquet.Columns;

namespace WireDns.Parquet.Writing;

/// <summary>
/// Writes lookups as a DNS log in Parquet: <c>dt=YYYY-MM-DD/sensor=NAME/…parquet</c>, by the time of their packets. A file is closed by age or by its rows. It has a hidden
/// name until it is whole; rows of a file that is open when the process dies are lost, and the next run says so.
/// </summary>
public sealed class ParquetTransport : IMessageTransport
{
    private const int MostOpenFiles = 4;

    private readonly ParquetLogOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private readonly string _run;
    private readonly ColumnRoom _columns = new();
    private readonly Dictionary<long, LogFile> _open = []; // by day
    private readonly ITimer _clock;
    private int _files;
    private bool _isDisposed;

    private ParquetTransport(ParquetLogOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _run = options.Run ?? RandomNumberGenerator.GetHexString(12, lowercase: true);

        // A link may be idle: no message comes that could close a file.
        var often = options.MaximumAge / 10;
        _clock = time.CreateTimer(_ => CloseOld(), null, often, often);
    }

    /// <inheritdoc/>
    public long Unstored
    {
        get
        {
            lock (_turn)
            {
                return _open.Values.Sum(file => file.Rows);
            }
        }
    }

    /// <summary>Opens a log. Its folder is made if it is not there.</summary>
    /// <param name="options">Where, and when files are closed.</param>
    /// <param name="say">Takes a line for the user about what an earlier run has lost.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="IOException">Nothing can be written there; the message says why.</exception>
    public static ParquetTransport Open(ParquetLogOptions options, Action<string> say, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(say);
        try
        {
            Directory.CreateDirectory(options.Folder);
            using (File.Create(Path.Combine(options.Folder, $".{Environment.ProcessId}.probe"), 1, FileOptions.DeleteOnClose))
            {
                // That it can be made is enough.
            }

            RemoveUnfinished(options, say);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"parquet:{options.Folder}: it cannot be written: {(exception is DirectoryNotFoundException ? "a part of the path is no folder" : SystemErrors.Words(exception))}", exception);
        }

        return new ParquetTransport(options, time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_turn)
        {
            return Try(() =>
            {
                for (var index = 0; index < batch.Count; index++)
                {
                    var file = Add(batch[index].Span);
                    batch.Settle(index); // before what may fail: a row is taken once
                    if (file.Rows >= _options.RowsPerFile)
                    {
                        Close(one => one == file);
                    }
                }
            });
        }
    }

    /// <inheritdoc/>
    public SendOutcome Finish()
    {
        lock (_turn)
        {
            return Try(() => Close(_ => true));
        }
    }

    /// <inheritdoc/>
    public void Rotate()
    {
        lock (_turn)
        {
            // What fails is tried again with the next message.
            Try(() => Close(_ => true));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _isDisposed = true;
            foreach (var file in _open.Values)
            {
                file.Dispose();
            }

            _open.Clear();
            _columns.Dispose();
        }

        _clock.Dispose();
    }

    private LogFile Add(ReadOnlySpan<byte> message)
    {
        var reader = new RowReader(message);
        var about = reader.ReadNumber();
        var row = message[(message.Length - reader.Remaining)..];
        var time = reader.ReadNumber();
        var day = LogPlace.DayOf(time);
        if (_open.GetValueOrDefault(day) is { IsFinished: true } finished)
        {
            // It could not be closed before.
            Close(one => one == finished);
        }

        if (!_open.TryGetValue(day, out var file))
        {
            if (_open.Count == MostOpenFiles)
            {
                var oldest = _open.MinBy(pair => pair.Value.Opened).Value;
                Close(one => one == oldest);
            }

            _open.Add(day, file = Create(time, (about & LookupRowFormat.IsOrderedByTime) != 0));
        }

        if (file.IsGroupFull)
        {
            file.Save();
        }

        file.Add(row, (about & LookupRowFormat.IsCut) != 0);
        return file;
    }

    private LogFile Create(long? time, bool isByTime)
    {
        var path = Path.Combine(LogPlace.FolderOf(_options.Folder, time, _options.Sensor), LogFile.NameOf(LogPlace.MomentOf(time), _run, ++_files) + _options.Ending);
        var footer = LogFooter.Of(_options.Sensor, _run, isByTime, _options.HidesClients, _options.Suffixes, _options.ProductVersion);
        return new LogFile(path, _options.RowsPerGroup, _columns, footer, _time.GetUtcNow());
    }

    private void CloseOld()
    {
        lock (_turn)
        {
            if (!_isDisposed)
            {
                var now = _time.GetUtcNow();
                Try(() => Close(file => now - file.Opened >= _options.MaximumAge));
            }
        }
    }

    private void Close(Func<LogFile, bool> which)
    {
        foreach (var (day, file) in _open.Where(pair => which(pair.Value)).ToList())
        {
            file.Close();
            _open.Remove(day);
        }
    }

    private static SendOutcome Try(Action action)
    {
        try
        {
            action();
            return SendOutcome.Done;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return SystemErrors.OutcomeOf(exception, "the log");
        }
    }

    /// <summary>Removes the open files of runs that did not end, and says what was lost with them. A file of a run that still writes is locked.</summary>
    private static void RemoveUnfinished(ParquetLogOptions options, Action<string> say)
    {
        var count = 0;
        var names = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(options.Folder, "dt=*").Select(day => Path.Combine(day, $"sensor={options.Sensor}")).Where(Directory.Exists))
        {
            foreach (var path in Directory.EnumerateFiles(folder, $".*.parquet{LogFile.OpenEnding}"))
            {
                try
                {
                    using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
                    {
                        File.Delete(path);
                    }

                    count++;
                    names.Add(Path.GetRelativePath(options.Folder, path));
                }
                catch (IOException)
                {
                    // Another run writes it.
                }
            }
        }

        if (count > 0)
        {
            say(string.Create(CultureInfo.InvariantCulture, $"parquet:{options.Folder}: an earlier run did not end well: the lookups in {count} {(count == 1 ? "file" : "files")} that it had open are lost ({string.Join(", ", names.Take(3))}{(count > 3 ? " ..." : "")})"));
        }
    }
}
