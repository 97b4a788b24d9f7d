using System.Security.Cryptography;
using WireDns.Alerts.Transports;

namespace WireDns.Sharding;

/// <summary>
/// A hidden folder in a folder of results, in which a run writes what is not finished. It is deleted at the end; that of a run that was killed is deleted by the next run.
/// </summary>
internal sealed class AsideFolder : IDisposable
{
    private const string Prefix = ".aside-";
    private const string LockEnding = ".lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private AsideFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>Its path.</summary>
    public string Path { get; }

    /// <summary>Makes one, and deletes those of runs that are gone.</summary>
    /// <param name="folder">The folder of results, which is made if it is not there.</param>
    /// <exception cref="IOException">It cannot be made; the message says why.</exception>
    public static AsideFolder Make(string folder)
    {
        try
        {
            Create(folder);
            foreach (var file in Directory.EnumerateFiles(folder, $"{Prefix}*{LockEnding}").ToList())
            {
                DeleteIfDead(file);
            }

            var path = System.IO.Path.Combine(folder, Prefix + RandomNumberGenerator.GetHexString(12, lowercase: true));

            // Windows deletes an open file only where that was allowed. Elsewhere only None is a lock on every file system, such as NFS.
            var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
            var held = new FileStream(path + LockEnding, FileMode.CreateNew, FileAccess.ReadWrite, share);
            Create(path);
            return new AsideFolder(path, held);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{folder}: no results can be written there: {SystemErrors.Words(exception)}", exception);
        }
    }

    /// <summary>Makes a folder for its owner alone, with those above it.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly);
        }
    }

    /// <summary>Deletes what is in it.</summary>
    public void Clear()
    {
        Directory.Delete(Path, recursive: true);
        Create(Path);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            File.Delete(_lock.Name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The next run tries again.
        }

        _lock.Dispose();
    }

    // A run that is alive holds its lock. Another run may delete the same folder at this moment.
    private static void DeleteIfDead(string file)
    {
        try
        {
            using (new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            {
                var folder = file[..^LockEnding.Length];
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }

            File.Delete(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is in use, or gone.
        }
    }
}
