using System.Text;
using Microsoft.Win32.SafeHandles;
using WireDns.Alerts.Transports;

namespace WireDns.Alerts.Tests;

/// <summary>A file on a memory file system of one page that is full except for a few octets. Needs root and Linux.</summary>
internal sealed class FullDevice : IDisposable
{
    private const int Page = 4096;

    private readonly SmallDisk _disk;
    private readonly int _start;
    private SafeFileHandle? _handle;

    /// <summary>Mounts it; the test is skipped if that is not possible.</summary>
    /// <param name="room">Octets that can be written, below 4096.</param>
    public FullDevice(int room)
    {
        _disk = Mount(kibibytes: Page / 1024);
        _start = Page - room;
        File.WriteAllBytes(FilePath, new byte[_start]);
    }

    /// <summary>Mounts a small file system; the test is skipped if that is not possible.</summary>
    public static SmallDisk Mount(int kibibytes)
    {
        try
        {
            return new SmallDisk(kibibytes);
        }
        catch (IOException exception)
        {
            Assert.Skip(exception.Message);
            throw;
        }
    }

    /// <summary>The file.</summary>
    public string FilePath => Path.Combine(_disk.Folder, "file");

    /// <summary>Opens the file for appending.</summary>
    public Stream Open()
    {
        _handle = File.OpenHandle(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        var stream = new DescriptorStream((int)_handle.DangerousGetHandle());
        Seek((int)_handle.DangerousGetHandle(), _start, 0);
        return stream;
    }

    /// <summary>Makes room.</summary>
    public void Grow() => _disk.Remount("size=64k");

    /// <summary>What was written.</summary>
    public string Text() => Encoding.UTF8.GetString(File.ReadAllBytes(FilePath)[_start..]);

    public void Dispose()
    {
        _handle?.Dispose();
        _disk.Dispose();
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "lseek")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.System32)]
    private static extern long Seek(int descriptor, long offset, int origin);
}
