using Microsoft.Win32.SafeHandles;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Buffers;

/// <summary>Files that only the owner may read (0600), in folders that only the owner may enter (0700), and never links.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FileMode700 = FileMode600 | UnixFileMode.UserExecute;

    /// <summary>Makes a folder, and those above it.</summary>
    /// <exception cref="IOException">It cannot be made, or is a link.</exception>
    public static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
            return;
        }

        RequireNoLink(folder);
        try
        {
            Directory.CreateDirectory(folder, FileMode700);
            if (File.GetUnixFileMode(folder) != FileMode700)
            {
                File.SetUnixFileMode(folder, FileMode700); // it was there already
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"cannot make the folder {folder}: {SystemErrors.Words(exception)}", exception);
        }
    }

    /// <summary>Opens a file for reading and writing.</summary>
    /// <exception cref="IOException">It cannot be opened, or is a link.</exception>
    public static SafeFileHandle Open(string path, FileMode mode)
    {
        RequireNoLink(path);
        var handle = File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        if (mode != FileMode.Open && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(handle, FileMode600);
        }

        return handle;
    }

    // EWOULDBLOCK of flock(2), as the base library reports it: on Linux, macOS; a sharing violation on Windows.
    private static int WouldBlock => OperatingSystem.IsWindows() ? unchecked((int)0x80070020) : OperatingSystem.IsLinux() ? 11 : 35;

    /// <summary>Takes a lock that no other process can get while this one has it.</summary>
    /// <exception cref="IOException">Another process has it.</exception>
    public static FileStream Lock(string path)
    {
        RequireNoLink(path);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = FileMode600;
            }

            return new FileStream(path, options);
        }
        catch (IOException exception)
        {
            throw new IOException(
                exception.HResult == WouldBlock
                    ? $"{Path.GetDirectoryName(path)} belongs to another process or target"
                    : $"cannot write {Path.GetDirectoryName(path)}: {SystemErrors.Words(exception)}",
                exception);
        }
    }

    /// <summary>Writes a small file atomically: it is there as a whole or not at all.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var part = path + ".part";
        File.Delete(part);
        using (var handle = Open(part, FileMode.CreateNew))
        {
            RandomAccess.Write(handle, content, 0);
        }

        File.Move(part, path, overwrite: true);
    }

    private static void RequireNoLink(string path)
    {
        if (new FileInfo(path).LinkTarget is not null)
        {
            throw new IOException($"{path} is a link");
        }
    }
}
