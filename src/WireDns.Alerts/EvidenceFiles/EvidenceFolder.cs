using System.Globalization;
using Microsoft.Win32.SafeHandles;
using WireDns.Alerts.Buffers;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.EvidenceFiles;

/// <summary>How large files of evidence grow, and how many there are.</summary>
public sealed record EvidenceFolderOptions
{
    /// <summary>Octets after which a new file begins, between two alerts; by default 100 MiB.</summary>
    public long MaximumFileSize { get; init; } = 100 << 20;

    /// <summary>The most octets of all files together: the oldest file is deleted to make room. By default 1 GiB.</summary>
    public long MaximumSize { get; init; } = 1L << 30;
}

/// <summary>
/// Writes each message, a section of pcapng, to a file in a folder. Files are named by time and counter, hold whole messages only, and may be read by their owner alone
/// (0600, in a folder of 0700). The folder is never a link and belongs to one process at a time.
/// </summary>
public sealed class EvidenceFolder : IMessageTransport
{
    private const string Extension = ".pcapng";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    private readonly string _folder;
    private readonly EvidenceFolderOptions _options;
    private readonly TimeProvider _time;
    private readonly FileStream _lock;
    private SafeFileHandle? _file;
    private long _size;
    private int _counter;

    private EvidenceFolder(string folder, EvidenceFolderOptions options, TimeProvider time)
    {
        _folder = folder;
        _options = options;
        _time = time;
        PrivateFiles.MakeFolder(folder);
        _lock = PrivateFiles.Lock(Path.Combine(folder, "lock"));
    }

    /// <summary>Opens a folder, and makes it if it does not exist.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">The bounds; null for the defaults.</param>
    /// <param name="time">The clock for names; null for the system's.</param>
    /// <exception cref="IOException">It cannot be made, is a link, or belongs to another process; the message says which.</exception>
    public static EvidenceFolder Open(string folder, EvidenceFolderOptions? options = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return new EvidenceFolder(Path.GetFullPath(folder), options ?? new EvidenceFolderOptions(), time ?? TimeProvider.System);
    }

    /// <inheritdoc/>
    public SendOutcome Send(MessageBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        for (var index = 0; index < batch.Count; index++)
        {
            try
            {
                Write(batch[index].Span);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return Undo(exception);
            }

            batch.Settle(index);
        }

        return SendOutcome.Done;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _lock.Dispose();
    }

    private void Write(ReadOnlySpan<byte> section)
    {
        if (_file is null || (_size > 0 && _size + section.Length > _options.MaximumFileSize))
        {
            _file?.Dispose();
            _file = null;
            MakeRoom();
            _file = PrivateFiles.Open(NextName(), FileMode.CreateNew);
            _size = 0;
        }

        RandomAccess.Write(_file, section, _size);
        _size += section.Length;
    }

    // A torn section would spoil the file: it is taken back, and written again when there is room.
    private SendOutcome Undo(Exception exception)
    {
        try
        {
            if (_file is not null)
            {
                RandomAccess.SetLength(_file, _size);
            }
        }
        catch (IOException)
        {
            // The next section goes to a new file.
            _file?.Dispose();
            _file = null;
        }

        // ENOSPC and EDQUOT, and what Windows says in their place.
        const int NoSpace = 28;
        const int QuotaOnLinux = 122;
        const int WindowsDiskFull = unchecked((int)0x8007_0070);
        return exception.HResult is NoSpace or QuotaOnLinux or WindowsDiskFull ? new(SendFailure.DeviceFull) : new(SendFailure.SystemError, $"{_folder}: {exception.Message}");
    }

    /// <summary>Deletes the oldest files until the next one fits. Files that are not ours are never touched.</summary>
    private void MakeRoom()
    {
        var files = new DirectoryInfo(_folder).EnumerateFiles("*" + Extension)
            .Select(file => (File: file, Order: OrderOf(file.Name)))
            .Where(file => file.Order is not null)
            .OrderBy(file => file.Order)
            .ToList();
        var total = files.Sum(file => file.File.Length);
        foreach (var (file, _) in files)
        {
            if (total + _options.MaximumFileSize <= _options.MaximumSize)
            {
                return;
            }

            total -= file.Length;
            file.Delete();
        }
    }

    private string NextName()
    {
        for (; ; )
        {
            var path = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow().UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}-{++_counter}{Extension}"));
            if (!File.Exists(path))
            {
                return path;
            }
        }
    }

    private static (DateTime, int)? OrderOf(string name)
    {
        var parts = name[..^Extension.Length].Split('-');
        return parts.Length == 2
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            && DateTime.TryParseExact(parts[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? (time, counter)
            : null;
    }
}
