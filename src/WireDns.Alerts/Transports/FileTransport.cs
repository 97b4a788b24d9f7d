using System.ComponentModel;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using ZstdSharp;

namespace WireDns.Alerts.Transports;

/// <summary>What happens to a file that was put aside.</summary>
public enum FileCompression
{
    /// <summary>It stays as it is.</summary>
    None,

    /// <summary>It is compressed by gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>It is compressed by zstd (RFC 8878).</summary>
    Zstd,
}

/// <summary>When a file of alerts is put aside, and how many are kept.</summary>
public sealed record AlertFileOptions
{
    /// <summary>Octets after which a file is put aside, between two batches; 0 for no bound. By default 100 MiB.</summary>
    public long MaximumSize { get; init; } = 100 << 20;

    /// <summary>Age at which a file that is not empty is put aside; by default a day.</summary>
    public TimeSpan MaximumAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How many of the files that were put aside are kept, the newest; by default 30.</summary>
    public int Kept { get; init; } = 30;

    /// <summary>How these are compressed; by default not at all.</summary>
    public FileCompression Compression { get; init; } = FileCompression.None;

    /// <summary>What each new file starts with, a line or several; by default nothing.</summary>
    public Func<string>? Header { get; init; }
}

/// <summary>
/// Appends each message and a line feed to a file, which is put aside by size, by age or on request, and then compressed. Only the owner
/// may read it. The file is never a link, and belongs to one process at a time.
/// </summary>
/// <remarks>
/// The current file always has the same name. <c>alerts.json</c> is put aside as <c>alerts-20260301T091502Z-1.json</c>, by one rename; a
/// compressed file gets its name only when it is whole.
/// </remarks>
public sealed class FileTransport : IMessageTransport
{
    private static readonly TimeSpan RenamePause = TimeSpan.FromMinutes(1);

    private readonly string _path;
    private readonly AlertFileOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _turn = new();
    private StreamTransport? _lines;
    private SafeFileHandle? _handle;
    private long _size;
    private long _header; // octets of the header
    private DateTimeOffset _since;
    private DateTimeOffset _notBefore;
    private int _counter;
    private bool _isAsked;
    private Task _compression = Task.CompletedTask;

    private FileTransport(string path, AlertFileOptions options, TimeProvider time)
    {
        _path = path;
        _options = options;
        _time = time;
    }

    /// <summary>Opens a file for appending, and creates it if it does not exist. Its folder must exist.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">When it is put aside; null for the defaults.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="IOException">It cannot be opened, is a link, or belongs to another process; the message says which.</exception>
    public static FileTransport Open(string path, AlertFileOptions? options = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var transport = new FileTransport(Path.GetFullPath(path), options ?? new AlertFileOptions(), time ?? TimeProvider.System);
        transport.OpenFile();
        return transport;
    }

    /// <summary>
    /// Puts the file aside, unless it is empty; if another program has moved it, opens a new one under its name. A partly written line is
    /// finished first. Any thread may ask.
    /// </summary>
    public void Rotate()
    {
        lock (_turn)
        {
            _isAsked = true;
            try
            {
                if (_lines is { IsTorn: false } && IsFull())
                {
                    PutAside();
                }
            }
            catch (IOException)
            {
                // The next message tries to open it again, and says why it cannot.
            }
        }
    }

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_turn)
        {
            return SendInTurn(batch);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_turn)
        {
            _lines?.Dispose();
            _handle?.Dispose();
            _lines = null;
        }

        _compression.Wait();
    }

    private SendOutcome SendInTurn(MessageBatch batch)
    {
        try
        {
            if (_lines is null)
            {
                OpenFile();
            }
            else if (!_lines.IsTorn && IsFull())
            {
                PutAside();
            }
        }
        catch (IOException exception)
        {
            return new(SendFailure.SystemError, exception.Message);
        }

        var outcome = _lines!.Send(batch);
        _size = RandomAccess.GetLength(_handle!);
        return outcome;
    }

    private bool IsFull()
    {
        if (_time.GetUtcNow() < _notBefore)
        {
            return false;
        }

        var isAsked = _isAsked;
        _isAsked = false;
        return _size > _header
            && (isAsked || (_options.MaximumSize > 0 && _size >= _options.MaximumSize) || _time.GetUtcNow() - _since >= _options.MaximumAge);
    }

    /// <summary>Renames the file and starts a new one. If it cannot be renamed, writing goes on, and it is tried again a minute later.</summary>
    private void PutAside()
    {
        var aside = Aside();
        _lines!.Dispose();
        _handle!.Dispose();
        _lines = null;
        var isMoved = IsMoved();
        var isAside = !isMoved && TryRename(aside);
        OpenFile();
        if (!isAside)
        {
            _notBefore = isMoved ? default : _time.GetUtcNow() + RenamePause;
            return;
        }

        var before = _compression;
        _compression = Task.Run(async () =>
        {
            await before.ConfigureAwait(false);
            Compress(aside);
            DeleteOldest();
        });
    }

    /// <summary>Whether the name is no longer this file's: log rotation moved it, and may have made an empty one.</summary>
    private bool IsMoved() => new FileInfo(_path) is not { Exists: true } file || file.Length != _size;

    private bool TryRename(string aside)
    {
        try
        {
            File.Move(_path, aside, overwrite: false);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>An unused name made of time and counter.</summary>
    private string Aside()
    {
        var (folder, name, extension) = Parts();
        for (; ; )
        {
            var aside = Path.Combine(folder, string.Create(
                CultureInfo.InvariantCulture, $"{name}-{_time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-{++_counter}{extension}"));
            if (!Endings.Any(ending => File.Exists(aside + ending)))
            {
                return aside;
            }
        }
    }

    private static IEnumerable<string> Endings => ["", ".gz", ".zst"];

    private (string Folder, string Name, string Extension) Parts() =>
        (Path.GetDirectoryName(_path)!, Path.GetFileNameWithoutExtension(_path), Path.GetExtension(_path));

    /// <summary>A file that cannot be compressed stays as it is: nothing is lost.</summary>
    private void Compress(string file)
    {
        if (_options.Compression == FileCompression.None)
        {
            return;
        }

        var whole = file + (_options.Compression == FileCompression.Gzip ? ".gz" : ".zst");
        var part = whole + ".part";
        try
        {
            using (var input = File.OpenRead(file))
            using (var output = new FileStream(part, Creating()))
            using (Stream compressor = _options.Compression == FileCompression.Gzip
                ? new GZipStream(output, CompressionLevel.Optimal)
                : new CompressionStream(output))
            {
                input.CopyTo(compressor);
            }

            File.Move(part, whole, overwrite: false);
            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            File.Delete(part);
        }
    }

    /// <summary>Deletes the oldest of the files that were put aside, beyond the number to keep.</summary>
    private void DeleteOldest()
    {
        var (folder, name, extension) = Parts();
        try
        {
            var aside = Directory.EnumerateFiles(folder, $"{name}-*{extension}*")
                .Select(file => (File: file, Order: OrderOf(Path.GetFileName(file), name, extension)))
                .Where(file => file.Order is not null)
                .OrderByDescending(file => file.Order);
            foreach (var file in aside.Skip(_options.Kept).ToList())
            {
                File.Delete(file.File);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Tried again when the next file is put aside.
        }
    }

    /// <summary>Time and counter in a name of ours; null for any other, which must not be deleted.</summary>
    private static (DateTime, int)? OrderOf(string file, string name, string extension)
    {
        var ending = Endings.FirstOrDefault(ending => ending.Length > 0 && file.EndsWith(extension + ending, StringComparison.Ordinal)) ?? "";
        var end = file.Length - ending.Length - extension.Length;
        var parts = end > name.Length + 1 ? file[(name.Length + 1)..end].Split('-') : [];
        return parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            && DateTime.TryParseExact(parts[0], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? (time, counter)
            : null;
    }

    private void OpenFile()
    {
        _handle = OperatingSystem.IsWindows()
            ? OpenOnWindows()
            : OpenOnUnix();
        _size = RandomAccess.GetLength(_handle);
        _since = _time.GetUtcNow();
        if (_size == 0 && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_handle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        WriteHeader(_handle);
        Stream stream = OperatingSystem.IsWindows()
            ? Append(_handle, _size)
            : new DescriptorStream((int)_handle.DangerousGetHandle());
        _lines = new StreamTransport(stream);
        if (_size > 0 && !EndsWithLineFeed())
        {
            _lines.EndLineFirst(); // the last line was torn when the process ended
        }
    }

    private void WriteHeader(SafeFileHandle file)
    {
        _header = 0;
        if (_size > 0 || _options.Header is not { } header)
        {
            return;
        }

        try
        {
            RandomAccess.Write(file, Encoding.UTF8.GetBytes(header()), 0);
            _header = _size = RandomAccess.GetLength(file);
        }
        catch (IOException)
        {
            // A file with half a header must not look like one that goes on.
            RandomAccess.SetLength(file, 0);
            file.Dispose();
            throw;
        }
    }

    private bool EndsWithLineFeed()
    {
        Span<byte> last = stackalloc byte[1];
        return RandomAccess.Read(_handle!, last, _size - 1) == 1 && last[0] == '\n';
    }

    private static FileStream Append(SafeFileHandle handle, long size)
    {
        var stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
        stream.Seek(size, SeekOrigin.Begin);
        return stream;
    }

    private SafeFileHandle OpenOnWindows()
    {
        try
        {
            return File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot open {_path}: it is not there to be written, or belongs to another process", exception);
        }
    }

    /// <summary>Calls open(2) itself, because the base library follows links.</summary>
    private SafeFileHandle OpenOnUnix()
    {
        var descriptor = OpenFile(_path, OpenFlags(), 0x180); // 0600
        if (descriptor < 0)
        {
            var error = Marshal.GetLastPInvokeError();
            throw new IOException($"cannot open {_path}: {Reason(error)}", new Win32Exception(error));
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (Lock(descriptor, LockExclusively | LockWithoutWaiting) != 0)
        {
            handle.Dispose();
            throw new IOException($"cannot write {_path}: it belongs to another process");
        }

        return handle;
    }

    private static string Reason(int error) => error == NoEntry ? "its folder does not exist" : SystemErrors.Words(error);

    // O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, whose numbers differ by system and processor.
    private static int OpenFlags() => !OperatingSystem.IsLinux()
        ? 0x2 | 0x200 | 0x8 | 0x100 | 0x1000000
        : 0x2 | 0x40 | 0x400 | 0x80000 | (RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x8000 : 0x20000);

    private static FileStreamOptions Creating()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private const int NoEntry = 2; // ENOENT
    private const int LockExclusively = 2; // LOCK_EX
    private const int LockWithoutWaiting = 4; // LOCK_NB

    // The mode is a variadic argument of open(2), which some systems pass in another place: the new file's mode is set again afterwards.
    [DllImport("libc", EntryPoint = "open", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int OpenFile([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Lock(int descriptor, int operation);
}
