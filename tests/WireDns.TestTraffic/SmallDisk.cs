using System.Diagnostics;
using System.Globalization;

namespace WireDns.TestTraffic;

/// <summary>A small file system in memory, which can be made larger or read-only. Needs root and Linux.</summary>
internal sealed class SmallDisk : IDisposable
{
    /// <summary>Mounts it.</summary>
    /// <exception cref="IOException">That is not possible here.</exception>
    public SmallDisk(long kibibytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess
            || !Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kibibytes}k"), "none", Folder))
        {
            Directory.Delete(Folder);
            throw new IOException("a small file system needs root, on a machine that lets it mount one");
        }
    }

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("wiredns-small-").FullName;

    /// <summary>Changes its options: <c>size=1m,ro</c>.</summary>
    /// <exception cref="IOException">That is not possible.</exception>
    public void Remount(string options)
    {
        if (!Run("mount", "-o", "remount," + options, Folder))
        {
            throw new IOException($"the file system cannot be mounted with {options}");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
