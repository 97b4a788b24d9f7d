using System.Diagnostics;
using System.Globalization;

namespace WireDns.Alerts.Tests;

/// <summary>A small file system in memory, which can be made larger or read-only. Needs root and Linux; the test is skipped without.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    /// <summary>Mounts it.</summary>
    public SmallFileSystem(int kibibytes)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root, to mount a small file system");
        Assert.SkipUnless(
            Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={kibibytes}k"), "none", Folder), "this machine lets nobody mount a file system");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("wiredns-small-").FullName;

    /// <summary>Changes its options: <c>size=1m,ro</c>.</summary>
    public void Remount(string options) => Assert.True(Run("mount", "-o", "remount," + options, Folder));

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
