using System.Diagnostics;
using System.Text;
using Microsoft.Win32.SafeHandles;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>A file on a memory file system of one page that is full except for a few octets. Needs root and Linux.</summary>
internal sealed class FullDevice : IDisposable
{
    private const int Page = 4096;

    private readonly string _folder = Directory.CreateTempSubdirectory("wiredns-full-").FullName;
    private readonly int _start;
    private SafeFileHandle? _handle;

    /// <summary>Mounts it; the test is skipped if that is not possible.</summary>
    /// <param name="room">Octets that can be written, below 4096.</param>
    public FullDevice(int room)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, "needs root, to mount a small file system");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=4k", "none", _folder), "this machine lets nobody mount a file system");
        _start = Page - room;
        File.WriteAllBytes(FilePath, new byte[_start]);
    }

    /// <summary>The file.</summary>
    public string FilePath => Path.Combine(_folder, "file");

    /// <summary>Opens the file for appending.</summary>
    public Stream Open()
    {
        _handle = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var stream = new DescriptorStream((int)_handle.DangerousGetHandle());
        Seek((int)_handle.DangerousGetHandle(), _start, 0);
        return stream;
    }

    /// <summary>Makes room.</summary>
    public void Grow() => Assert.True(Run("mount", "-o", "remount,size=64k", _folder));

    /// <summary>What was written.</summary>
    public string Text() => Encoding.UTF8.GetString(File.ReadAllBytes(FilePath)[_start..]);

    public void Dispose()
    {
        _handle?.Dispose();
        Run("umount", "-l", _folder);
        Directory.Delete(_folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "lseek")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.System32)]
    private static extern long Seek(int descriptor, long offset, int origin);
}
