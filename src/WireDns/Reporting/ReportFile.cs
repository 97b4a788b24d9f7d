using WireDns.Capture.Files;
using WireDns.Reading;
using WireDns.Terminal;

namespace WireDns.Reporting;

/// <summary>A file that a report is written to: under another name in the same folder at first, so that there is never half a report under its own.</summary>
internal static class ReportFile
{
    private static readonly string[] DeviceFolders = ["/dev/", "/proc/", "/sys/"];

    /// <summary>Checks before a long run that a file may be written, and is none of the inputs.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that named it.</param>
    /// <param name="inputs">The files that are read.</param>
    /// <exception cref="CommandFailure">It may not be written.</exception>
    public static void Check(string path, string option, IEnumerable<string> inputs)
    {
        if (Directory.Exists(path))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{option} {path}: it is a folder");
        }

        if (!Directory.Exists(FolderOf(path)))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{option} {path}: there is no such folder");
        }

        // Whoever may write to this folder would have a device of the system replaced.
        var full = Path.GetFullPath(path);
        if (!OperatingSystem.IsWindows() && DeviceFolders.Any(folder => full.StartsWith(folder, StringComparison.Ordinal)))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{option} {path}: it is no file but a device; without {option}, all but a page goes to standard output");
        }

        var own = InputFiles.RealPath(path);
        if (inputs.FirstOrDefault(input => input != FileRun.StandardInput && InputFiles.RealPath(input) == own) is { } named)
        {
            throw new CommandFailure(ExitStatus.Usage, $"{option} {path}: it is an input ({named}), and is not overwritten");
        }

        if (IsCapture(path))
        {
            throw new CommandFailure(ExitStatus.Usage, $"{option} {path}: it is a capture, and is not overwritten");
        }
    }

    // However the inputs are linked, none of them is lost.
    private static bool IsCapture(string path)
    {
        try
        {
            if (!File.Exists(path) || new FileInfo(path).Length == 0)
            {
                return false;
            }

            using var reader = CaptureFileReader.Open(path);
            return true;
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Writes the file, in place of one that is there.</summary>
    /// <exception cref="CommandFailure">It could not be written; what was there before still is.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        var temporary = Path.Combine(FolderOf(path), $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.part");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            TryDelete(temporary);
            throw new CommandFailure(ExitStatus.Failed, exception is UnauthorizedAccessException
                ? $"{path}: permission denied" : $"{path}: it cannot be written: is the disk full?");
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            StandardError.Write($"wiredns: {path}: it was left behind, and cannot be deleted");
        }
    }
}
