using System.IO.Enumeration;

namespace WireDns.Capture.Files;

/// <summary>A file or folder that is not read.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Reason">Why, in one line.</param>
public sealed record SkippedFile(string Path, string Reason);

/// <summary>The capture files of a list of paths, with folders replaced by the captures in them.</summary>
public sealed record CapturePaths
{
    // People do not make deeper trees of folders.
    private const int MaximumDepth = 64;

    /// <summary>
    /// The files, in the order of the paths; the files below a folder in ordinal order of their names.
    /// </summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Files in folders that were skipped because they are no captures, and folders that were not entered.</summary>
    public required IReadOnlyList<SkippedFile> Skipped { get; init; }

    /// <summary>How many files in folders were skipped because the pattern does not match their names.</summary>
    public required int Unmatched { get; init; }

    /// <summary>Folders in folders that could not be listed: captures may be missing.</summary>
    public required IReadOnlyList<SkippedFile> Unreadable { get; init; }

    /// <summary>
    /// Replaces each folder by the captures in it and in its subfolders, detected by content. A file in a folder that is not a capture is
    /// skipped and reported, so that a README does no harm. A damaged capture, or a file that cannot be read, stays in the list, so that it
    /// is not missed. Pipes, sockets and devices in folders are skipped. A folder that several links lead to is entered once.
    /// </summary>
    /// <param name="paths">Files and folders. A file that is named here is always kept.</param>
    /// <param name="pattern">
    /// A pattern for the names of files in folders, with <c>*</c> and <c>?</c>, without regard to case; null for all. Files that do not
    /// match are not opened, only counted.
    /// </param>
    /// <param name="isRecursive">Whether folders in folders are entered. They are reported as skipped otherwise.</param>
    /// <exception cref="FileNotFoundException">A path does not exist.</exception>
    /// <exception cref="IOException">A folder holds no capture, or cannot be listed.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder may not be listed.</exception>
    public static CapturePaths Expand(IEnumerable<string> paths, string? pattern = null, bool isRecursive = true)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var search = new Search(pattern, isRecursive);
        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                search.AddFolder(path);
            }
            else if (NativePath.HasEscapes(path) || Path.Exists(path))
            {
                search.Files.Add(path);
            }
            else
            {
                throw new FileNotFoundException($"{path}: no such file or folder", path);
            }
        }

        return new CapturePaths { Files = search.Files, Skipped = search.Skipped, Unmatched = search.Unmatched, Unreadable = search.Unreadable };
    }

    private sealed class Search(string? pattern, bool isRecursive)
    {
        private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

        // The folders that were entered, with links in their paths resolved.
        private readonly HashSet<string> _entered = new(StringComparer.Ordinal);

        public List<string> Files { get; } = [];

        public List<SkippedFile> Skipped { get; } = [];

        public int Unmatched { get; private set; }

        public List<SkippedFile> Unreadable { get; } = [];

        public void AddFolder(string folder)
        {
            var found = Files.Count;
            _entered.Clear();
            Enter(folder, RealPath(Path.GetFullPath(folder)), 0);
            if (Files.Count == found)
            {
                throw new IOException(pattern is null
                    ? $"{folder}: there is no capture in this folder"
                    : $"{folder}: there is no capture in this folder whose name matches {pattern}");
            }
        }

        private void Enter(string folder, string realPath, int depth)
        {
            if (depth > MaximumDepth)
            {
                Unreadable.Add(new SkippedFile(folder, $"more than {MaximumDepth} folders deep"));
                return;
            }

            if (!_entered.Add(realPath))
            {
                return;
            }

            foreach (var (entry, isFolder) in Entries(folder))
            {
                if (!isFolder)
                {
                    AddFile(entry);
                    continue;
                }

                if (!isRecursive)
                {
                    Skipped.Add(new SkippedFile(entry, "a folder in a folder"));
                    continue;
                }

                try
                {
                    Enter(entry, RealPath(Path.Combine(realPath, Path.GetFileName(entry))), depth + 1);
                }
                catch (UnauthorizedAccessException)
                {
                    Unreadable.Add(new SkippedFile(entry, "permission denied"));
                }
                catch (IOException exception)
                {
                    Unreadable.Add(new SkippedFile(entry, exception.Message));
                }
            }
        }

        private static List<(string Path, bool IsFolder)> Entries(string folder)
        {
            // Only the folder's own bytes give a name that is not UTF-8.
            // Listing says what most entries are, without asking for each; only of a link the target must be asked for.
            List<(string Path, bool IsFolder)> listed = NativePath.HasEscapes(folder) ? []
                : [.. new FileSystemEnumerable<(string, bool)>(folder, (ref FileSystemEntry entry) => (entry.ToSpecifiedFullPath(), entry.IsDirectory), Everything)];
            List<(string Path, bool IsFolder)> entries =
            [
                .. listed.Where(entry => !NativePath.IsLossy(Path.GetFileName(entry.Path))),
                .. NativePath.UndecodableEntries(folder, listed.Select(entry => entry.Path)),
            ];
            entries.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
            return entries;
        }

        private void AddFile(string path)
        {
            if (pattern is not null && !FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path), ignoreCase: true))
            {
                Unmatched++;
                return;
            }

            if (ReasonToSkip(path) is { } reason)
            {
                Skipped.Add(new SkippedFile(path, reason));
            }
            else
            {
                Files.Add(path);
            }
        }

        private static string? ReasonToSkip(string path)
        {
            try
            {
                if (IsNoRegularFile(path))
                {
                    return "empty, or a pipe, a socket or a device";
                }

                if (IsPlainCapture(path))
                {
                    return null;
                }

                using var reader = CaptureFileReader.Open(path);
                return null;
            }
            catch (CaptureFormatException exception) when (!exception.IsCapture)
            {
                return exception.Message.StartsWith(path + ": ", StringComparison.Ordinal) ? exception.Message[(path.Length + 2)..] : exception.Message;
            }
            catch (Exception exception) when (exception is CaptureFormatException or IOException or UnauthorizedAccessException)
            {
                // A capture that cannot be read is an error of the run, reported when its turn comes.
                return null;
            }
        }

        // What nearly all files are, found with one small read: folders may have a hundred thousand of them.
        private static bool IsPlainCapture(string path)
        {
            if (NativePath.HasEscapes(path))
            {
                return false;
            }

            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> start = stackalloc byte[sizeof(uint)];
            return RandomAccess.Read(file, start, 0) == start.Length && (PcapFraming.HasMagic(start) || PcapngFraming.HasMagic(start));
        }

        // Anything but a regular file has the length 0. Opening a pipe could block for ever.
        private static bool IsNoRegularFile(string path)
        {
            if (!NativePath.HasEscapes(path))
            {
                return new FileInfo(path) is { Exists: true, Length: 0 };
            }

            using var stream = NativePath.OpenRead(path, waits: false);
            return !stream.CanSeek || stream.Length == 0;
        }

        // Only the last part can be a link: the path before it is real.
        private static string RealPath(string path)
        {
            try
            {
                return new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? path;
            }
            catch (IOException)
            {
                // A loop of links: listing it fails, which is reported.
                return path;
            }
        }
    }
}
