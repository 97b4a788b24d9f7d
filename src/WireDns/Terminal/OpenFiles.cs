using System.Text;
using Microsoft.Win32.SafeHandles;

namespace WireDns.Terminal;

/// <summary>
/// Tells failures for want of file descriptors from others: the runtime reports them as memory that has run out, or as a part of itself that
/// cannot be found.
/// </summary>
internal static class OpenFiles
{
    private const string Message = "wiredns: no more files can be opened: the limit of open files (ulimit -n, LimitNOFILE= of a systemd unit) is too low. "
        + "The program itself needs up to 160; files, interfaces and targets come on top\n";

    // Loading a part of the runtime takes several at once, and gives them back when it fails.
    private const int Spare = 8;

    // ENFILE and EMFILE of POSIX: no further file in the system, in the process. The numbers are the same on Linux and macOS. A lock that another process has on
    // the file that is tried here fails in another way.
    private const int NoneInSystem = 23;
    private const int NoneInProcess = 24;

    /// <summary>Whether this process has (almost) no further file that it can open.</summary>
    public static bool AreExhausted()
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var handles = new List<SafeFileHandle>();
        try
        {
            while (handles.Count < Spare)
            {
                handles.Add(File.OpenHandle("/dev/null"));
            }

            return false;
        }
        catch (IOException exception)
        {
            return exception.HResult is NoneInSystem or NoneInProcess;
        }
        finally
        {
            handles.ForEach(handle => handle.Dispose());
        }
    }

    /// <summary>Says so on stderr: without the console, which might need a file of its own.</summary>
    public static void Report()
    {
        try
        {
            using var error = new FileStream(new SafeFileHandle(2, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            error.Write(Encoding.UTF8.GetBytes(Message));
        }
        catch (IOException)
        {
            // There is nobody to tell.
        }
    }
}
