namespace WireDns.Capture.Files;

/// <summary>The capture files that a list of paths stands for.</summary>
public sealed record CapturePaths
{
    /// <summary>The files, in the order of the paths; those of a folder in ordinal order of their names.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>What was found in folders and is not read.</summary>
    public required IReadOnlyList<SkippedFile> Skipped { get; init; }

    /// <summary>
    /// Replaces each folder by the captures in it, as their content says. A file in a folder that is no capture is
    /// skipped and reported, so that a README does no harm; one that is a damaged capture, or cannot be read, stays in
    /// the list, so that it is not missed. Folders in folders are not entered.
    /// </summary>
    /// <param name="paths">Files and folders. A file that is named here is always kept.</param>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    /// <exception cref="IOException">A folder holds no capture, or cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be listed.</exception>
    public static CapturePaths Expand(IEnumerable<string> paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = new List<string>();
        var skipped = new List<SkippedFile>();
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                ExpandFolder(path, files, skipped);
            }
            else if (Path.Exists(path))
            {
                files.Add(path);
            }
            else
            {
                throw new FileNotFoundException($"{path}: no such file or folder", path);
            }
        }

        return new CapturePaths { Files = files, Skipped = skipped };
    }

    private static void ExpandFolder(string folder, List<string> files, List<SkippedFile> skipped)
    {
        var found = files.Count;
        var entries = Directory.GetFileSystemEntries(folder);
        Array.Sort(entries, StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            if (ReasonToSkip(entry) is { } reason)
            {
                skipped.Add(new SkippedFile(entry, reason));
            }
            else
            {
                files.Add(entry);
            }
        }

        if (files.Count == found)
        {
            throw new IOException($"{folder}: there is no capture in this folder");
        }
    }

    private static string? ReasonToSkip(string path)
    {
        if (Directory.Exists(path))
        {
            return "a folder in a folder";
        }

        // Also what pipes, sockets and devices say; opening one of those could wait for ever.
        if (new FileInfo(path) is { Exists: false } or { Length: 0 })
        {
            return "empty, or not a regular file";
        }

        try
        {
            using var reader = CaptureFileReader.Open(path);
            return null;
        }
        catch (CaptureFormatException exception) when (!exception.IsCapture)
        {
            return exception.Message;
        }
        catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
        {
            // A capture that cannot be read is an error of the run, told when its turn comes.
            return null;
        }
    }
}

/// <summary>A file of a folder that is not read.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);
